package org.jocular.llama;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Chooses a token from scores: the likeliest, or drawn after temperature, top-k and top-p, in the order of Hugging Face's warpers. */
final class Sampler {
    private final GenerationSettings settings;
    private final SplittableRandom random;

    Sampler(GenerationSettings settings) {
        this.settings = settings;
        this.random = new SplittableRandom(settings.seed());
    }

    int choose(float[] scores) {
        return settings.doSample() ? draw(scores) : likeliest(scores);
    }

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

    private int draw(float[] scores) {
        // Ties keep the order of the ids, so that the same seed gives the same token everywhere.
        int[] ids = IntStream.range(0, scores.length)
                .boxed()
                .sorted((a, b) -> Float.compare(scores[b], scores[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        int kept = settings.topK() == 0 ? ids.length : Math.min(settings.topK(), ids.length);
        double[] weights = new double[kept];
        for (int i = 0; i < kept; i++) {
            weights[i] = Math.exp((scores[ids[i]] - (double) scores[ids[0]]) / settings.temperature());
        }
        double sum = Arrays.stream(weights).sum();
        kept = nucleus(weights, sum * settings.topP());
        double left = random.nextDouble() * Arrays.stream(weights, 0, kept).sum();
        for (int i = 0; i < kept; i++) {
            left -= weights[i];
            if (left < 0) {
                return ids[i];
            }
        }
        return ids[kept - 1];
    }

    /** How many of the likeliest tokens reach {@code mass} together; at least one. */
    private static int nucleus(double[] weights, double mass) {
        double reached = 0;
        int kept = 0;
        while (kept < weights.length && (kept == 0 || reached < mass)) {
            reached += weights[kept++];
        }
        return kept;
    }
}
