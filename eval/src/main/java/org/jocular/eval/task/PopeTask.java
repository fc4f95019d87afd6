package org.jocular.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Parquet;
import org.jocular.eval.metrics.Confusion;
import org.jocular.eval.metrics.Pope;
import org.jocular.eval.metrics.Question;
import org.jocular.eval.metrics.Verdict;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** POPE (Li et al. 2023): yes/no questions about objects that are or are not there. */
record PopeTask() implements Task {
    private static final Wording LLAVA = new Wording(
            Wording.LLAVA,
            "haotian-liu/LLaVA, scripts/v1_5/eval/pope.sh, llava_pope_test.jsonl",
            ShortAnswers.LLAVA_DECODING);
    private static final Wording LMMS_EVAL =
            new Wording(Wording.LMMS_EVAL, "EvolvingLMMs-Lab/lmms-eval, tasks/pope", ShortAnswers.greedy(128));

    @Override
    public String name() {
        return "pope";
    }

    @Override
    public String title() {
        return "POPE";
    }

    @Override
    public List<Wording> wordings() {
        return List.of(LLAVA, LMMS_EVAL);
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        // LLaVA asks 8,910 of the 9,000 questions: 2,910 of those of the category random.
        Path llava = wording.equals(LLAVA) ? data.fileOrNull("llava_pope_test.jsonl") : null;
        List<Path> tables = llava == null ? data.tables("test", null) : List.of();
        if (!tables.isEmpty()) {
            Parquet.rows(tables, row -> {
                Question question = new Question(row.id("question_id"), "", row.text("question"), row.text("category"));
                String picture = data.embedded(row.object("image").bytes("bytes"));
                each.accept(sample(
                        wording,
                        row.text("category") + "/" + row.id("question_id"),
                        picture,
                        question,
                        Verdict.label(row, "answer")));
            });
            return;
        }
        List<Path> labelFiles = data.files(Pope::isLabelFile);
        if (labelFiles.isEmpty()) {
            throw new BadInput("%s holds no coco_pope_random.json, which pope needs; %s says where to get it"
                    .formatted(data.folder(), Data.PAGE));
        }
        if (llava != null) {
            Pope.Labels labels = Pope.Labels.read(data.folder(), labelFiles);
            DataFile.jsonLines(llava, row -> {
                Question question =
                        new Question(row.id("question_id"), row.text("image"), row.text("text"), row.text("category"));
                each.accept(
                        sample(wording, question.questionId(), picture(data, question), question, labels.of(question)));
            });
        } else {
            labelFiles.forEach(file -> DataFile.jsonLines(file, row -> {
                String id = Pope.category(file) + "/" + row.id("question_id");
                Question question = new Question(id, row.text("image"), row.text("text"), Pope.category(file));
                each.accept(sample(wording, id, picture(data, question), question, Verdict.label(row, "label")));
            }));
        }
    }

    private static String picture(Data data, Question question) {
        return data.picture("val2014/" + question.image(), question.image());
    }

    private static Sample sample(Wording wording, String id, String picture, Question question, Verdict label) {
        String category = String.valueOf(question.category());
        ObjectNode doc = JsonNodeFactory.instance.objectNode();
        doc.put("reading", wording.name());
        doc.put("category", category);
        doc.put("label", word(label));
        String text = question.text().endsWith(ShortAnswers.LLAVA_ENDING)
                ? question.text()
                : question.text().strip() + ShortAnswers.LLAVA_ENDING;
        return new Sample(id, picture, text, List.of(), word(label), category, doc);
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    private static Verdict verdict(Answered answered) {
        String reading = answered.sample().doc().get("reading").stringValue();
        return reading.equals(Wording.LMMS_EVAL)
                ? Pope.word(answered.answer())
                : Pope.parse(answered.answer().strip());
    }

    @Override
    public String reading(Answered answered) {
        return word(verdict(answered));
    }

    @Override
    public Scoring scoring() {
        List<Pope.Judged> judged = new ArrayList<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                ObjectNode doc = answered.sample().doc();
                judged.add(new Pope.Judged(
                        answered.sample().id(),
                        doc.get("category").stringValue().intern(),
                        verdict(answered),
                        Verdict.valueOf(doc.get("label").stringValue().toUpperCase(Locale.ROOT))));
            }

            @Override
            public Result result() {
                double[] correct = judged.stream()
                        .mapToDouble(one -> one.predicted() == one.label() ? 1 : 0)
                        .toArray();
                return new Result(
                        Pope.score(judged),
                        List.of(
                                new Result.Headline("F1", Pope.mean(judged, Confusion::f1), null),
                                new Result.Headline("accuracy", Pope.mean(judged, Confusion::accuracy), null)),
                        new LinkedHashMap<>(Map.of("correct", correct)));
            }
        };
    }
}
