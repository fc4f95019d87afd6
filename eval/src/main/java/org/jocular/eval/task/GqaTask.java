package org.jocular.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Parquet;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.Gqa;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** GQA (Hudson and Manning 2019): compositional questions about pictures, short answers; its balanced test-dev split. */
record GqaTask() implements Task {
    private static final Wording LLAVA =
            new Wording(Wording.LLAVA, "haotian-liu/LLaVA, scripts/v1_5/eval/gqa.sh", ShortAnswers.LLAVA_DECODING);
    private static final Wording LAVIS = new Wording(
            Wording.LAVIS,
            "salesforce/LAVIS, lavis/projects/blip2/eval/gqa_zeroshot_flant5xl_eval.yaml",
            ShortAnswers.LAVIS_DECODING);
    private static final Wording LMMS_EVAL =
            new Wording(Wording.LMMS_EVAL, "EvolvingLMMs-Lab/lmms-eval, tasks/gqa", ShortAnswers.greedy(16));

    private static final Wording PLAIN =
            new Wording(Wording.PLAIN, "the question alone; answers compared as in lmms-eval", ShortAnswers.greedy(16));

    /** How answers are compared under a wording; stands in every doc under its name. */
    private static final Map<Wording, Gqa.Normalisation> NORMALISATIONS = Map.of(
            LLAVA,
            Gqa.Normalisation.LLAVA,
            LAVIS,
            Gqa.Normalisation.LAVIS,
            LMMS_EVAL,
            Gqa.Normalisation.LMMS_EVAL,
            PLAIN,
            Gqa.Normalisation.LMMS_EVAL);

    @Override
    public String name() {
        return "gqa";
    }

    @Override
    public String title() {
        return "GQA";
    }

    @Override
    public List<Wording> wordings() {
        return List.of(LLAVA, LAVIS, LMMS_EVAL, PLAIN);
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        List<Path> tables = data.tables("testdev", "testdev_balanced_instructions");
        if (!tables.isEmpty()) {
            Map<String, String> pictures = new HashMap<>();
            Parquet.rows(
                    data.tables("testdev", "testdev_balanced_images"),
                    row -> pictures.put(
                            row.id("id"), data.embedded(row.object("image").bytes("bytes"))));
            Parquet.rows(tables, row -> {
                String picture = pictures.get(row.id("imageId"));
                if (picture == null) {
                    throw row.bad("asks about image %s, which no table of testdev_balanced_images holds"
                            .formatted(Row.quote(row.id("imageId"))));
                }
                each.accept(sample(wording, row.id("id"), row, picture));
            });
            return;
        }
        DataFile.jsonObject(data.file("testdev_balanced_questions.json"), (id, row) -> {
            if (row.flag("isBalanced", true)) {
                String picture = row.text("imageId") + ".jpg";
                each.accept(sample(wording, id, row, data.picture("images/" + picture, picture)));
            }
        });
    }

    private static Sample sample(Wording wording, String id, Row row, String picture) {
        Gqa.Question question = Gqa.Question.of(id, row);
        ObjectNode doc = JsonNodeFactory.instance.objectNode();
        doc.put(
                "normalisation",
                NORMALISATIONS.getOrDefault(wording, Gqa.Normalisation.NONE).name());
        doc.put("answer", question.answer());
        doc.put("structural", question.structural().intern());
        String text = row.text("question");
        return new Sample(id, picture, prompt(wording, text), List.of(), question.answer(), question.structural(), doc);
    }

    private static String prompt(Wording wording, String question) {
        return switch (wording.name()) {
            case Wording.LAVIS -> ShortAnswers.LAVIS_PROMPT.formatted(ShortAnswers.lavisQuestion(question));
            case Wording.PLAIN -> question;
            default -> question + ShortAnswers.LLAVA_ENDING;
        };
    }

    @Override
    public Scoring scoring() {
        List<Gqa.Judged> judged = new ArrayList<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                ObjectNode doc = answered.sample().doc();
                Gqa.Question question = new Gqa.Question(
                        answered.sample().id(),
                        doc.get("answer").stringValue(),
                        doc.get("structural").stringValue().intern());
                Gqa.Normalisation normalisation =
                        Gqa.Normalisation.valueOf(doc.get("normalisation").stringValue());
                // Every program compares what its decoder gave without spaces around it.
                String prediction = answered.answer().strip();
                judged.add(new Gqa.Judged(
                        question, prediction, Gqa.correct(normalisation, prediction, question.answer())));
            }

            @Override
            public Result result() {
                boolean[] correct = new boolean[judged.size()];
                for (int i = 0; i < correct.length; i++) {
                    correct[i] = judged.get(i).correct();
                }
                return Result.ofAccuracy(Gqa.score(judged), correct);
            }
        };
    }
}
