package org.jocular.eval.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.Scores;
import org.jocular.eval.metrics.Vqa;
import org.jocular.eval.task.Result.Headline;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** TextVQA (Singh et al. 2019), validation: questions about what is written in pictures, ten answers to each. */
record TextVqaTask() implements Task {
    private static final Wording LMMS_EVAL = new Wording(
            Wording.LMMS_EVAL,
            "EvolvingLMMs-Lab/lmms-eval, tasks/textvqa, without OCR tokens",
            Map.of("do_sample", false, "num_beams", 1, "max_new_tokens", 16));

    @Override
    public String name() {
        return "textvqa";
    }

    @Override
    public String title() {
        return "TextVQA";
    }

    @Override
    public List<Wording> wordings() {
        return List.of(LMMS_EVAL);
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        DataFile.jsonList(data.file("TextVQA_0.5.1_val.json"), "data", row -> {
            ObjectNode doc = JsonNodeFactory.instance.objectNode();
            row.texts("answers").forEach(doc.putArray("answers")::add);
            String question = row.text("question").toLowerCase(Locale.ROOT); // as Python's capitalize()
            each.accept(new Sample(
                    row.id("question_id"),
                    data.picture("train_images/" + row.text("image_id") + ".jpg"),
                    question.substring(0, 1).toUpperCase(Locale.ROOT)
                            + question.substring(1)
                            + "\nAnswer the question using a single word or phrase.",
                    List.of(), // no candidates: the answer is generated
                    row.texts("answers").getFirst(),
                    null,
                    doc));
        });
    }

    @Override
    public Scoring scoring() {
        List<Double> accuracies = new ArrayList<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                List<String> references = answered.sample()
                        .doc()
                        .get("answers")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList();
                accuracies.add(Vqa.accuracy(Vqa.Scorer.M4C, answered.answer(), references));
            }

            @Override
            public Result result() {
                double[] accuracy =
                        accuracies.stream().mapToDouble(value -> value).toArray();
                double[] percent =
                        accuracies.stream().mapToDouble(value -> 100 * value).toArray();
                Map<String, Double> metrics =
                        Map.of("exact_match", accuracies.stream().reduce(0.0, Double::sum) / accuracy.length);
                return new Result(
                        new Scores(name(), new LinkedHashMap<>(metrics), accuracy.length, List.of()),
                        List.of(new Headline("", ClusterBootstrap.mean(percent), null)),
                        new LinkedHashMap<>(Map.of("accuracy", accuracy)));
            }
        };
    }
}
