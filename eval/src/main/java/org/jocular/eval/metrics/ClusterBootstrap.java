package org.jocular.eval.metrics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Confidence intervals and a paired test by resampling clusters (Efron and Tibshirani 1993, chapters 8, 13 and 16; Koehn
 * 2004 for the pairing). Questions about one picture stand or fall together, so pictures are drawn, not questions: to
 * draw questions would make intervals too narrow.
 */
public final class ClusterBootstrap {
    /**
     * How to resample.
     *
     * @param resamples 10,000 settle an interval's ends to about a hundredth of its width
     * @param level     of the interval, 0.95 say
     * @param seed      of {@link SplittableRandom}; the same seed gives the same figures everywhere
     */
    public record Settings(int resamples, double level, long seed) {
        public Settings {
            if (resamples < 1 || !(level > 0 && level < 1)) {
                throw new IllegalArgumentException(
                        "%d resamples at level %s, expected at least one, and a level between 0 and 1"
                                .formatted(resamples, level));
            }
        }
    }

    /** A figure with its percentile interval, and all that is needed to repeat it. */
    public record Interval(double estimate, double low, double high, int clusters, Settings settings) {}

    /**
     * Two systems on the same rows.
     *
     * @param difference first minus second
     * @param pValue     two-sided, that the systems are equally good; never 0, the sample itself being counted
     */
    public record Comparison(Interval difference, double pValue) {}

    /** A figure of a sample in which row i stands {@code times[i]} times; all 1 for the sample itself. */
    @FunctionalInterface
    public interface Statistic {
        double of(int[] times);
    }

    private final int[] clusterOfRow;
    private final int clusters;

    /** @param clusterOfRow what each row belongs to: the name of its picture */
    public ClusterBootstrap(List<String> clusterOfRow) {
        if (clusterOfRow.isEmpty()) {
            throw new IllegalArgumentException("there are no rows to resample");
        }
        Map<String, Integer> numbers = new HashMap<>();
        this.clusterOfRow = new int[clusterOfRow.size()];
        for (int row = 0; row < this.clusterOfRow.length; row++) {
            this.clusterOfRow[row] = numbers.computeIfAbsent(clusterOfRow.get(row), name -> numbers.size());
        }
        clusters = numbers.size();
    }

    /** The mean of the rows: accuracy where each is 0 or 1, or the mean of scores per image. */
    public static Statistic mean(double[] rows) {
        double[] values = rows.clone();
        return times -> {
            double sum = 0;
            long count = 0;
            for (int row = 0; row < values.length; row++) {
                sum += times[row] * values[row];
                count += times[row];
            }
            return sum / count;
        };
    }

    /**
     * The sum of some numbers over the sum of others: a share of marks, or the mean of a few rows where the rest is 0 over 0. A sample
     * without such rows has none, NaN.
     */
    public static Statistic ratio(double[] above, double[] below) {
        double[] numerators = above.clone();
        double[] denominators = below.clone();
        return times -> {
            double numerator = 0;
            double denominator = 0;
            for (int row = 0; row < numerators.length; row++) {
                numerator += times[row] * numerators[row];
                denominator += times[row] * denominators[row];
            }
            return numerator / denominator;
        };
    }

    /** The interval of a figure; resamples that have none are left out of it. */
    public Interval interval(Statistic statistic, Settings settings) {
        return interval(statistic.of(once()), resample(statistic, settings), settings);
    }

    /**
     * The difference of two systems, each resample drawn for both. The p-value is the share of resamples whose
     * difference lies as far from the observed one as that lies from 0: the resamples, moved to where no system is
     * better, tell how far chance goes.
     */
    public Comparison compare(Statistic first, Statistic second, Settings settings) {
        Statistic difference = times -> first.of(times) - second.of(times);
        double observed = difference.of(once());
        double[] resampled = resample(difference, settings);
        double asFar = Math.abs(observed) * (1 - 1e-12); // rounding must not part what is equal
        long further = Arrays.stream(resampled)
                .filter(value -> Math.abs(value - observed) >= asFar)
                .count();
        return new Comparison(interval(observed, resampled, settings), (further + 1.0) / (resampled.length + 1.0));
    }

    private int[] once() {
        int[] times = new int[clusterOfRow.length];
        Arrays.fill(times, 1);
        return times;
    }

    /** The figure of every resample that has one. */
    private double[] resample(Statistic statistic, Settings settings) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        double[] values = new double[settings.resamples()];
        int[] drawn = new int[clusters];
        int[] times = new int[clusterOfRow.length];
        for (int i = 0; i < values.length; i++) {
            Arrays.fill(drawn, 0);
            for (int draw = 0; draw < clusters; draw++) {
                drawn[random.nextInt(clusters)]++;
            }
            for (int row = 0; row < times.length; row++) {
                times[row] = drawn[clusterOfRow[row]];
            }
            values[i] = statistic.of(times);
        }
        return Arrays.stream(values).filter(Double::isFinite).toArray();
    }

    private Interval interval(double estimate, double[] resampled, Settings settings) {
        double[] sorted = resampled.clone();
        Arrays.sort(sorted);
        double tail = (1 - settings.level()) / 2;
        return new Interval(estimate, quantile(sorted, tail), quantile(sorted, 1 - tail), clusters, settings);
    }

    /** Between the two nearest values in proportion, as numpy's {@code quantile} has it. */
    static double quantile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double position = share * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
