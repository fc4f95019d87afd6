package org.jocular.systems;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jocular.llama.Batch;
import org.jocular.llama.CausalLm;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.KvCache;
import org.jocular.llama.Session;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.vit.Picture;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorInfo;

/** The tiny LLaVA of this repository, and changed copies of it. */
public final class GoldenLlava {
    public static final Path DIRECTORY = Path.of("..", "models", "golden-llava");

    private GoldenLlava() {}

    /** A copy with one safetensors file instead of two shards, in which a map of all tensors by name was changed. */
    public static Path copy(Path to, UnaryOperator<Map<String, Tensor>> change) {
        try (Arena arena = Arena.ofShared();
                Checkpoint checkpoint = Checkpoint.open(DIRECTORY)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (TensorInfo info : checkpoint.tensors()) {
                long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
                Tensor stored = checkpoint.root().tensor(info.name(), shape);
                tensors.put(
                        info.name(),
                        new Tensor(
                                stored.dtype(),
                                arena.allocate(stored.data().byteSize(), 64).copyFrom(stored.data()),
                                shape));
            }
            copyFiles(to, name -> !name.startsWith("model"));
            SafetensorsWriter.write(to.resolve("model.safetensors"), change.apply(tensors));
        }
        return to;
    }

    /** A copy of the files as they are. */
    public static Path copyFiles(Path to, Predicate<String> which) {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            for (Path file : files.toList()) {
                if (which.test(file.getFileName().toString())) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return to;
    }

    /** Changes the text of a file, which must contain {@code what}. */
    public static void replace(Path file, String what, String by) {
        try {
            String text = Files.readString(file);
            if (!text.contains(what)) {
                throw new IllegalArgumentException(file + " has no " + what);
            }
            Files.writeString(file, text.replace(what, by));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ids of the greedy answer. */
    static int[] answer(VisionLanguageModel model, Executor executor, String text, Picture... pictures) {
        try (Arena arena = Arena.ofShared();
                Session session = new Session(executor, model.languageModel(), model.tokenizer())) {
            List<VisualTokens> seen = Stream.of(pictures)
                    .map(picture -> model.see(executor, picture, arena))
                    .toList();
            GenerationSettings settings =
                    GenerationSettings.greedy(12, model.generation().eosTokenIds());
            return session.answer(model.prompt(executor, text, seen, arena), settings, piece -> {})
                    .ids();
        }
    }

    /** Scores at all positions of a prompt. */
    static float[] logits(VisionLanguageModel model, Executor executor, String text, Picture... pictures) {
        CausalLm languageModel = (CausalLm) model.languageModel();
        try (Arena arena = Arena.ofShared();
                KvCache cache = languageModel.newCache(512);
                Ops ops = executor.begin()) {
            List<VisualTokens> seen = Stream.of(pictures)
                    .map(picture -> model.see(executor, picture, arena))
                    .toList();
            Tensor embeddings = model.prompt(executor, text, seen, arena).embeddings();
            return ops.read(languageModel.logits(
                    ops, languageModel.forward(ops, embeddings, Batch.of(cache, (int) embeddings.rows()))));
        }
    }
}
