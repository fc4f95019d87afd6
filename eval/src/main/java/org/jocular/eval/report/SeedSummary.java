package org.jocular.eval.report;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * A figure, or a difference of two, over trainings that differ in their seeds.
 *
 * @param values one for each seed
 * @param sd     standard deviation of a sample; NaN for fewer than two
 * @param low    of Student's 95 % interval of the mean; NaN for fewer than two
 * @param high   of the same
 */
record SeedSummary(List<Double> values, double mean, double sd, double low, double high) {
    private static final double LEVEL = 0.95;

    static SeedSummary of(List<Double> values) {
        SummaryStatistics statistics = new SummaryStatistics();
        values.forEach(statistics::addValue);
        int n = values.size();
        double mean = statistics.getMean();
        if (n < 2) {
            return new SeedSummary(List.copyOf(values), mean, Double.NaN, Double.NaN, Double.NaN);
        }
        double sd = statistics.getStandardDeviation();
        double half = new TDistribution(n - 1.0).inverseCumulativeProbability((1 + LEVEL) / 2) * sd / Math.sqrt(n);
        return new SeedSummary(List.copyOf(values), mean, sd, mean - half, mean + half);
    }

    /** Whether the interval leaves 0 out. */
    boolean isClear() {
        return low > 0 || high < 0;
    }

    /** {@code 82.4 ± 1.3}, without the second number where there is none. */
    String shown() {
        return Double.isFinite(sd)
                ? "%s ± %s".formatted(Figures.headline(mean), Figures.headline(sd))
                : Figures.headline(mean);
    }

    /** {@code [−0.4, +5.1]}; empty where there is none. */
    String signedInterval() {
        return Double.isFinite(low) ? "[%s, %s]".formatted(Figures.signed(low), Figures.signed(high)) : "";
    }

    /** {@code +2.1 +3.0 +1.9}. */
    String signedValues() {
        return values.stream().map(Figures::signed).collect(Collectors.joining(" "));
    }
}
