package org.jocular.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** Times the stages of a run, one after the other. */
final class Stopwatch {
    private final long start = System.nanoTime();
    private final Map<String, Object> seconds = new LinkedHashMap<>();
    private long last = start;

    /** Ends a stage and returns its seconds. */
    double lap(String stage) {
        long now = System.nanoTime();
        double elapsed = (now - last) / 1e9;
        last = now;
        seconds.put(stage, elapsed);
        return elapsed;
    }

    /** Seconds of every stage so far, in order; a copy. */
    Map<String, Object> seconds() {
        return new LinkedHashMap<>(seconds);
    }

    /** Seconds since the start. */
    double total() {
        return (System.nanoTime() - start) / 1e9;
    }
}
