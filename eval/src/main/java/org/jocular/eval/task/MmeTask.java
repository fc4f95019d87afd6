package org.jocular.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Parquet;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.Mme;
import org.jocular.eval.metrics.MmeFiles;
import org.jocular.eval.metrics.Scores;
import org.jocular.eval.metrics.Verdict;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** MME (Fu et al. 2023): two yes/no questions about each picture, ten subtasks of perception and four of cognition. */
record MmeTask() implements Task {
    private static final Wording LLAVA = new Wording(
            Wording.LLAVA, "haotian-liu/LLaVA, scripts/v1_5/eval/mme.sh, llava_mme.jsonl", ShortAnswers.LLAVA_DECODING);
    private static final Wording LMMS_EVAL =
            new Wording(Wording.LMMS_EVAL, "EvolvingLMMs-Lab/lmms-eval, tasks/mme", ShortAnswers.greedy(16));

    @Override
    public String name() {
        return "mme";
    }

    @Override
    public String title() {
        return "MME";
    }

    @Override
    public List<Wording> wordings() {
        return List.of(LLAVA, LMMS_EVAL);
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        Samples samples = new Samples(wording, new HashMap<>(), each);
        List<Path> tables = data.tables("test", null);
        if (!tables.isEmpty()) {
            Parquet.rows(
                    tables,
                    row -> samples.add(
                            row.text("category"),
                            row.id("question_id"),
                            data.embedded(row.object("image").bytes("bytes")),
                            row.text("question"),
                            Verdict.label(row, "answer")));
            return;
        }
        SequencedMap<MmeFiles.Key, Verdict> truth = MmeFiles.readTruth(data.folder(), data::use);
        Path llava = wording.equals(LLAVA) ? data.fileOrNull("llava_mme.jsonl") : null;
        if (llava != null) {
            DataFile.jsonLines(llava, row -> {
                Verdict right = MmeFiles.right(truth, row.id("question_id"), row.text("text"));
                // As MME's own script does with answers: the tool's files lack two of the release's landmarks.
                if (right != null) {
                    samples.add(
                            row.text("category"),
                            row.id("question_id"),
                            data.picture(row.text("image")),
                            row.text("text"),
                            right);
                }
            });
        } else {
            truth.forEach((key, right) -> samples.add(
                    key.subtask(), key.subtask() + "/" + key.image(), picture(data, key), key.question(), right));
        }
        if (samples.perImage.isEmpty()) {
            throw new BadInput("%s holds no question of MME that the ground truth beside it knows".formatted(llava));
        }
    }

    private static String picture(Data data, MmeFiles.Key key) {
        String flat = key.subtask() + "/" + key.image();
        String nested = key.subtask() + "/images/" + key.image();
        return data.picture(flat + ".jpg", flat + ".png", nested + ".jpg", nested + ".png");
    }

    /** @param perImage how many questions an image had so far: they bear its name alone */
    private record Samples(Wording wording, Map<String, Integer> perImage, Consumer<Sample> each) {
        void add(String subtask, String image, String picture, String question, Verdict right) {
            if (!Mme.PERCEPTION.contains(subtask) && !Mme.COGNITION.contains(subtask)) {
                throw new BadInput("MME's question about %s is of subtask %s, expected one of %s and %s"
                        .formatted(image, subtask, Mme.PERCEPTION, Mme.COGNITION));
            }
            ObjectNode doc = JsonNodeFactory.instance.objectNode();
            doc.put("reading", wording.name());
            doc.put("category", subtask);
            doc.put("image", image);
            doc.put("answer", word(right));
            each.accept(new Sample(
                    image + "#" + perImage.merge(image, 1, Integer::sum),
                    picture,
                    prompt(wording, question),
                    List.of(),
                    word(right),
                    subtask,
                    doc));
        }
    }

    private static String prompt(Wording wording, String question) {
        if (question.endsWith(ShortAnswers.LLAVA_ENDING)) {
            return question;
        }
        // lmms-eval takes one space away with MME's ending, and some questions have two.
        String asked = wording.equals(LMMS_EVAL)
                ? question.strip().replace(" " + MmeFiles.MME_ENDING, "")
                : question.replace(MmeFiles.MME_ENDING, "").strip();
        return asked + ShortAnswers.LLAVA_ENDING;
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    private static Verdict verdict(Answered answered) {
        String reading = answered.sample().doc().get("reading").stringValue();
        return reading.equals(Wording.LMMS_EVAL)
                ? Mme.parseLmmsEval(answered.answer())
                : Mme.parse(answered.answer().strip());
    }

    @Override
    public String reading(Answered answered) {
        return word(verdict(answered));
    }

    /** The answers about one picture in one subtask, by their row. */
    private record Pair(List<Integer> rows, List<Mme.Judged> judged) {
        Pair() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        boolean complete() {
            return judged.size() == 2;
        }

        int right() {
            return (int) judged.stream().filter(Mme.Judged::correct).count();
        }
    }

    @Override
    public Scoring scoring() {
        SequencedMap<String, SequencedMap<String, Pair>> bySubtask = new LinkedHashMap<>();
        List<Double> correct = new ArrayList<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                ObjectNode doc = answered.sample().doc();
                Verdict right = Verdict.valueOf(doc.get("answer").stringValue().toUpperCase(Locale.ROOT));
                Mme.Judged one = new Mme.Judged(doc.get("image").stringValue(), verdict(answered), right);
                Pair pair = bySubtask
                        .computeIfAbsent(doc.get("category").stringValue(), name -> new LinkedHashMap<>())
                        .computeIfAbsent(one.image(), name -> new Pair());
                pair.rows.add(correct.size());
                pair.judged.add(one);
                correct.add(one.correct() ? 1.0 : 0.0);
            }

            @Override
            public Result result() {
                return MmeTask.result(
                        bySubtask, correct.stream().mapToDouble(value -> value).toArray());
            }
        };
    }

    private static Result result(Map<String, SequencedMap<String, Pair>> bySubtask, double[] correct) {
        Map<String, List<Pair>> complete = new LinkedHashMap<>();
        Map<String, List<Mme.Judged>> judged = new LinkedHashMap<>();
        int halves = 0;
        for (Map.Entry<String, SequencedMap<String, Pair>> subtask : bySubtask.entrySet()) {
            List<Pair> pairs =
                    subtask.getValue().values().stream().filter(Pair::complete).toList();
            halves += subtask.getValue().size() - pairs.size();
            if (!pairs.isEmpty()) {
                complete.put(subtask.getKey(), pairs);
                judged.put(
                        subtask.getKey(),
                        pairs.stream().flatMap(pair -> pair.judged.stream()).toList());
            }
        }
        Scores scores = Mme.score(new Mme.Answers(judged, 0));
        List<String> notes = new ArrayList<>(scores.notes());
        if (halves > 0) {
            notes.add("%d images are left out: not both questions about them were answered".formatted(halves));
        }
        List<Result.Headline> headlines = new ArrayList<>();
        for (String group : List.of("perception", "cognition")) {
            if (scores.metrics().containsKey(group)) {
                List<List<Pair>> subtasks = (group.equals("perception") ? Mme.PERCEPTION : Mme.COGNITION)
                        .stream()
                                .map(name -> complete.getOrDefault(name, List.of()))
                                .toList();
                headlines.add(new Result.Headline(group, total(subtasks), null));
            }
        }
        return new Result(
                new Scores(scores.task(), scores.metrics(), scores.n(), notes),
                headlines,
                new LinkedHashMap<>(Map.of("correct", correct)));
    }

    /** A group's score, out of 200 for each subtask; one of which a sample has no picture counts 0. */
    private static ClusterBootstrap.Statistic total(List<List<Pair>> subtasks) {
        return subtasks.stream()
                .map(MmeTask::score)
                .reduce((first, second) -> times -> first.of(times) + second.of(times))
                .orElseThrow();
    }

    private static ClusterBootstrap.Statistic score(List<Pair> pairs) {
        int[] row = pairs.stream().mapToInt(pair -> pair.rows.getFirst()).toArray();
        int[] right = pairs.stream().mapToInt(Pair::right).toArray();
        return times -> {
            long images = 0;
            long correct = 0;
            long both = 0;
            for (int i = 0; i < row.length; i++) {
                long drawn = times[row[i]];
                images += drawn;
                correct += drawn * right[i];
                both += drawn * (right[i] / 2);
            }
            return images == 0 ? 0 : 100.0 * correct / (2 * images) + 100.0 * both / images;
        };
    }
}
