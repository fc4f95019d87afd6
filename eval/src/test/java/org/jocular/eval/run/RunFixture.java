package org.jocular.eval.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jocular.eval.task.Sample;
import org.jocular.weights.Hashes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/** Builds the folder of a finished run as a run leaves it, without a model. */
public final class RunFixture {
    private final Path dir;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Reply> replies = new ArrayList<>();
    private final Map<Integer, String> reviews = new LinkedHashMap<>();
    private final SequencedMap<String, Integer> samples = new LinkedHashMap<>();
    private final List<Manifest.DataPart> files = new ArrayList<>();
    private final SequencedMap<String, Object> model = new LinkedHashMap<>();
    private @Nullable SequencedMap<String, Object> judge;
    private String wording = "llava";

    public RunFixture(Path dir, String name, String system) {
        this.dir = dir;
        model.put("system", system);
        model.put("name", name);
        model.put("layout", "hub");
        model.put("dtype", "f32");
        model.put("files", List.of());
        files.add(new Manifest.DataPart("colours.jsonl", 4711, "a".repeat(64)));
    }

    public RunFixture judgedBy(SequencedMap<String, Object> settings) {
        judge = settings;
        return this;
    }

    public RunFixture worded(String name) {
        wording = name;
        return this;
    }

    /** The annotation file's hash. */
    public RunFixture ofData(String sha256) {
        files.set(0, new Manifest.DataPart("colours.jsonl", 4711, sha256));
        return this;
    }

    public RunFixture answered(String task, Sample sample, String answer) {
        return answered(task, sample, answer, null);
    }

    public RunFixture answered(String task, Sample sample, String answer, @Nullable String review) {
        if (review != null) {
            reviews.put(entries.size(), review);
        }
        return add(task, sample, new Reply(entries.size(), null, answer, "eos", 3, List.of(), null));
    }

    public RunFixture ranked(String task, Sample sample, List<Double> logLikelihoods) {
        return add(task, sample, new Reply(entries.size(), null, null, null, 0, logLikelihoods, null));
    }

    public RunFixture failed(String task, Sample sample, String sentence) {
        return add(task, sample, Reply.failed(entries.size(), null, sentence));
    }

    private RunFixture add(String task, Sample sample, Reply reply) {
        entries.add(new Entry(entries.size(), task, sample, "USER: <image>\n" + sample.question() + " ASSISTANT:"));
        replies.add(reply);
        samples.merge(task, 1, Integer::sum);
        return this;
    }

    /** Writes the folder and opens it. */
    public RunFolder write() {
        try {
            Files.createDirectories(dir);
            Files.write(
                    dir.resolve(RunFolder.QUESTIONS),
                    entries.stream().map(entry -> entry.json().toString()).toList());
            Files.write(
                    dir.resolve(RunFolder.ANSWERS),
                    replies.stream().map(reply -> reply.json().toString()).toList());
            if (judge != null) {
                Files.write(
                        RunFolder.reviews(dir, judge),
                        reviews.entrySet().stream()
                                .map(review -> JsonNodeFactory.instance
                                        .objectNode()
                                        .put("n", review.getKey())
                                        .put("review", review.getValue())
                                        .toString())
                                .toList());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        manifest().write(dir);
        return RunFolder.open(dir);
    }

    private Manifest manifest() {
        SequencedMap<String, Object> decoding = new LinkedHashMap<>();
        decoding.put("do_sample", false);
        decoding.put("num_beams", 1);
        decoding.put("max_new_tokens", 16);
        SequencedMap<String, Object> machine = new LinkedHashMap<>();
        machine.put("executor", "simd");
        return new Manifest(
                "0.1.0",
                model,
                samples.entrySet().stream()
                        .map(task -> new Manifest.TaskPart(
                                task.getKey(),
                                wording,
                                "haotian-liu/LLaVA, llava/eval/model_vqa.py",
                                "llava-v1",
                                "USER: <image>\n{question} ASSISTANT:",
                                decoding,
                                0,
                                task.getValue(),
                                List.copyOf(files)))
                        .toList(),
                Hashes.of(dir.resolve(RunFolder.QUESTIONS)),
                8,
                0,
                judge,
                judge == null ? List.of() : List.of("all reviews came"),
                List.of(machine));
    }
}
