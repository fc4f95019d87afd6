package org.jocular.llama;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One request on its way to a result: it says which rows it wants computed next, and learns their scores. */
sealed interface Search permits SingleSearch, BeamSearch, Ranking {
    /**
     * @param scores of the rows asked for last, in their order; at first of the prompt's last row alone
     * @return what to compute next, null at the end
     */
    @Nullable
    Rows next(Scores scores);

    /**
     * Tokens to be run.
     *
     * @param following for each the row of the request's cache before it; the i-th of these becomes the cache's row length + i
     */
    record Rows(int[] ids, int[] following) {}

    /** Logits of some rows, one row after the other. */
    record Scores(float[] values, int from, int vocabSize) {
        /** A copy of one row's. */
        float[] row(int row) {
            int at = from + row * vocabSize;
            return Arrays.copyOfRange(values, at, at + vocabSize);
        }

        /** The logarithm of the sum of their exponentials: what makes logits log-probabilities. */
        double logSum(int row) {
            int at = from + row * vocabSize;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = at; i < at + vocabSize; i++) {
                max = Math.max(max, values[i]);
            }
            double sum = 0;
            for (int i = at; i < at + vocabSize; i++) {
                sum += Math.exp(values[i] - max);
            }
            return max + Math.log(sum);
        }
    }
}
