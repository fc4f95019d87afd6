package org.jocular.llama;

import java.util.SplittableRandom;

/** Takes one token from scores. */
final class Choice {
    private Choice() {}

    /** The first of the highest, as torch.argmax. */
    static int likeliest(float[] scores) {
        int best = 0;
        for (int id = 1; id < scores.length; id++) {
            if (scores[id] > scores[best]) {
                best = id;
            }
        }
        return best;
    }

    /** One with the probability that softmax gives it; {@code −∞} is never drawn. */
    static int drawn(float[] scores, SplittableRandom random) {
        double max = scores[likeliest(scores)];
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - max);
        }
        double left = random.nextDouble() * sum;
        int last = 0;
        for (int id = 0; id < scores.length; id++) {
            if (scores[id] > Float.NEGATIVE_INFINITY) {
                last = id;
                left -= Math.exp(scores[id] - max);
                if (left < 0) {
                    return id;
                }
            }
        }
        return last;
    }
}
