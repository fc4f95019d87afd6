package org.jocular.train.data;

/**
 * A permutation of 0 … n − 1 that is computed place by place, so that any epoch can be entered anywhere without drawing what came before: a Feistel
 * network over the next power of four, walked on where it leaves the range (Black &amp; Rogaway 2002).
 *
 * @param n how many
 * @param key another one, another order
 */
record Shuffle(long n, long key) {
    private static final int ROUNDS = 6;

    Shuffle {
        if (n < 1) {
            throw new IllegalArgumentException("%d things to shuffle".formatted(n));
        }
    }

    /** What stands at a place. */
    long at(long place) {
        if (place < 0 || place >= n) {
            throw new IndexOutOfBoundsException(place);
        }
        int half = Math.max(1, (65 - Long.numberOfLeadingZeros(n - 1)) / 2);
        long value = place;
        do {
            value = scrambled(value, half);
        } while (value >= n);
        return value;
    }

    private long scrambled(long value, int half) {
        long mask = (1L << half) - 1;
        long left = value >>> half;
        long right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ (Draw.mix(key, round, right) & mask);
            left = right;
            right = next;
        }
        return left << half | right;
    }
}
