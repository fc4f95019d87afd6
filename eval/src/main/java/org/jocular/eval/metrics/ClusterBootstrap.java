package org.jocular.eval.metrics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

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
        this(numbered(clusterOfRow));
    }

    /** @param clusterOfRow number of what each row belongs to; any numbers */
    public ClusterBootstrap(int[] clusterOfRow) {
        if (clusterOfRow.length == 0) {
            throw new IllegalArgumentException("there are no rows to resample");
        }
        this.clusterOfRow = numbered(Arrays.stream(clusterOfRow).boxed().toList());
        clusters = Arrays.stream(this.clusterOfRow).max().getAsInt() + 1;
    }

    /** Numbers things from 0 on, in the order in which they first occur. */
    private static int[] numbered(List<?> things) {
        Map<Object, Integer> numbers = new HashMap<>();
        return things.stream()
                .mapToInt(thing -> numbers.computeIfAbsent(thing, first -> numbers.size()))
                .toArray();
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
        return intervals(List.of(statistic), settings).getFirst();
    }

    /** The intervals of several figures, all of the same resamples; those that have no figure are left out of its interval. */
    public List<Interval> intervals(List<Statistic> statistics, Settings settings) {
        double[][] resampled = resample(statistics, settings);
        return IntStream.range(0, statistics.size())
                .mapToObj(i -> interval(statistics.get(i).of(once()), resampled[i], settings))
                .toList();
    }

    /**
     * The difference of two systems, each resample drawn for both. The p-value is the share of resamples whose
     * difference lies as far from the observed one as that lies from 0: the resamples, moved to where no system is
     * better, tell how far chance goes.
     */
    public Comparison compare(Statistic first, Statistic second, Settings settings) {
        Statistic difference = times -> first.of(times) - second.of(times);
        double observed = difference.of(once());
        double[] resampled = resample(List.of(difference), settings)[0];
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

    /** For each statistic, its figure of every resample that has one. */
    private double[][] resample(List<Statistic> statistics, Settings settings) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        double[][] values = new double[statistics.size()][settings.resamples()];
        int[] drawn = new int[clusters];
        int[] times = new int[clusterOfRow.length];
        for (int i = 0; i < settings.resamples(); i++) {
            Arrays.fill(drawn, 0);
            for (int draw = 0; draw < clusters; draw++) {
                drawn[random.nextInt(clusters)]++;
            }
            for (int row = 0; row < times.length; row++) {
                times[row] = drawn[clusterOfRow[row]];
            }
            for (int s = 0; s < values.length; s++) {
                values[s][i] = statistics.get(s).of(times);
            }
        }
        return Arrays.stream(values)
                .map(figures -> Arrays.stream(figures).filter(Double::isFinite).toArray())
                .toArray(double[][]::new);
    }

    private Interval interval(double estimate, double[] resampled, Settings settings) {
        double[] sorted = resampled.clone();
        Arrays.sort(sorted);
        double tail = (1 - settings.level()) / 2;
        return new Interval(estimate, quantile(sorted, tail), quantile(sorted, 1 - tail), clusters, settings);
    }

    /** Between the two nearest values in proportion, as numpy's {@code quantile} has it; NaN of nothing. */
    static double quantile(double[] sorted, double share) {
        return share == 0 && sorted.length > 0 // which Percentile does not take
                ? sorted[0]
                : new Percentile().withEstimationType(EstimationType.R_7).evaluate(sorted, share * 100);
    }
}
