package org.jocular.train.data;

/**
 * Chance as a pure function of numbers: the same on every machine and Java, in whatever order it is asked. The mixing is SplitMix64's; Steele, Lea
 * &amp; Flood 2014.
 */
public final class Draw {
    private Draw() {}

    /** A number without visible relation to those it comes from. */
    public static long mix(long... from) {
        long z = 0;
        for (long value : from) {
            z += value + 0x9e3779b97f4a7c15L;
            z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
            z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
            z ^= z >>> 31;
        }
        return z;
    }

    /** From 0 to below {@code n}, made of a mixed number. */
    public static int below(int n, long mixed) {
        return (int) Math.unsignedMultiplyHigh(mixed, n);
    }

    /** From 0 to below 1, made of a mixed number. */
    public static double unit(long mixed) {
        return (mixed >>> 11) * 0x1p-53;
    }
}
