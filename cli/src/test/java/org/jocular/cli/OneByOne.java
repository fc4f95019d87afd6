package org.jocular.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Generator;
import org.jocular.llama.Prompt;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.vit.PictureReader;
import org.jspecify.annotations.Nullable;

/** A model that is asked one question at a time, with nothing of the evaluation between: no batches, no cached pictures, no task. */
final class OneByOne implements AutoCloseable {
    private final Executor executor = CpuExecutor.simd(1);
    private final VisionLanguageModel model;
    private final Generator generator;

    OneByOne(Path directory) {
        model = Systems.load(directory);
        generator = new Generator(executor, model.languageModel(), model.tokenizer());
    }

    /** What is generated greedily, or null where the picture cannot be read or the prompt is too long. */
    @Nullable
    String answer(String prompt, @Nullable Path picture, int maxNewTokens) {
        return answer(prompt, picture, Map.of("do_sample", false, "num_beams", 1, "max_new_tokens", maxNewTokens));
    }

    @Nullable
    String answer(String prompt, @Nullable Path picture, Map<String, Object> decoding) {
        try (Arena arena = Arena.ofConfined()) {
            Prompt whole = prompt(prompt, picture, arena);
            GenerationSettings settings =
                    model.generation().toBuilder().set(decoding).build().fitted(model.languageModel(), whole.length());
            return generator
                    .answer(List.of(new Generator.Request(whole, settings)), 1)
                    .getFirst()
                    .text();
        } catch (BadInput e) {
            return null;
        }
    }

    /** Of candidates after the prompt, summed over their tokens; null where the picture cannot be read or the prompt is too long. */
    @Nullable
    List<Double> logLikelihoods(String prompt, Path picture, List<String> candidates) {
        try (Arena arena = Arena.ofConfined()) {
            List<int[]> ids = candidates.stream().map(model::candidateIds).toList();
            Prompt whole = prompt(prompt, picture, arena);
            double[] losses = generator
                    .score(List.of(new Generator.Candidates(whole, ids)), 1)
                    .getFirst();
            return DoubleStream.of(losses).map(loss -> -loss).boxed().toList();
        } catch (BadInput e) {
            return null;
        }
    }

    private Prompt prompt(String prompt, @Nullable Path picture, Arena arena) {
        if (picture == null) {
            return model.prompt(executor, prompt, List.of(), arena);
        }
        if (!Files.exists(picture)) {
            throw new BadInput("there is no " + picture);
        }
        try {
            byte[] bytes = Files.readAllBytes(picture);
            return model.prompt(
                    executor,
                    prompt,
                    List.of(model.see(executor, PictureReader.read(bytes, picture.toString()), arena)),
                    arena);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        model.close();
        executor.close();
    }
}
