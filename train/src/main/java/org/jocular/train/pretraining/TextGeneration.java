package org.jocular.train.pretraining;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Activation;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/**
 * Image-grounded text generation, ITG: BLIP-2, section 3.1. The caption word after word, from what the queries saw. The head is BERT's, as LAVIS has it:
 * a layer, a norm, then the table of words itself, with a bias of its own (BertLMPredictionHead in Qformer.py).
 *
 * @param words (vocabulary, hiddenSize), the Q-Former's own
 * @param dec [DEC], which begins a text that is written
 */
record TextGeneration(Linear dense, LayerNorm norm, Tensor words, Tensor bias, int dec) {
    static TextGeneration create(FreshWeights weights, QFormer.Config config, Tensor words, int dec) {
        FreshWeights predictions = weights.at("cls.predictions");
        int width = config.hiddenSize();
        return new TextGeneration(
                predictions.linear("transform.dense", width, width),
                predictions.layerNorm("transform.LayerNorm", width, config.layerNormEps()),
                words,
                predictions.floats("bias", words.rows()),
                dec);
    }

    /** What is read while a caption is written: [DEC] for its [CLS], and not the last token. */
    int[] input(int[] caption) {
        int[] input = Arrays.copyOf(caption, caption.length - 1);
        input[0] = dec;
        return input;
    }

    /**
     * As many times the mean over all tokens as there are captions; adds weight times it to what is minimised.
     *
     * @param texts (tokens of all inputs, hiddenSize), what the last layer made of them
     * @param captions [CLS] and [SEP] included
     */
    double loss(GradientPass pass, Ops ops, Tensor texts, List<int[]> captions, double weight) {
        int[] targets = captions.stream()
                .flatMapToInt(caption -> IntStream.of(caption).skip(1))
                .toArray();
        Tensor x = norm.forward(ops, dense.forward(ops, texts, Activation.GELU));
        Tensor logits = ops.linear(x, words, bias, Activation.NONE); // (tokens, vocabulary)
        double scale = captions.size() / (double) targets.length;
        return scale * Losses.smoothedCrossEntropy(pass, logits, targets, weight * scale);
    }
}
