package org.jocular.eval.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What scoring the answers to a benchmark gives.
 *
 * @param task    the benchmark's name on the command line
 * @param metrics in the publisher's own scale, the most important first
 * @param n       how many answers were scored
 * @param notes   what a reader of the numbers must know, one sentence each: questions left out, answers that say nothing
 */
public record Scores(String task, SequencedMap<String, Double> metrics, int n, List<String> notes) {
    public Scores {
        metrics = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metrics));
        notes = List.copyOf(notes);
    }

    /** The value of a metric that is known to be there. */
    public double metric(String name) {
        Double value = metrics.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no metric %s among %s".formatted(name, metrics.keySet()));
        }
        return value;
    }
}
