package org.jocular.eval.run;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jocular.eval.run.RunSettings.Asked;
import org.jocular.eval.task.Data;
import org.jocular.llama.Answer;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Generator;
import org.jocular.llama.Prompt;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.VisualTokens;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.vit.PictureReader;
import org.jocular.weights.Hashes;
import org.jspecify.annotations.Nullable;

/** Asks a model some questions together. What goes wrong with one of them is written down as its answer, and the others go on. */
final class Batches {
    private final RunSettings settings;
    private final VisionLanguageModel model;
    private final Executor executor;
    private final Generator generator;
    private final FeatureCache features;
    private final Journal journal;
    private final Progress progress;

    Batches(
            RunSettings settings,
            VisionLanguageModel model,
            Executor executor,
            FeatureCache features,
            Journal journal,
            Progress progress) {
        this.settings = settings;
        this.model = model;
        this.executor = executor;
        this.generator = new Generator(executor, model.languageModel(), model.tokenizer());
        this.features = features;
        this.journal = journal;
        this.progress = progress;
    }

    /** A picture: its file's hash, and what the model sees or why it sees nothing. */
    private record Seen(
            @Nullable String sha256,
            @Nullable VisualTokens tokens,
            @Nullable String failure) {}

    /** A question that can be asked. */
    private record Ready(Entry entry, @Nullable String sha256, Prompt prompt) {}

    void answer(List<Entry> entries) {
        try (Arena arena = Arena.ofShared()) {
            Map<String, Seen> pictures = new HashMap<>();
            List<Ready> generated = new ArrayList<>();
            List<Generator.Request> requests = new ArrayList<>();
            List<Ready> ranked = new ArrayList<>();
            List<Generator.Candidates> candidates = new ArrayList<>();
            for (Entry entry : entries) {
                String picture = entry.sample().picture();
                Seen seen = picture == null
                        ? new Seen(null, null, null)
                        : pictures.computeIfAbsent(picture, name -> see(name, arena));
                if (seen.failure != null) {
                    keep(entry, Reply.failed(entry.number(), seen.sha256, seen.failure));
                    continue;
                }
                try {
                    Prompt prompt = model.prompt(
                            executor, entry.prompt(), seen.tokens == null ? List.of() : List.of(seen.tokens), arena);
                    Ready ready = new Ready(entry, seen.sha256, prompt);
                    if (entry.sample().candidates().isEmpty()) {
                        GenerationSettings decoding = decoding(entry, prompt);
                        generator.check(prompt, decoding);
                        requests.add(new Generator.Request(prompt, decoding));
                        generated.add(ready);
                    } else {
                        List<int[]> ids = entry.sample().candidates().stream()
                                .map(model::candidateIds)
                                .toList();
                        generator.check(prompt, ids);
                        candidates.add(new Generator.Candidates(prompt, ids));
                        ranked.add(ready);
                    }
                } catch (BadInput e) {
                    keep(entry, Reply.failed(entry.number(), seen.sha256, String.valueOf(e.getMessage())));
                }
            }
            generator.answer(requests, settings.batch(), (i, answer) -> keep(generated.get(i), answer));
            generator.score(candidates, settings.batch(), (i, losses) -> keep(ranked.get(i), losses));
        }
    }

    private GenerationSettings decoding(Entry entry, Prompt prompt) {
        Asked asked = settings.tasks().stream()
                .filter(one -> one.task().name().equals(entry.task()))
                .findFirst()
                .orElseThrow();
        // Each question draws for itself, so that its answer does not depend on who is asked beside it.
        return asked.decoding().toBuilder()
                .seed(settings.seed() + entry.number())
                .build()
                .fitted(model.languageModel(), prompt.length());
    }

    private Seen see(String picture, Arena arena) {
        Path file = Data.locate(settings.data(), settings.out().resolve(RunFolder.EMBEDDED), picture);
        String sha256 = null;
        try {
            byte[] bytes = Files.readAllBytes(file);
            String hash = Hashes.of(bytes);
            sha256 = hash;
            VisualTokens tokens =
                    features.get(hash, arena, () -> model.see(executor, PictureReader.read(bytes, picture), arena));
            return new Seen(hash, tokens, null);
        } catch (BadInput e) {
            return new Seen(sha256, null, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Seen(
                    null,
                    null,
                    "%s cannot be read: %s".formatted(picture, Files.exists(file) ? e.getMessage() : "there is none"));
        }
    }

    private void keep(Ready ready, Answer answer) {
        keep(
                ready.entry,
                new Reply(
                        ready.entry.number(),
                        ready.sha256,
                        answer.text(),
                        answer.ending().name().toLowerCase(Locale.ROOT),
                        answer.ids().length,
                        List.of(),
                        null));
    }

    private void keep(Ready ready, double[] losses) {
        List<Double> logLikelihoods =
                DoubleStream.of(losses).map(loss -> -loss).boxed().toList();
        keep(ready.entry, new Reply(ready.entry.number(), ready.sha256, null, null, 0, logLikelihoods, null));
    }

    private void keep(Entry entry, Reply reply) {
        boolean again = journal.has(entry.number());
        journal.append(reply.json());
        if (!again) {
            progress.answered(entry, reply);
        }
    }
}
