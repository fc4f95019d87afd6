package org.jocular.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Parquet;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.Vqa;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** VQAv2 (Goyal et al. 2017): open questions, ten answers to each. Of its splits val2014 has published answers. */
record VqaTask() implements Task {
    private static final Wording LLAVA =
            new Wording(Wording.LLAVA, "haotian-liu/LLaVA, scripts/v1_5/eval/vqav2.sh", ShortAnswers.LLAVA_DECODING);
    private static final Wording LAVIS = new Wording(
            Wording.LAVIS,
            "salesforce/LAVIS, lavis/projects/blip2/eval/vqav2_zeroshot_opt_eval.yaml",
            ShortAnswers.LAVIS_DECODING);
    private static final Wording LMMS_EVAL =
            new Wording(Wording.LMMS_EVAL, "EvolvingLMMs-Lab/lmms-eval, tasks/vqav2", ShortAnswers.greedy(16));

    /** Which program's accuracy goes with a wording; stands in every doc under its name. */
    private static final Map<Wording, Vqa.Scorer> SCORERS =
            Map.of(LLAVA, Vqa.Scorer.LLAVA, LAVIS, Vqa.Scorer.LAVIS, LMMS_EVAL, Vqa.Scorer.LMMS_EVAL);

    @Override
    public String name() {
        return "vqav2";
    }

    @Override
    public String title() {
        return "VQAv2";
    }

    @Override
    public List<Wording> wordings() {
        return List.of(LLAVA, LAVIS, LMMS_EVAL);
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        List<Path> tables = data.tables("validation", null);
        if (!tables.isEmpty()) {
            Parquet.rows(
                    tables,
                    row -> each.accept(sample(
                            wording,
                            Vqa.Annotation.of(row),
                            row.text("question"),
                            data.embedded(row.object("image").bytes("bytes")))));
            return;
        }
        Path questions = data.file("v2_OpenEnded_mscoco_val2014_questions.json");
        Path annotations = data.file("v2_mscoco_val2014_annotations.json");
        Map<String, String> texts = new HashMap<>();
        DataFile.jsonList(questions, "questions", row -> texts.put(row.id("question_id"), row.text("question")));
        DataFile.jsonList(annotations, "annotations", row -> {
            Vqa.Annotation annotation = Vqa.Annotation.of(row);
            String question = texts.get(annotation.questionId());
            if (question == null) {
                throw row.bad("annotates question_id %s, which %s lacks"
                        .formatted(Row.quote(annotation.questionId()), questions.getFileName()));
            }
            String picture = "COCO_val2014_%012d.jpg".formatted(row.whole("image_id", 0, Integer.MAX_VALUE));
            each.accept(sample(wording, annotation, question, data.picture("val2014/" + picture, picture)));
        });
    }

    private static Sample sample(Wording wording, Vqa.Annotation annotation, String question, String picture) {
        ObjectNode doc = JsonNodeFactory.instance.objectNode();
        doc.put("scorer", SCORERS.getOrDefault(wording, Vqa.Scorer.OFFICIAL).name());
        doc.put("question_type", annotation.questionType().intern());
        doc.put("answer_type", annotation.answerType().intern());
        ArrayNode answers = doc.putArray("answers");
        annotation.answers().forEach(answers::add);
        return new Sample(
                annotation.questionId(),
                picture,
                wording.equals(LAVIS)
                        ? ShortAnswers.LAVIS_PROMPT.formatted(ShortAnswers.lavisQuestion(question))
                        : question + ShortAnswers.LLAVA_ENDING,
                List.of(),
                mostFrequent(annotation.answers()),
                annotation.answerType(),
                doc);
    }

    private static String mostFrequent(List<String> answers) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        answers.forEach(answer -> counts.merge(answer, 1, Integer::sum));
        String best = answers.getFirst();
        for (Map.Entry<String, Integer> count : counts.entrySet()) {
            if (count.getValue() > counts.getOrDefault(best, 0)) {
                best = count.getKey();
            }
        }
        return best;
    }

    @Override
    public Scoring scoring() {
        List<Vqa.Judged> judged = new ArrayList<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                ObjectNode doc = answered.sample().doc();
                List<String> answers = doc.get("answers")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList();
                double accuracy =
                        Vqa.accuracy(Vqa.Scorer.valueOf(doc.get("scorer").stringValue()), answered.answer(), answers);
                // Neither the answers nor the id matter any more, and there are 214,354 of these.
                Vqa.Annotation annotation = new Vqa.Annotation(
                        "",
                        doc.get("question_type").stringValue().intern(),
                        doc.get("answer_type").stringValue().intern(),
                        List.of());
                judged.add(new Vqa.Judged(annotation, "", accuracy));
            }

            @Override
            public Result result() {
                double[] accuracies =
                        judged.stream().mapToDouble(Vqa.Judged::accuracy).toArray();
                double[] percent =
                        judged.stream().mapToDouble(one -> 100 * one.accuracy()).toArray();
                return new Result(
                        Vqa.score(judged),
                        List.of(new Result.Headline("", ClusterBootstrap.mean(percent), null)),
                        new LinkedHashMap<>(Map.of("accuracy", accuracies)));
            }
        };
    }
}
