package org.jocular.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.GradientExecutor;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A golden folder's training.json, and a model that is loaded as one of its runs says. */
final class Golden implements AutoCloseable {
    final Path directory;
    final JsonNode run;
    final Parameters parameters = new Parameters();
    final GradientExecutor executor;
    final VisionLanguageModel model;
    final @Nullable LoraAdapters adapters;
    final Teacher teacher;
    final Arena arena = Arena.ofShared();
    private final JsonNode training;

    Golden(Path directory, String tag, CpuExecutor cpu, boolean recompute) {
        this(directory, tag, cpu, recompute, 0);
    }

    Golden(Path directory, String tag, CpuExecutor cpu, boolean recompute, double dropout) {
        this.directory = directory;
        training = json(directory.resolve("training.json"));
        run = training.path("runs")
                .valueStream()
                .filter(node -> node.path("tag").asString().equals(tag))
                .findFirst()
                .orElseThrow();
        executor = new GradientExecutor(cpu, parameters, recompute);
        Set<String> trainable = new HashSet<>();
        run.path("trainable").valueStream().forEach(name -> trainable.add(name.asString()));
        JsonNode lora = run.path("lora");
        adapters = lora.isMissingNode()
                ? null
                : new LoraAdapters(
                        new LoraAdapters.Settings(
                                lora.path("r").asInt(), lora.path("alpha").asDouble(), dropout),
                        module -> trainable.contains("base_model.model." + module + ".lora_A.weight"),
                        parameters,
                        1);
        model = Systems.load(
                directory,
                path -> Checkpoint.through(
                        Checkpoint.open(path),
                        weights -> adapters == null
                                ? new TrainableWeights(weights, parameters, trainable::contains)
                                : adapters.over(weights)));
        teacher = new Teacher(model);
        if (adapters != null) {
            LoraFiles.load(adapters, directory.resolve(lora.path("start").asString()));
        }
    }

    static JsonNode json(Path file) {
        try {
            return JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int[] answer() {
        return training.path("answer_ids")
                .valueStream()
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    /** The case that was trained on. */
    Example example() {
        return example(training.path("case").asString(), answer());
    }

    Example example(String id, int[] answer) {
        JsonNode one = json(directory.resolve("cases.json"))
                .path("cases")
                .valueStream()
                .filter(node -> node.path("id").asString().equals(id))
                .findFirst()
                .orElseThrow();
        String text = one.path("text").asString();
        List<Tensor> pictures = new ArrayList<>();
        one.path("images").valueStream().forEach(name -> pictures.add(pixels(name.asString())));
        return Example.of(pictures, false, model.instructionIds(text), model.ids(text, pictures.size()), answer);
    }

    private Tensor pixels(String name) {
        ImageProcessor processor = model.imageProcessor();
        Picture prepared = processor.prepared(PictureReader.read(directory.resolve(name)));
        return Tensor.of(arena, processor.normalised(prepared), 3, prepared.height(), prepared.width());
    }

    /** Adds up gradients of a mean over so many tokens; returns the sum of their losses. */
    double pass(List<Example> examples, double tokens, long number) {
        try (GradientPass pass = executor.begin()) {
            Ops ops = adapters == null ? pass : adapters.over(pass, number);
            double sum = teacher.teach(pass, ops, examples, 1 / tokens);
            pass.backward();
            return sum;
        }
    }

    /** Tensors of a file beside training.json. */
    Map<String, Tensor> file(String kind) {
        Path file = directory.resolve("train-" + run.path("tag").asString() + "." + kind + ".safetensors");
        Map<String, Tensor> tensors = new HashMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            for (TensorInfo info : checkpoint.tensors()) {
                Tensor stored = checkpoint.tensor(info.name(), arena);
                tensors.put(info.name(), Tensor.of(arena, stored.toFloats(), stored.shape()));
            }
        }
        return tensors;
    }

    Set<String> withoutGradient() {
        Set<String> names = new HashSet<>();
        run.path("zero_gradient").valueStream().forEach(name -> names.add(name.asString()));
        return names;
    }

    @Override
    public void close() {
        teacher.close();
        model.close();
        executor.close();
        parameters.close();
        arena.close();
    }
}
