package org.jocular.cli.bench;

import java.util.Map;
import java.util.TreeMap;
import org.jocular.llama.Llama;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.vit.ClipVision;

/** Sizes of published models, and what a pass through them costs. */
final class Shapes {
    private static final Map<String, ClipVision.Config> VISION = new TreeMap<>(Map.of(
            "clip-vit-l-224", clip(224), //
            "clip-vit-l-336", clip(336)));

    private static final Map<String, Llama.Config> LANGUAGE = new TreeMap<>(Map.of(
            "tinyllama-1.1b", llama(32000, 2048, 5632, 22, 32, 4, 2048, 1e-5f),
            "llama-7b", llama(32000, 4096, 11008, 32, 32, 32, 2048, 1e-6f),
            "llama-13b", llama(32000, 5120, 13824, 40, 40, 40, 2048, 1e-6f)));

    private static final Map<String, Llama.Config> LLAVA = new TreeMap<>(Map.of(
            "llava-1.5-7b", llama(32064, 4096, 11008, 32, 32, 32, 4096, 1e-5f),
            "llava-1.5-13b", llama(32064, 5120, 13824, 40, 40, 40, 4096, 1e-5f)));

    private Shapes() {}

    private static ClipVision.Config clip(int imageSize) {
        return new ClipVision.Config(1024, 4096, 24, 16, imageSize, 14, 3, 1e-5f, Activation.QUICK_GELU);
    }

    private static Llama.Config llama(
            int vocabulary, int width, int hidden, int layers, int heads, int kvHeads, int context, float eps) {
        return new Llama.Config(
                vocabulary, width, hidden, layers, heads, kvHeads, width / heads, context, eps, 10000, 1);
    }

    static ClipVision.Config vision(String name) {
        return find(VISION, name);
    }

    static Llama.Config language(String name) {
        return find(LANGUAGE, name);
    }

    /** The language model of a LLaVA 1.5; its tower is clip-vit-l-336. */
    static Llama.Config llava(String name) {
        return find(LLAVA, name);
    }

    /** The same with fewer layers, for machines that cannot hold all. */
    static Llama.Config withLayers(Llama.Config c, int layers) {
        return new Llama.Config(
                c.vocabSize(),
                c.hiddenSize(),
                c.intermediateSize(),
                layers,
                c.numAttentionHeads(),
                c.numKeyValueHeads(),
                c.headDim(),
                c.maxPositionEmbeddings(),
                c.rmsNormEps(),
                c.ropeTheta(),
                c.ropeFactor());
    }

    private static <T> T find(Map<String, T> shapes, String name) {
        T found = shapes.get(name);
        if (found == null) {
            throw new BadInput("--shape is %s, expected one of %s".formatted(name, String.join(", ", shapes.keySet())));
        }
        return found;
    }

    /** Operations of encoding one picture: two for each multiplication of a matrix product. */
    static double flops(ClipVision.Config c) {
        double tokens = c.patches() + 1;
        double width = c.hiddenSize();
        double linear = 2 * tokens * (4 * width * width + 2 * width * c.intermediateSize());
        double attention = 4 * tokens * tokens * width;
        double patches = 2.0 * c.patches() * width * c.numChannels() * c.patchSize() * c.patchSize();
        return patches + c.numHiddenLayers() * (linear + attention);
    }

    /** Weights that every token meets: all but the embedding table. */
    static double weightsPerToken(Llama.Config c) {
        double width = c.hiddenSize();
        double heads = (double) c.numAttentionHeads() * c.headDim();
        double kvHeads = (double) c.numKeyValueHeads() * c.headDim();
        double layer = 2 * width * heads + 2 * width * kvHeads + 3 * width * c.intermediateSize();
        return c.numHiddenLayers() * layer + width * c.vocabSize();
    }

    /** Operations of a prompt from an empty cache; only its last token meets the head. */
    static double prefillFlops(Llama.Config c, int tokens) {
        double head = (double) c.hiddenSize() * c.vocabSize();
        // A causal query sees half of the keys on average.
        double attention = 2.0 * tokens * tokens * c.numAttentionHeads() * c.headDim() * c.numHiddenLayers();
        return 2 * tokens * (weightsPerToken(c) - head) + 2 * head + attention;
    }
}
