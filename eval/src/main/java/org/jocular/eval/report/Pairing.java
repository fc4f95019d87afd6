package org.jocular.eval.report;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocular.eval.metrics.ClusterBootstrap;

/**
 * Which rows of several runs answer the same questions.
 *
 * @param tasks the runs' parts of one benchmark
 * @param rows  of each of these, the row of every question that all have answered; in the first one's order
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pairing(List<ScoredTask> tasks, int[][] rows) {
    static Pairing of(List<ScoredTask> tasks) {
        long[] first = tasks.getFirst().ids();
        int[][] rows = new int[tasks.size()][first.length];
        int common = 0;
        List<Map<Long, Integer>> rowOfId = tasks.stream().map(Pairing::rowOfId).toList();
        for (long id : first) {
            boolean everywhere = true;
            for (int run = 0; run < rows.length; run++) {
                int row = rowOfId.get(run).getOrDefault(id, -1);
                everywhere &= row >= 0;
                rows[run][common] = row;
            }
            common += everywhere ? 1 : 0;
        }
        for (int run = 0; run < rows.length; run++) {
            rows[run] = Arrays.copyOf(rows[run], common);
        }
        return new Pairing(tasks, rows);
    }

    private static Map<Long, Integer> rowOfId(ScoredTask task) {
        Map<Long, Integer> rows = new HashMap<>();
        for (int row = 0; row < task.ids().length; row++) {
            rows.put(task.ids()[row], row);
        }
        return rows;
    }

    int size() {
        return rows[0].length;
    }

    /** Resamples the common questions; pictures are told apart by the first run. */
    ClusterBootstrap bootstrap() {
        int[] clusters = tasks.getFirst().clusters();
        return new ClusterBootstrap(
                Arrays.stream(rows[0]).map(row -> clusters[row]).toArray());
    }

    /** A run's statistic as one of the common questions: the other rows stand there no times. */
    ClusterBootstrap.Statistic on(int run, ClusterBootstrap.Statistic statistic) {
        int[] rowsOfRun = rows[run];
        int[] timesOfRow = new int[tasks.get(run).answered()];
        return times -> {
            for (int i = 0; i < rowsOfRun.length; i++) {
                timesOfRow[rowsOfRun[i]] = times[i];
            }
            return statistic.of(timesOfRow);
        };
    }

    /** Whether a run's answers to the common questions were right. */
    boolean[] on(int run, boolean[] correct) {
        boolean[] common = new boolean[size()];
        for (int i = 0; i < common.length; i++) {
            common[i] = correct[rows[run][i]];
        }
        return common;
    }
}
