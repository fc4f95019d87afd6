package org.jocular.eval.judge;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** How long to wait before a request is tried again: 1, 2, 4 … up to 60 s, of which a random half at most is left out. */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int MOST_DOUBLINGS = 6;

    /** Waits for real, or notes in tests how long it would. */
    @FunctionalInterface
    interface Sleeper {
        void sleep(Duration duration) throws InterruptedException;
    }

    private final Random random;
    private final Sleeper sleeper;

    Backoff(long seed, Sleeper sleeper) {
        this.random = new Random(seed);
        this.sleeper = sleeper;
    }

    /**
     * Waits.
     *
     * @param tries how often it was tried already, from 1 on
     * @param asked how long the server said it wants to be left alone, at least
     */
    void sleep(int tries, @Nullable Duration asked) throws InterruptedException {
        Duration pause = FIRST.multipliedBy(1L << Math.min(tries - 1, MOST_DOUBLINGS));
        if (pause.compareTo(LONGEST) > 0) {
            pause = LONGEST;
        }
        long half = pause.toNanos() / 2;
        pause = Duration.ofNanos(half + (long) (half * random.nextDouble()));
        sleeper.sleep(asked != null && asked.compareTo(pause) > 0 ? asked : pause);
    }
}
