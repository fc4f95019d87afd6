package org.jocular.eval.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.ScienceQa;
import org.jocular.eval.metrics.ScienceQa.Problem;
import org.jocular.eval.metrics.ScienceQaFiles.Item;
import org.jocular.eval.task.Result.Headline;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * ScienceQA (Lu et al. 2022), test split: multiple choice, with and without pictures. With pictures alone it is {@code scienceqa-img}, and
 * so it is where those who worded it asked no others.
 */
record ScienceQaTask(boolean onlyPictures) implements Task {
    private static final String LETTER = "\nAnswer with the option's letter from the given choices directly.";

    private static final Wording LLAVA = new Wording(
            Wording.LLAVA,
            "haotian-liu/LLaVA, scripts/v1_5/eval/sqa.sh, llava_test_CQM-A.json",
            ShortAnswers.greedy(1024));
    private static final Wording NO_HINT =
            new Wording("llava-no-hint", "as llava, without the line of the context", ShortAnswers.greedy(1024));
    private static final Wording LECTURE = new Wording(
            "llava-lecture",
            "haotian-liu/LLaVA, scripts/convert_sqa_to_llava.py, QCLM-A, with llava's line on how to answer",
            ShortAnswers.greedy(1024));
    private static final Wording QCM = new Wording(
            "llava-qcm",
            "haotian-liu/LLaVA, scripts/sqa_eval_batch.sh, QCM-LEA, for models tuned on it; greedy, not at temperature 0.2",
            ShortAnswers.greedy(1024));
    private static final Wording LAVIS = new Wording(
            Wording.LAVIS,
            "InstructBLIP (Dai et al. 2023), section 2.5; salesforce/LAVIS, issue 326; ranked with predict_class",
            Map.of());
    private static final Wording LMMS_EVAL =
            new Wording(Wording.LMMS_EVAL, "EvolvingLMMs-Lab/lmms-eval, tasks/scienceqa", ShortAnswers.greedy(16));
    private static final Wording VLM_EVAL_KIT =
            new Wording(Wording.VLM_EVAL_KIT, "open-compass/VLMEvalKit, ScienceQA_TEST", ShortAnswers.greedy(512));

    private static final Wording PLAIN =
            new Wording(Wording.PLAIN, "the question and its options in a line, their letters ranked", Map.of());

    private static final Set<Wording> PICTURES_ONLY = Set.of(LAVIS, VLM_EVAL_KIT);

    @Override
    public String name() {
        return onlyPictures ? "scienceqa-img" : "scienceqa";
    }

    @Override
    public String title() {
        return onlyPictures ? "ScienceQA IMG" : "ScienceQA";
    }

    @Override
    public List<Wording> wordings() {
        return List.of(LLAVA, NO_HINT, LECTURE, QCM, LAVIS, LMMS_EVAL, VLM_EVAL_KIT, PLAIN);
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        boolean pictures = onlyPictures || PICTURES_ONLY.contains(wording);
        ScienceQaSource.read(data, item -> {
            if (item.image() != null || !pictures) {
                each.accept(sample(wording, item));
            }
        });
    }

    private static Sample sample(Wording wording, Item item) {
        Problem problem = item.problem();
        ObjectNode doc = JsonNodeFactory.instance.objectNode();
        doc.put("reading", reading(wording).name());
        doc.put("answer", problem.answer());
        doc.put("has_hint", problem.hasText());
        putIfThere(doc, "subject", problem.subject());
        putIfThere(doc, "grade", problem.grade());
        ArrayNode choices = doc.putArray("choices");
        item.choices().forEach(choices::add);
        return new Sample(
                problem.id(),
                item.image(),
                prompt(wording, item),
                candidates(wording, item),
                ScienceQa.OPTIONS.get(problem.answer()) + ". " + item.choices().get(problem.answer()),
                problem.subject(),
                doc);
    }

    private static List<String> candidates(Wording wording, Item item) {
        return switch (wording.name()) {
            case Wording.LAVIS -> item.choices();
            case Wording.PLAIN ->
                IntStream.range(0, item.choices().size())
                        .mapToObj(i -> "(%c)".formatted('a' + i))
                        .toList();
            default -> List.of();
        };
    }

    private static ScienceQa.Reading reading(Wording wording) {
        return wording.equals(LMMS_EVAL)
                ? ScienceQa.Reading.LMMS_EVAL
                : wording.equals(VLM_EVAL_KIT) ? ScienceQa.Reading.VLM_EVAL_KIT : ScienceQa.Reading.LLAVA;
    }

    private static void putIfThere(ObjectNode doc, String name, @Nullable String value) {
        if (value != null) {
            doc.put(name, value.intern());
        }
    }

    private static String prompt(Wording wording, Item item) {
        if (wording.equals(LLAVA) || wording.equals(LMMS_EVAL)) {
            // LLaVA's own file has the context in the question already.
            boolean hint = item.hint() != null && !item.hint().isEmpty();
            return (hint ? "Context: " + item.hint() + "\n" : "") + item.question() + "\n" + lines(item) + LETTER;
        }
        String question = item.question();
        if (wording.equals(PLAIN)) {
            return question + " " + inLine(item, 'a');
        }
        String hint = told(wording, item.hint());
        return switch (wording.name()) {
            case Wording.LAVIS -> {
                String context = hint.isEmpty() ? "" : "Context: " + hint + " ";
                yield "%sQuestion: %s Options: %s. Answer:".formatted(context, question, inLine(item, 'a'));
            }
            case Wording.VLM_EVAL_KIT -> {
                String line = hint.isEmpty() ? "" : "Hint: " + hint + "\n";
                yield "%sQuestion: %s\nOptions:\n%s\nPlease select the correct answer from the options above. \n"
                        .formatted(line, question, lines(item));
            }
            case "llava-lecture" -> {
                String lecture = told(wording, item.lecture());
                yield convertSqa("Question: %s\nContext: %s\nBECAUSE: %s\nOptions: %s\n"
                                .formatted(question, orNone(hint), lecture, inLine(item, 'A')))
                        + LETTER;
            }
            case "llava-qcm" ->
                convertSqa("Question: %s\nContext: %s\nOptions: %s\n"
                        .formatted(question, orNone(hint), inLine(item, 'A')));
            default -> question + "\n" + lines(item) + LETTER;
        };
    }

    private static String told(Wording wording, @Nullable String part) {
        if (part == null) {
            throw new BadInput(("ScienceQA in the wording %s needs hints and lectures by themselves, for which"
                            + " problems.json and pid_splits.json or the tables of lmms-lab are to be there")
                    .formatted(wording.name()));
        }
        return part;
    }

    private static String orNone(String hint) {
        return hint.isBlank() ? "N/A" : hint.strip();
    }

    // What convert_sqa_to_llava.py does to a prompt last.
    private static String convertSqa(String prompt) {
        return prompt.replace("  ", " ").strip().replace("Question: ", "");
    }

    private static String lines(Item item) {
        return IntStream.range(0, item.choices().size())
                .mapToObj(i -> ScienceQa.OPTIONS.get(i) + ". " + item.choices().get(i))
                .collect(Collectors.joining("\n"));
    }

    private static String inLine(Item item, char first) {
        return IntStream.range(0, item.choices().size())
                .mapToObj(i -> "(%c) %s".formatted(first + i, item.choices().get(i)))
                .collect(Collectors.joining(" "));
    }

    private static int predicted(Answered answered) {
        List<Double> ranked = answered.logLikelihoods();
        if (!ranked.isEmpty()) {
            return IntStream.range(0, ranked.size())
                    .reduce(0, (best, i) -> ranked.get(i) > ranked.get(best) ? i : best);
        }
        ObjectNode doc = answered.sample().doc();
        return ScienceQa.read(
                ScienceQa.Reading.valueOf(doc.get("reading").stringValue()),
                answered.answer().strip(),
                choices(doc));
    }

    private static List<String> choices(ObjectNode doc) {
        return doc.get("choices").valueStream().map(JsonNode::stringValue).toList();
    }

    @Override
    public String reading(Answered answered) {
        int predicted = predicted(answered);
        return predicted == ScienceQa.FAILED ? "none" : ScienceQa.OPTIONS.get(predicted);
    }

    @Override
    public Scoring scoring() {
        List<ScienceQa.Judged> judged = new ArrayList<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                ObjectNode doc = answered.sample().doc();
                Problem problem = new Problem(
                        answered.sample().id(),
                        choices(doc).size(),
                        doc.get("answer").intValue(),
                        doc.get("has_hint").booleanValue(),
                        answered.sample().picture() != null,
                        doc.has("subject") ? doc.get("subject").stringValue() : null,
                        doc.has("grade") ? doc.get("grade").stringValue() : null);
                judged.add(new ScienceQa.Judged(problem, predicted(answered)));
            }

            @Override
            public Result result() {
                return ScienceQaTask.this.result(judged);
            }
        };
    }

    private Result result(List<ScienceQa.Judged> judged) {
        boolean[] correct = new boolean[judged.size()];
        boolean[] picture = new boolean[judged.size()];
        for (int i = 0; i < correct.length; i++) {
            correct[i] = judged.get(i).correct();
            picture[i] = judged.get(i).problem().hasImage();
        }
        Result all = Result.ofAccuracy(ScienceQa.score(judged), correct);
        if (onlyPictures) {
            return all;
        }
        boolean every = judged.stream().allMatch(one -> one.problem().hasImage());
        boolean none = judged.stream().noneMatch(one -> one.problem().hasImage());
        List<Headline> headlines = every
                ? List.of(Headline.accuracy("IMG", correct))
                : none
                        ? List.of(Headline.accuracy("all", correct))
                        : List.of(
                                Headline.accuracy("all", correct), new Headline("IMG", share(correct, picture), null));
        return new Result(all.scores(), headlines, all.columns());
    }

    /** Percent of right answers among those that are about a picture. */
    private static ClusterBootstrap.Statistic share(boolean[] correct, boolean[] picture) {
        return times -> {
            long right = 0;
            long count = 0;
            for (int row = 0; row < correct.length; row++) {
                count += picture[row] ? times[row] : 0;
                right += picture[row] && correct[row] ? times[row] : 0;
            }
            return count == 0 ? 0 : 100.0 * right / count;
        };
    }
}
