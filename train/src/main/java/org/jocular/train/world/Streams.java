package org.jocular.train.world;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A stream of random numbers for each purpose, so that what one file takes does not change another. */
final class Streams {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Streams() {}

    static RandomGenerator of(long seed, String purpose) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * FNV_PRIME;
        }
        // Not seed + hash: near seeds of a SplittableRandom are the same stream, shifted.
        return new SplittableRandom(new SplittableRandom(seed).nextLong() ^ hash);
    }
}
