package org.jocular.eval.report;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Which samples a report shows where it cannot show all: mistakes teach more than right answers, so two in three are failed or wrong as far
 * as there are such, spread evenly over the benchmark.
 */
final class Shown {
    private Shown() {}

    /**
     * Chooses.
     *
     * @param wrong indices of questions that failed or were answered wrong
     * @param total how many questions
     * @param limit how many to choose at most
     */
    static BitSet of(BitSet wrong, int total, int limit) {
        BitSet right = new BitSet(total);
        right.set(0, total);
        right.andNot(wrong);
        int most = Math.min(total, limit);
        int wrongs = Math.min(wrong.cardinality(), Math.max(most - most / 3, most - right.cardinality()));
        BitSet chosen = new BitSet(total);
        spread(wrong, wrongs, chosen);
        spread(right, most - wrongs, chosen);
        return chosen;
    }

    private static void spread(BitSet from, int count, BitSet into) {
        int[] indices = from.stream().toArray();
        IntStream.range(0, count)
                .map(i -> indices[(int) ((long) i * indices.length / count)])
                .forEach(into::set);
    }
}
