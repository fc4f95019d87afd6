package org.jocular.eval.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.Scores;
import org.jspecify.annotations.Nullable;

/**
 * What the answers to a benchmark come to.
 *
 * @param scores    all figures, in the publisher's own scale
 * @param headlines those few that go into tables, the most important first
 * @param columns   figures of single answers by name, in the order in which these were added; NaN where one has none
 */
public record Result(Scores scores, List<Headline> headlines, SequencedMap<String, double[]> columns) {
    public Result {
        headlines = List.copyOf(headlines);
        columns = new LinkedHashMap<>(columns);
    }

    /** Of a benchmark whose one headline is the share of right answers; they stand in the column {@code correct}, 1 or 0. */
    public static Result ofAccuracy(Scores scores, boolean[] correct) {
        double[] column = new double[correct.length];
        for (int row = 0; row < column.length; row++) {
            column[row] = correct[row] ? 1 : 0;
        }
        return new Result(
                scores, List.of(Headline.accuracy("", correct)), new LinkedHashMap<>(Map.of("correct", column)));
    }

    /**
     * A figure for tables, and what tells how certain it is.
     *
     * @param title     the head of its column, below the benchmark's title; empty where the benchmark has but one
     * @param statistic the figure of a sample of the answers, in the scale of tables: percent, 100 · CIDEr
     * @param correct   which answers were right, where the figure is their share; else null
     */
    public record Headline(String title, ClusterBootstrap.Statistic statistic, boolean @Nullable [] correct) {
        /** The share of right answers in percent. */
        public static Headline accuracy(String title, boolean[] correct) {
            double[] rows = new double[correct.length];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = correct[row] ? 100 : 0;
            }
            return new Headline(title, ClusterBootstrap.mean(rows), correct);
        }
    }
}
