package org.jocular.train;

/**
 * The learning rate of each step: a linear warm-up, then a way down.
 *
 * @param start before the first step, LAVIS's {@code warmup_lr}; 0 in most recipes
 * @param peak at the end of the warm-up
 * @param end after the last step, LAVIS's {@code min_lr}; 0 in most recipes
 * @param warmup steps until the peak; the first already has its share of the way
 * @param steps all of them, the warm-up included
 */
public record Schedule(Decay decay, double start, double peak, double end, int warmup, int steps) {
    /** How the rate goes from its peak to its end. */
    public enum Decay {
        /** Half a cosine; Loshchilov &amp; Hutter 2017. */
        COSINE,
        /** A straight line. */
        LINEAR,
        /** Not at all. */
        CONSTANT
    }

    public Schedule {
        if (warmup < 0 || steps < 1 || warmup > steps) {
            throw new IllegalArgumentException("a warm-up of %d steps of %d".formatted(warmup, steps));
        }
    }

    /** From 0 and to 0. */
    public static Schedule of(Decay decay, double peak, int warmup, int steps) {
        return new Schedule(decay, 0, peak, 0, warmup, steps);
    }

    /** @param step 0 for the first */
    public double rate(int step) {
        if (step < warmup) {
            return start + (peak - start) * (step + 1) / warmup;
        }
        double progress = Math.min(1, (step - warmup) / (double) Math.max(1, steps - warmup));
        double left = switch (decay) {
            // StrictMath: the same rate in every process, however warm.
            case COSINE -> (1 + StrictMath.cos(Math.PI * progress)) / 2;
            case LINEAR -> 1 - progress;
            case CONSTANT -> 1;
        };
        return end + (peak - end) * left;
    }
}
