package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.jocular.eval.metrics.ClusterBootstrap.Comparison;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.metrics.ClusterBootstrap.Settings;
import org.jocular.eval.metrics.ClusterBootstrap.Statistic;
import org.junit.jupiter.api.Test;

/**
 * Against the exact bootstrap distribution of five clusters, all 3,125 resamples, computed with numpy 2.4.6
 * (itertools.product, quantile).
 */
class ClusterBootstrapTest {
    private static final Settings SETTINGS = new Settings(100_000, 0.95, 42);

    private static final ClusterBootstrap ANSWERS =
            new ClusterBootstrap(List.of("a", "a", "a", "b", "c", "c", "d", "d", "d", "d", "e", "e"));
    private static final double[] FIRST = {1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1};
    private static final double[] SECOND = {1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1};

    @Test
    void intervalOfAnAccuracy() {
        Interval interval = ANSWERS.interval(ClusterBootstrap.mean(FIRST), SETTINGS);
        assertThat(interval.estimate()).isEqualTo(8 / 12.0);
        assertThat(interval.low()).isCloseTo(0.54545455, within(1e-8));
        assertThat(interval.high()).isCloseTo(0.77777778, within(1e-8));
        assertThat(interval.clusters()).isEqualTo(5);
        Interval narrower = ANSWERS.interval(ClusterBootstrap.mean(FIRST), new Settings(100_000, 0.9, 42));
        assertThat(narrower.low()).isCloseTo(0.55555556, within(1e-8));
        assertThat(narrower.high()).isCloseTo(0.75, within(1e-8));
    }

    @Test
    void ratioOfSums() {
        double[] all = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        assertThat(ANSWERS.interval(ClusterBootstrap.ratio(FIRST, all), SETTINGS))
                .isEqualTo(ANSWERS.interval(ClusterBootstrap.mean(FIRST), SETTINGS));
        double[] onlyB = {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        Interval interval = ANSWERS.interval(ClusterBootstrap.ratio(onlyB, onlyB), SETTINGS);
        assertThat(interval.low()).isEqualTo(1);
        assertThat(interval.high()).as("a third of all resamples lack b").isEqualTo(1);
        double[] nothing = new double[12];
        assertThat(ANSWERS.interval(ClusterBootstrap.ratio(nothing, nothing), SETTINGS)
                        .low())
                .isNaN();
    }

    @Test
    void comparisonOfTwoSystems() {
        Comparison comparison = ANSWERS.compare(ClusterBootstrap.mean(FIRST), ClusterBootstrap.mean(SECOND), SETTINGS);
        assertThat(comparison.difference().estimate()).isCloseTo(0.25, within(1e-15));
        assertThat(comparison.difference().low()).isCloseTo(0.1, within(1e-8));
        assertThat(comparison.difference().high()).isCloseTo(0.38461538, within(1e-8));
        assertThat(comparison.pValue()).isCloseTo(0.01056, within(0.001));
    }

    @Test
    void comparisonOfScores() {
        ClusterBootstrap images = new ClusterBootstrap(List.of("a", "a", "b", "b", "b", "c", "d", "e", "e"));
        double[] first = {0.001, 0.299, -0.274, -0.891, -0.455, -0.992, 0.06, 1.34, -0.492};
        double[] second = {-0.02, 1.09, 0.957, 0.705, -0.33, 0.571, 1.295, -0.744, 0.142};
        Interval interval = images.interval(ClusterBootstrap.mean(first), SETTINGS);
        assertThat(interval.low()).isCloseTo(-0.57377778, within(0.01));
        assertThat(interval.high()).isCloseTo(0.2645, within(0.01));
        Comparison comparison = images.compare(ClusterBootstrap.mean(first), ClusterBootstrap.mean(second), SETTINGS);
        assertThat(comparison.difference().estimate()).isCloseTo(-0.5633333333333334, within(1e-15));
        assertThat(comparison.difference().low()).isCloseTo(-1.22114286, within(0.01));
        assertThat(comparison.difference().high()).isCloseTo(0.22411111, within(0.01));
        assertThat(comparison.pValue()).isCloseTo(0.11136, within(0.003));
    }

    @Test
    void sameSeedGivesTheSameFigures() {
        Statistic mean = ClusterBootstrap.mean(FIRST);
        Settings few = new Settings(50, 0.95, 7);
        assertThat(ANSWERS.interval(mean, few)).isEqualTo(ANSWERS.interval(mean, few));
        assertThat(ANSWERS.interval(mean, few)).isNotEqualTo(ANSWERS.interval(mean, new Settings(50, 0.95, 8)));
    }

    @Test
    void equalSystemsDoNotDiffer() {
        Statistic mean = ClusterBootstrap.mean(FIRST);
        Comparison comparison = ANSWERS.compare(mean, mean, SETTINGS);
        assertThat(comparison.pValue()).isEqualTo(1);
        assertThat(comparison.difference().low()).isZero();
    }

    @Test
    void questionsOfOnePictureMakeTheIntervalWider() {
        double[] rows = IntStream.range(0, 400).mapToDouble(i -> i / 10 % 2).toArray();
        List<String> pictures =
                IntStream.range(0, 400).mapToObj(i -> "picture " + i / 10).toList();
        List<String> apart =
                IntStream.range(0, 400).mapToObj(i -> "question " + i).toList();
        Settings settings = new Settings(5_000, 0.95, 1);
        Interval wide = new ClusterBootstrap(pictures).interval(ClusterBootstrap.mean(rows), settings);
        Interval narrow = new ClusterBootstrap(apart).interval(ClusterBootstrap.mean(rows), settings);
        // ten equal answers to a picture: √10 times as wide
        assertThat((wide.high() - wide.low()) / (narrow.high() - narrow.low())).isCloseTo(Math.sqrt(10), within(0.2));
    }

    /** A figure that is no mean of rows: the F1 score. */
    @Test
    void anyStatisticCanBeResampled() {
        Statistic f1 = times -> {
            double both = 0;
            double sum = 0;
            for (int row = 0; row < times.length; row++) {
                both += times[row] * FIRST[row] * SECOND[row];
                sum += times[row] * (FIRST[row] + SECOND[row]);
            }
            return 2 * both / sum;
        };
        Interval interval = ANSWERS.interval(f1, new Settings(1_000, 0.95, 3));
        assertThat(interval.estimate()).isCloseTo(10 / 13.0, within(1e-15));
        assertThat(interval.low()).isBetween(0.4, interval.estimate());
        assertThat(interval.high()).isBetween(interval.estimate(), 1.0);
    }

    /** numpy.quantile of the same numbers. */
    @Test
    void quantilesLieBetweenNeighbours() {
        double[] sorted = {1, 1, 2, 3, 4, 5, 6, 9};
        assertThat(ClusterBootstrap.quantile(sorted, 0)).isEqualTo(1);
        assertThat(ClusterBootstrap.quantile(sorted, 0.25)).isEqualTo(1.75);
        assertThat(ClusterBootstrap.quantile(sorted, 0.5)).isEqualTo(3.5);
        assertThat(ClusterBootstrap.quantile(sorted, 0.975)).isCloseTo(8.475, within(1e-12));
        assertThat(ClusterBootstrap.quantile(sorted, 1)).isEqualTo(9);
    }

    @Test
    void refusesWhatCannotBeResampled() {
        assertThatThrownBy(() -> new ClusterBootstrap(List.of())).hasMessage("there are no rows to resample");
        assertThatThrownBy(() -> new Settings(0, 0.95, 1))
                .hasMessage("0 resamples at level 0.95, expected at least one, and a level between 0 and 1");
        assertThatThrownBy(() -> new Settings(10, Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
