package org.jocular.eval.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jocular.eval.run.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Where in its benchmark a question stands.
 *
 * @param index   among the run's questions to this benchmark, from 0 on
 * @param docId   among all questions of the benchmark
 * @param row     among those that were answered; −1 where it was not
 * @param correct null where that cannot be told
 */
record Browsed(int index, int docId, int row, @Nullable Boolean correct) {
    /** Takes a question and what came of it. */
    @FunctionalInterface
    interface Reader {
        void read(Browsed browsed, Outcome outcome) throws IOException;
    }

    /** Every question of a benchmark, in the run's order. */
    static void each(ScoredRun run, ScoredTask task, Reader reader) throws IOException {
        boolean[] correct = task.correct();
        int[] at = {0, 0};
        try {
            run.folder().each(task.name(), outcome -> {
                int index = at[0]++;
                int row = outcome.answered() == null ? -1 : at[1]++;
                Boolean right = row < 0 || correct == null ? null : correct[row];
                try {
                    reader.read(new Browsed(index, task.part().offset() + index, row, right), outcome);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
