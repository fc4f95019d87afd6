package org.jocular.tensor;

/**
 * Adam with decoupled weight decay: Loshchilov &amp; Hutter 2019, algorithm 2, with the conventions of {@code torch.optim.AdamW}: the decay
 * comes first and is scaled by the learning rate, eps is added outside of the root.
 *
 * @param weightDecay applies to every parameter, biases and norms included
 */
public record AdamW(double beta1, double beta2, double eps, double weightDecay) {
    /** The usual constants. */
    public static AdamW withDecay(double weightDecay) {
        return new AdamW(0.9, 0.999, 1e-8, weightDecay);
    }

    /**
     * What one step multiplies with.
     *
     * @param number 1 for the first
     * @param gradientScale on all gradients, for clipping
     */
    Step step(long number, double learningRate, double gradientScale) {
        return new Step(
                this,
                gradientScale,
                1 - learningRate * weightDecay,
                learningRate / (1 - StrictMath.pow(beta1, number)),
                1 / StrictMath.sqrt(1 - StrictMath.pow(beta2, number)));
    }

    /**
     * @param decay on the old value
     * @param rate on the corrected mean
     * @param rootScale on the root of the mean square
     */
    record Step(AdamW settings, double gradientScale, double decay, double rate, double rootScale) {}
}
