package org.jocular.llama;

import java.util.Arrays;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * Summed negative log-likelihoods of candidates right after a prompt: BLIP-2's {@code predict_class} in LAVIS. All candidates branch from the
 * prompt's last row, so the prompt is computed once, and they go through the model together.
 */
final class Ranking implements Search {
    /** Rows that are computed at a time: their scores are kept for the whole vocabulary. */
    private static final int CHUNK = 256;

    private final KvCache cache;
    private final List<int[]> candidates;
    private final double[] sums;
    // One entry for each row: all tokens of each candidate but its last.
    private final int[] ids;
    private final int[] following;
    private final int[] candidateOf;
    private final int[] predicted;
    private int done;
    private int asked = -1;

    Ranking(KvCache cache, List<int[]> candidates) {
        this.cache = cache;
        this.candidates = candidates;
        if (candidates.stream().anyMatch(candidate -> candidate.length == 0)) {
            throw new BadInput("a candidate has no tokens");
        }
        sums = new double[candidates.size()];
        int rows =
                candidates.stream().mapToInt(candidate -> candidate.length - 1).sum();
        ids = new int[rows];
        following = new int[rows];
        candidateOf = new int[rows];
        predicted = new int[rows];
    }

    double[] sums() {
        return sums.clone();
    }

    @Override
    public @Nullable Rows next(Scores scores) {
        if (asked < 0) {
            double logSum = scores.logSum(0);
            for (int c = 0; c < sums.length; c++) {
                sums[c] = logSum - scores.values()[scores.from() + candidates.get(c)[0]];
            }
            layOut(cache.length());
            asked = 0;
        } else {
            for (int i = 0; i < asked; i++) {
                int row = done + i;
                float score = scores.values()[scores.from() + i * scores.vocabSize() + predicted[row]];
                sums[candidateOf[row]] += scores.logSum(i) - score;
            }
            done += asked;
        }
        asked = Math.min(CHUNK, ids.length - done);
        return asked == 0
                ? null
                : new Rows(
                        Arrays.copyOfRange(ids, done, done + asked), Arrays.copyOfRange(following, done, done + asked));
    }

    /** @param first the cache's row where the first of these will stand */
    private void layOut(int first) {
        int row = 0;
        for (int c = 0; c < candidates.size(); c++) {
            int[] candidate = candidates.get(c);
            for (int i = 0; i < candidate.length - 1; i++) {
                ids[row] = candidate[i];
                following[row] = i == 0 ? first - 1 : first + row - 1;
                candidateOf[row] = c;
                predicted[row] = candidate[i + 1];
                row++;
            }
        }
    }
}
