package org.jocular.train.pretraining;

import java.lang.foreign.Arena;
import java.util.stream.IntStream;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Activation;
import org.jocular.tensor.DType;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;

/**
 * Image-text contrastive learning, ITC: BLIP-2, section 3.1. A picture and its caption are to be more alike than either is with anything else in the
 * batch, where alike is the query that comes closest to the caption.
 *
 * @param inverseTemp (1, 1), in units of 1/0.07: what is learned is a factor, since there is no division
 * @param pictureNorm (width): makes vectors of length 1/0.07
 * @param textNorm (width): makes vectors of length 1
 */
record ImageTextContrast(Linear visionProj, Linear textProj, Tensor inverseTemp, Tensor pictureNorm, Tensor textNorm) {
    /** Numbers of a projected vector; BLIP-2's Q-Former is three times as wide. */
    private static final int WIDTH = 256;

    /** With which the temperature begins: blip2_qformer.py. */
    private static final double TEMPERATURE = 0.07;

    /** PyTorch's, of normalize. */
    private static final float EPS = 1e-12f;

    static ImageTextContrast create(FreshWeights weights, QFormer.Config config) {
        int width = Math.min(WIDTH, config.hiddenSize());
        Tensor inverseTemp = weights.scalar("inverse_temp", 1);
        return new ImageTextContrast(
                linear(weights, "vision_proj", config, width),
                linear(weights, "text_proj", config, width),
                inverseTemp,
                norm(inverseTemp.dtype(), width, 1 / TEMPERATURE),
                norm(inverseTemp.dtype(), width, 1));
    }

    private static Linear linear(Weights weights, String name, QFormer.Config config, int width) {
        return weights.linear(name, config.hiddenSize(), width);
    }

    /** rmsNorm makes rows of length √width times this. */
    private static Tensor norm(DType type, int width, double length) {
        Tensor norm = Tensor.zeros(Arena.ofAuto(), type, width);
        IntStream.range(0, width).forEach(i -> type.set(norm.data(), i, length / Math.sqrt(width)));
        return norm;
    }

    /**
     * Cosines over the temperature.
     *
     * @param ofPictures (pictures, texts)
     * @param ofTexts (texts, pictures), the same numbers
     */
    record Similarities(Tensor ofPictures, Tensor ofTexts) {
        int size() {
            return ofPictures.width();
        }
    }

    /**
     * How alike each picture and each caption are.
     *
     * @param queries (n · queries, hiddenSize)
     * @param classes (n, hiddenSize), of each caption its [CLS]
     */
    Similarities similarities(Ops ops, Tensor queries, Tensor classes) {
        int n = Math.toIntExact(classes.rows());
        Tensor pictures = ops.rmsNorm(visionProj.forward(ops, queries), pictureNorm, EPS); // (n · queries, width)
        Tensor texts = ops.rmsNorm(textProj.forward(ops, classes), textNorm, EPS); // (n, width)
        Tensor all = ops.linear(pictures, texts, null, Activation.NONE); // (n · queries, n)
        int[] closest = closest(ops.read(all), n);
        Tensor column = all.reshape(all.elements(), 1);
        Tensor ofPictures = ops.linear(ops.embedding(column, closest), inverseTemp, null, Activation.NONE);
        Tensor ofTexts = ops.embedding(ofPictures, transposed(n));
        return new Similarities(ofPictures.reshape(n, n), ofTexts.reshape(n, n));
    }

    /** For each picture and text where the query stands that comes closest. */
    private static int[] closest(float[] similarities, int n) {
        int queries = similarities.length / n / n;
        int[] closest = new int[n * n];
        for (int picture = 0; picture < n; picture++) {
            for (int text = 0; text < n; text++) {
                int best = picture * queries * n + text;
                for (int query = 1; query < queries; query++) {
                    int at = (picture * queries + query) * n + text;
                    best = similarities[at] > similarities[best] ? at : best;
                }
                closest[picture * n + text] = best;
            }
        }
        return closest;
    }

    private static int[] transposed(int n) {
        return IntStream.range(0, n * n).map(i -> i % n * n + i / n).toArray();
    }

    /** Σ over the pairs; adds weight times it to what is minimised. */
    double loss(GradientPass pass, Similarities similarities, double weight) {
        int[] own = IntStream.range(0, similarities.size()).toArray();
        double ofPictures = Losses.smoothedCrossEntropy(pass, similarities.ofPictures, own, weight / 2);
        double ofTexts = Losses.smoothedCrossEntropy(pass, similarities.ofTexts, own, weight / 2);
        return (ofPictures + ofTexts) / 2;
    }
}
