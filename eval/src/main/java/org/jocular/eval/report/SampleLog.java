package org.jocular.eval.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jocular.eval.run.Atomically;
import org.jocular.eval.run.Outcome;
import org.jocular.eval.task.Answered;
import org.jocular.eval.task.Sample;
import org.jocular.weights.Hashes;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every question of a benchmark with what came of it, a line each: the fields of EvolvingLMMs-Lab/lmms-eval's sample logs (evaluator.py),
 * the figures of single answers, and what a run knows beyond.
 */
final class SampleLog {
    private SampleLog() {}

    static Path file(Path dir, String task) {
        return dir.resolve("samples_%s.jsonl".formatted(task));
    }

    static void write(ScoredRun run, ScoredTask task) {
        Atomically.write(
                file(run.folder().dir(), task.name()),
                out -> Browsed.each(run, task, (browsed, outcome) -> {
                    out.write((line(task, browsed, outcome) + "\n").getBytes(StandardCharsets.UTF_8));
                }));
    }

    private static ObjectNode line(ScoredTask task, Browsed browsed, Outcome outcome) {
        Sample sample = outcome.entry().sample();
        Answered answered = outcome.answered();
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("doc_id", browsed.docId());
        line.set("doc", sample.doc());
        line.put("target", sample.target());
        line.put("input", outcome.entry().prompt());
        ArrayNode responses = line.putArray("resps");
        ArrayNode readings = line.putArray("filtered_resps");
        if (answered != null) {
            responses.addArray().add(answered.answer());
            readings.add(task.task().reading(answered));
        }
        line.put("doc_hash", hash(sample.doc().toString()));
        line.put("prompt_hash", hash(outcome.entry().prompt()));
        line.put("target_hash", hash(sample.target()));
        task.columns().forEach((name, values) -> {
            if (answered != null && !Double.isNaN(values[browsed.row()])) {
                line.put(name, values[browsed.row()]);
            } else {
                line.putNull(name);
            }
        });
        line.put("id", sample.id());
        line.put("picture", sample.picture());
        line.put("category", sample.category());
        line.put("failed", answered == null ? outcome.failure() : null);
        line.put("review", answered == null ? null : answered.review());
        if (!sample.candidates().isEmpty()) {
            sample.candidates().forEach(line.putArray("candidates")::add);
            ArrayNode logLikelihoods = line.putArray("log_likelihoods");
            List<Double> values = answered == null ? List.of() : answered.logLikelihoods();
            values.forEach(logLikelihoods::add);
        }
        return line;
    }

    private static String hash(String text) {
        return Hashes.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
