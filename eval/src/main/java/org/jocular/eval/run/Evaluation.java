package org.jocular.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jocular.eval.data.DataFile;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.weights.Hashes;

/**
 * A run: asks a model all questions of some benchmarks and keeps every answer as soon as there is one. It may be killed at any moment; the
 * same command then goes on and ends with the same bytes.
 *
 * <p>That holds because who is computed together never depends on what happened before: the questions are cut into batches by their numbers,
 * shards take whole batches, and a batch that was interrupted is computed again as a whole. The last digits of a sum depend on the rows beside
 * it, so a batch of what happens to be left would not do.
 */
public final class Evaluation {
    private final RunSettings settings;
    private final Path out;
    private final Manifest manifest;

    private Evaluation(RunSettings settings, Manifest manifest) {
        this.settings = settings;
        this.out = settings.out();
        this.manifest = manifest;
    }

    /**
     * Begins a run, or goes on with the one in its folder.
     *
     * @throws BadInput if the folder holds another run, or the data are missing or broken
     */
    public static Evaluation open(RunSettings settings, VisionLanguageModel model, Path modelDirectory) {
        Path out = settings.out();
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(out, e.getMessage()), e);
        }
        Manifest before = Manifest.readOrNull(out);
        Path questions = out.resolve(RunFolder.QUESTIONS);
        Path asked = before == null ? questions : out.resolve("questions.again.jsonl");
        List<Manifest.TaskPart> parts = Questions.write(settings, asked);
        Manifest manifest = new Manifest(
                settings.version(),
                describe(model, modelDirectory),
                parts,
                Hashes.of(asked),
                settings.batch(),
                settings.seed(),
                null,
                List.of(),
                List.of(settings.machine()));
        if (before != null) {
            manifest = goingOn(before, manifest, asked, out);
        }
        manifest.write(out);
        return new Evaluation(settings, manifest);
    }

    private static Manifest goingOn(Manifest before, Manifest manifest, Path asked, Path out) {
        String difference = before.difference(manifest);
        try {
            Files.delete(asked);
        } catch (IOException e) {
            throw new BadInput("%s cannot be deleted: %s".formatted(asked, e.getMessage()), e);
        }
        if (difference != null) {
            throw new BadInput("%s holds another run, with %s; choose another --out".formatted(out, difference));
        }
        return before.on(manifest.machines());
    }

    private static SequencedMap<String, Object> describe(VisionLanguageModel model, Path directory) {
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        fields.put("system", model.system());
        fields.put("name", String.valueOf(directory.toAbsolutePath().normalize().getFileName()));
        fields.put("layout", model.parts().layout());
        fields.put("dtype", model.weights().dtype());
        List<SequencedMap<String, Object>> files = new ArrayList<>();
        for (Path file : ModelFiles.of(model, directory)) {
            SequencedMap<String, Object> part = new LinkedHashMap<>();
            part.put("file", String.valueOf(file.getFileName()));
            part.put("bytes", ModelFiles.size(file));
            part.put("sha256", Hashes.of(file));
            files.add(part);
        }
        fields.put("files", files);
        return fields;
    }

    /** Answers what has no answer yet in this shard; whether all questions of the run have one now. */
    public boolean run(VisionLanguageModel model, Executor executor, Progress progress) {
        FeatureCache features = new FeatureCache(
                settings.features(), settings.featureBytes(), List.of(manifest.model(), settings.machine()));
        Path answers = out.resolve(RunFolder.ANSWERS);
        boolean complete;
        try (Journal journal = new Journal(answers)) {
            int total = manifest.samples();
            progress.begin(total, journal.size());
            Batches batches = new Batches(settings, model, executor, features, journal, progress);
            List<Entry> batch = new ArrayList<>();
            DataFile.jsonLines(out.resolve(RunFolder.QUESTIONS), row -> {
                batch.add(Entry.of(row));
                if (batch.size() == settings.batch()) {
                    answer(batches, journal, batch);
                }
            });
            answer(batches, journal, batch);
            complete = journal.size() == total;
        }
        Journal.sort(answers);
        return complete;
    }

    private void answer(Batches batches, Journal journal, List<Entry> batch) {
        if (!batch.isEmpty()) {
            int number = batch.getFirst().number() / settings.batch();
            boolean ours = number % settings.shards() == settings.shard() - 1;
            if (ours && !batch.stream().allMatch(entry -> journal.has(entry.number()))) {
                batches.answer(batch);
            }
            batch.clear();
        }
    }
}
