package org.jocular.eval.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's correction (1979): the more tests are made, the smaller a p-value must be to mean anything. */
final class Holm {
    private Holm() {}

    /** The adjusted p-values, in the order of those given. */
    static double[] adjust(double[] pValues) {
        List<Integer> rising = IntStream.range(0, pValues.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> pValues[i]))
                .toList();
        double[] adjusted = new double[pValues.length];
        double least = 0;
        for (int rank = 0; rank < pValues.length; rank++) {
            int test = rising.get(rank);
            least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[test]));
            adjusted[test] = least;
        }
        return adjusted;
    }
}
