package org.jocular.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jocular.llama.Llama;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.AdamW;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.tensor.GradientExecutor;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Weights;
import org.jocular.train.Example;
import org.jocular.train.Eyes;
import org.jocular.train.Optimizer;
import org.jocular.train.Teacher;
import org.jocular.train.TrainableWeights;
import org.jocular.train.tiny.TinyModels;
import org.jocular.vit.ClipVision;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.SafetensorsWriter;

/**
 * A step of LLaVA's alignment at real size with random weights: one picture with a caption, the projector trained, everything else frozen. One pass
 * with all threads, since one example cannot be divided.
 */
final class RealStep implements AutoCloseable {
    private static final int IMAGE = 32000;
    private static final int CAPTION = 30;
    private static final String PROJECTOR = "multi_modal_projector";

    private final ClipVision.Config vision;
    private final Llama.Config text;
    private final boolean recompute;
    private final Arena arena = Arena.ofShared();
    private final Parameters parameters = new Parameters();
    private final VisionLanguageModel model;
    private final CpuExecutor cpu;
    private final GradientExecutor executor;
    private final Teacher teacher;
    private final Optimizer optimizer;
    private final Example example;

    /**
     * Seconds and operations.
     *
     * @param forwardFlops two for each multiplication of a matrix product; causal attention at half
     * @param backwardFlops those of a second forward pass included, where activations are computed again
     */
    record Times(double forward, double backward, double optimizer, double forwardFlops, double backwardFlops) {
        double all() {
            return forward + backward + optimizer;
        }
    }

    /** @param layers of the language model, 0 for all */
    RealStep(String shape, int layers, DType dtype, int threads, boolean recompute) {
        this.recompute = recompute;
        vision = Shapes.find(Shapes.CLIP, Shapes.find(Shapes.SYSTEMS, shape).vision());
        text = Speaking.withLayers(Shapes.find(Shapes.LLAVA, shape), layers);
        model = load(RandomWeights.of(arena, dtype));
        int rows = vision.patches();
        int[] ids = new int[1 + rows + CAPTION];
        float[] weights = new float[ids.length];
        Arrays.setAll(ids, i -> i == 0 ? 1 : i <= rows ? IMAGE : i);
        Arrays.fill(weights, 1 + rows, ids.length, 1);
        example = new Example(
                List.of(TinyExamples.noise(arena, 1, 1, 3, vision.imageSize(), vision.imageSize())),
                false,
                new int[0],
                ids,
                weights);
        cpu = CpuExecutor.simd(threads);
        executor = new GradientExecutor(cpu, parameters, recompute);
        teacher = new Teacher(Eyes.of(model));
        optimizer = new Optimizer(executor, AdamW.withDecay(0), 1, name -> 1);
    }

    /** What a model asks for beside its weights is written, the weights are made. */
    private VisionLanguageModel load(RandomWeights random) {
        Path directory = TinyStep.temporary();
        try {
            TinyModels.writeFiles("llava", directory);
            Files.writeString(directory.resolve("config.json"), RandomCheckpoint.config(vision, text));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), Map.of());
            return Systems.load(
                    directory,
                    path -> Checkpoint.through(Checkpoint.open(path), weights -> trainable(random.at(weights.path()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            TinyStep.delete(directory);
        }
    }

    private Weights trainable(Weights weights) {
        return new TrainableWeights(weights, parameters, name -> name.startsWith(PROJECTOR + "."));
    }

    Times step() {
        long start = System.nanoTime();
        long forward;
        long backward;
        try (GradientPass pass = executor.begin()) {
            teacher.teach(pass, pass, List.of(example), 1 / example.tokens());
            forward = System.nanoTime();
            pass.backward();
            backward = System.nanoTime();
        }
        optimizer.step(1e-3);
        return new Times(
                (forward - start) / 1e9,
                (backward - forward) / 1e9,
                (System.nanoTime() - backward) / 1e9,
                visionFlops() + projectorFlops(1, 1) + layerFlops(1, 1) + headFlops(),
                // Frozen layers need the gradient of their input alone, attention that of three of them.
                projectorFlops(1, 2) + layerFlops(1, 2) + headFlops() + (recompute ? layerFlops(1, 1) : 0));
    }

    long trained() {
        return parameters.elements();
    }

    private double visionFlops() {
        // LLaVA takes the output of the last block but one.
        return Seeing.transformer(
                        vision.patches() + 1,
                        vision.hiddenSize(),
                        vision.intermediateSize(),
                        vision.numHiddenLayers() - 1)
                + Seeing.patches(vision.patches(), vision.hiddenSize(), vision.patchSize());
    }

    /** How often each of the two layers is multiplied with. */
    private double projectorFlops(double first, double second) {
        double width = text.hiddenSize();
        return 2.0 * vision.patches() * width * (first * vision.hiddenSize() + second * width);
    }

    /** Of the language model: how often each weight is multiplied with, and how often attention is done. */
    private double layerFlops(double weights, double attention) {
        double rows = example.ids().length - 1;
        double width = text.hiddenSize();
        double heads = (double) text.numAttentionHeads() * text.headDim();
        double kvHeads = (double) text.numKeyValueHeads() * text.headDim();
        double layer = 2 * width * heads + 2 * width * kvHeads + 3 * width * text.intermediateSize();
        return text.numHiddenLayers() * (weights * 2 * rows * layer + attention * 2 * rows * rows * heads);
    }

    private double headFlops() {
        return 2.0 * CAPTION * text.hiddenSize() * text.vocabSize();
    }

    @Override
    public void close() {
        optimizer.close();
        teacher.close();
        executor.close();
        cpu.close();
        model.close();
        parameters.close();
        arena.close();
    }
}
