package org.jocular.cli.bench;

import java.util.Set;
import java.util.TreeSet;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Llama;
import org.jocular.llama.Opt;
import org.jocular.llama.T5;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Weights;

/**
 * A language model and what its tokens cost.
 *
 * @param weightsPerToken weights that each decoded token meets: all but the embedding table, and an encoder
 * @param weightsPerPromptToken weights that each token of a prompt meets
 * @param weightsOnce weights that a prompt meets once: the head, at its last token
 * @param attentionWidth Σ over the layers that read the prompt of heads · headDim
 * @param cacheFloats floats of keys and values that one cached token has
 */
record Speaking(
        LanguageModel model,
        double weightsPerToken,
        double weightsPerPromptToken,
        double weightsOnce,
        double attentionWidth,
        double cacheFloats) {

    /** @param layers only so many, 0 for all */
    static Speaking of(String name, Weights weights, int layers) {
        if (Shapes.LLAMA.containsKey(name) || Shapes.LLAVA.containsKey(name)) {
            Llama.Config c = Shapes.LLAMA.containsKey(name) ? Shapes.LLAMA.get(name) : Shapes.find(Shapes.LLAVA, name);
            return llama(withLayers(c, layers), weights);
        }
        if (Shapes.OPT.containsKey(name)) {
            return opt(Shapes.find(Shapes.OPT, name), weights, layers);
        }
        if (Shapes.T5.containsKey(name)) {
            return t5(Shapes.find(Shapes.T5, name), weights, layers);
        }
        Set<String> known = new TreeSet<>(Shapes.LLAMA.keySet());
        known.addAll(Shapes.OPT.keySet());
        known.addAll(Shapes.T5.keySet());
        throw new BadInput("--shape is %s, expected one of %s".formatted(name, String.join(", ", known)));
    }

    private static Speaking llama(Llama.Config c, Weights weights) {
        double width = c.hiddenSize();
        double heads = (double) c.numAttentionHeads() * c.headDim();
        double kvHeads = (double) c.numKeyValueHeads() * c.headDim();
        double layer = 2 * width * heads + 2 * width * kvHeads + 3 * width * c.intermediateSize();
        double all = c.numHiddenLayers() * layer;
        double head = width * c.vocabSize();
        return new Speaking(
                Llama.load(weights, c),
                all + head,
                all,
                head,
                heads * c.numHiddenLayers(),
                2 * kvHeads * c.numHiddenLayers());
    }

    private static Speaking opt(Opt.Config c, Weights weights, int layers) {
        Opt.Config config = layers == 0
                ? c
                : new Opt.Config(
                        c.vocabSize(),
                        c.hiddenSize(),
                        c.ffnDim(),
                        layers,
                        c.numAttentionHeads(),
                        c.maxPositionEmbeddings(),
                        c.activationFunction());
        double width = config.hiddenSize();
        double all = config.numHiddenLayers() * (4 * width * width + 2 * width * config.ffnDim());
        double head = width * config.vocabSize();
        double attention = width * config.numHiddenLayers();
        return new Speaking(Opt.load(weights, config), all + head, all, head, attention, 2 * attention);
    }

    /** Keys and values of the encoder's output are made once for each token of the prompt, and looked at by each decoded one. */
    private static Speaking t5(T5.Config c, Weights weights, int layers) {
        T5.Config config = layers == 0
                ? c
                : new T5.Config(
                        c.vocabSize(),
                        c.dModel(),
                        c.dKv(),
                        c.dFf(),
                        layers,
                        layers,
                        c.numHeads(),
                        c.relativeAttentionNumBuckets(),
                        c.relativeAttentionMaxDistance(),
                        c.layerNormEpsilon(),
                        c.denseActFn(),
                        c.tieWordEmbeddings(),
                        c.decoderStartTokenId());
        double attention = (double) config.dModel() * config.innerDim();
        double feedForward = 3.0 * config.dModel() * config.dFf();
        double head = (double) config.dModel() * config.vocabSize();
        double decoder = config.numDecoderLayers() * (6 * attention + feedForward);
        return new Speaking(
                T5.load(weights, config),
                decoder + head,
                config.numLayers() * (4 * attention + feedForward) + config.numDecoderLayers() * 2 * attention,
                decoder + head,
                2.0 * config.innerDim() * config.numLayers(),
                2.0 * config.innerDim() * config.numDecoderLayers());
    }

    /** The same with fewer layers, for machines that cannot hold all. */
    static Llama.Config withLayers(Llama.Config c, int layers) {
        return layers == 0
                ? c
                : new Llama.Config(
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

    /** Operations of a prompt from an empty cache; a causal query sees half of the keys on average. */
    double promptFlops(int tokens) {
        return 2 * (tokens * weightsPerPromptToken + weightsOnce) + 2.0 * tokens * tokens * attentionWidth;
    }

    /** Bytes that a step reads for some sequences: the weights once, and each one's cache. */
    double bytesPerStep(int weightBytes, int sequences, int cached) {
        return weightsPerToken * weightBytes + 4.0 * sequences * cached * cacheFloats;
    }
}
