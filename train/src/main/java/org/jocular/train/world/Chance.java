package org.jocular.train.world;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws that are the same on every JDK: they are made of {@code nextLong} alone, whose algorithm SplittableRandom fixes; what JDKs make of
 * it in {@code nextInt(bound)} or {@code nextGaussian} has changed before.
 */
final class Chance {
    private Chance() {}

    /** From 0 to 1, without 1. */
    static double unit(RandomGenerator random) {
        return (random.nextLong() >>> 11) * 0x1p-53;
    }

    static double between(RandomGenerator random, double low, double high) {
        return low + (high - low) * unit(random);
    }

    static boolean happens(RandomGenerator random, double probability) {
        return unit(random) < probability;
    }

    /** From 0 to {@code bound} - 1. */
    static int below(RandomGenerator random, int bound) {
        return (int) (unit(random) * bound);
    }

    static <T> T choice(RandomGenerator random, List<T> list) {
        return list.get(below(random, list.size()));
    }

    /** Fisher and Yates. */
    static <T> void shuffle(RandomGenerator random, List<T> list) {
        for (int i = list.size() - 1; i > 0; i--) {
            int j = below(random, i + 1);
            T kept = list.get(i);
            list.set(i, list.get(j));
            list.set(j, kept);
        }
    }

    /** An even number of draws from the standard normal distribution (Box and Muller 1958). */
    static double[] gaussians(RandomGenerator random, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i += 2) {
            double length = StrictMath.sqrt(-2 * StrictMath.log(1 - unit(random)));
            double angle = 2 * Math.PI * unit(random);
            values[i] = length * StrictMath.cos(angle);
            values[i + 1] = length * StrictMath.sin(angle);
        }
        return values;
    }
}
