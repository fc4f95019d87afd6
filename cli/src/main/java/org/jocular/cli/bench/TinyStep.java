package org.jocular.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.llama.Llama;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.AdamW;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.train.Crew;
import org.jocular.train.Example;
import org.jocular.train.Eyes;
import org.jocular.train.Optimizer;
import org.jocular.train.Teacher;
import org.jocular.train.TrainableWeights;
import org.jocular.train.tiny.TinyModels;
import org.jocular.train.world.Oracle;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;

/** A training step of a tiny model, over and over on the same examples: forward, backward, clipping and AdamW. */
final class TinyStep implements AutoCloseable {
    private static final long SEED = 1;

    /** So low that the model hardly moves: it would learn the few examples by heart. */
    private static final double RATE = 1e-5;

    private final Arena arena = Arena.ofShared();
    private final Parameters parameters = new Parameters();
    private final AutoCloseable model;
    private final Crew crew;
    private final Optimizer optimizer;
    private final List<Example> examples;
    private final double tokens;
    private final IntPredicate isPicture;
    private final long elements;

    TinyStep(TinyShape shape, int threads, boolean recompute) {
        Path directory = temporary();
        try {
            TinyModels.writeFiles(shape.model(), directory);
            long stored = TinyModels.initialise(shape.model(), directory, SEED, arena).values().stream()
                    .mapToLong(Tensor::elements)
                    .sum();
            Eyes eyes;
            if (shape.model().equals(TinyModels.LANGUAGE)) {
                Checkpoint checkpoint = Checkpoint.through(Checkpoint.open(directory), w -> trainable(shape, w));
                model = checkpoint;
                Llama llama =
                        Llama.load(checkpoint.root(), Llama.Config.of(JsonFile.read(directory.resolve("config.json"))));
                Tokenizer tokenizer = Tokenizers.load(directory);
                int image = tokenizer.encode(TinyModels.IMAGE)[0];
                Tensor nothing = parameters
                        .add("oracle.nothing", llama.embedTokens().weight().slice(0, 1))
                        .value();
                elements = stored + nothing.elements();
                eyes = new Oracle(llama, nothing, image);
                examples = TinyExamples.oracle(shape, tokenizer, image, llama.width(), arena);
                isPicture = id -> id == image;
            } else {
                VisionLanguageModel system = Systems.load(
                        directory, path -> Checkpoint.through(Checkpoint.open(path), w -> trainable(shape, w)));
                model = system;
                elements = stored;
                eyes = Eyes.of(system);
                examples = TinyExamples.of(shape, system, arena);
                isPicture = system::isPicture;
            }
            tokens = examples.stream().mapToDouble(Example::tokens).sum();
            crew = new Crew(() -> new Teacher(eyes), parameters, threads, recompute);
            optimizer = new Optimizer(crew.executor(), new AdamW(0.9, 0.98, 1e-8, 0.02), 1, name -> 1);
        } finally {
            delete(directory);
        }
    }

    private Weights trainable(TinyShape shape, Weights weights) {
        return new TrainableWeights(weights, parameters, shape::isTrained);
    }

    /** The mean loss. */
    double step() {
        double loss = crew.teach(examples, 1 / tokens, 0, (pass, draw) -> pass) / tokens;
        optimizer.step(RATE);
        return loss;
    }

    /** How much there is to do. */
    String summary() {
        return String.format(
                Locale.ROOT,
                "%,d of %,d parameters trained, %d examples, %d rows, %.0f tokens learned",
                parameters.elements(),
                elements,
                examples.size(),
                examples.stream().mapToInt(example -> example.ids().length).sum(),
                tokens);
    }

    /** What a peer needs to know to do the same. */
    Map<String, Object> description() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("parameters", elements);
        json.put("trained", parameters.elements());
        json.put("examples", examples.stream().map(this::description).toList());
        return json;
    }

    private Map<String, Object> description(Example example) {
        int[] ids = example.ids();
        int[] pictures = IntStream.range(0, ids.length)
                .filter(i -> isPicture.test(ids[i]))
                .toArray();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rows", ids.length);
        json.put("picture", List.of(pictures[0], pictures[pictures.length - 1] + 1));
        json.put("instruction", example.instruction().length);
        List<List<Integer>> learned = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            int from = i;
            while (i < ids.length && example.weights()[i] > 0) {
                i++;
            }
            if (i > from) {
                learned.add(List.of(from, i));
            }
        }
        json.put("learned", learned);
        return json;
    }

    static Path temporary() {
        try {
            return Files.createTempDirectory("jocular-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        optimizer.close();
        crew.close();
        try {
            model.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        parameters.close();
        arena.close();
    }
}
