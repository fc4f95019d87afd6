package org.jocular.train.pretraining;

import java.lang.foreign.Arena;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Tensor;

/** Losses beside cross-entropy. Both add weight · sum to what a pass minimises, and return the sum. */
final class Losses {
    /** Szegedy et al. 2016; as in blip2_qformer.py and Qformer.py, wherever they compare with one right answer. */
    private static final double SMOOTHING = 0.1;

    private Losses() {}

    /**
     * Σ over rows of cross-entropy with label smoothing: a tenth of the certainty is spread over all classes.
     *
     * @param logits (rows, classes)
     * @param targets one a row
     */
    static double smoothedCrossEntropy(GradientPass pass, Tensor logits, int[] targets, double weight) {
        double sum = pass.crossEntropy(logits, targets, weight);
        // (1 − s) · CE(target) + s · mean of CE over all classes = CE(target) + s · (logit of the target − mean of the
        // logits).
        int classes = logits.width();
        try (Arena arena = Arena.ofConfined()) {
            Tensor gradient = Tensor.zeros(arena, logits.dtype(), logits.shape());
            for (int row = 0; row < targets.length; row++) {
                for (int i = 0; i < classes; i++) {
                    long at = (long) row * classes + i;
                    double share = (i == targets[row] ? 1 : 0) - 1.0 / classes;
                    sum += SMOOTHING * share * logits.get(at);
                    gradient.dtype().set(gradient.data(), at, weight * SMOOTHING * share);
                }
            }
            pass.seed(logits, gradient);
        }
        return sum;
    }

    /**
     * Σ (y − target)².
     *
     * @param target as many rows as y, of which the first columns count; has no gradient
     */
    static double squaredError(GradientPass pass, Tensor y, Tensor target, double weight) {
        int width = y.width();
        double sum = 0;
        try (Arena arena = Arena.ofConfined()) {
            Tensor gradient = Tensor.zeros(arena, y.dtype(), y.shape());
            for (long row = 0; row < y.rows(); row++) {
                for (int i = 0; i < width; i++) {
                    double difference = y.get(row * width + i) - target.get(row * target.width() + i);
                    sum += difference * difference;
                    gradient.dtype().set(gradient.data(), row * width + i, 2 * weight * difference);
                }
            }
            pass.seed(y, gradient);
        }
        return sum;
    }
}
