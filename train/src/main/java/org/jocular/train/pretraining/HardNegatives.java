package org.jocular.train.pretraining;

import org.jocular.train.data.Draw;

/** Draws what does not belong together and looks as if it did: BLIP-2, section 3.1, after Li et al. 2021 (ALBEF). */
final class HardNegatives {
    /** The chance of what is not alike at all, before all are divided by their sum: blip2_qformer.py. */
    private static final double LEAST = 1e-4;

    private HardNegatives() {}

    /**
     * For each row a column that is not its own, the likelier the more alike the two are.
     *
     * @param similarities (n, n), in units of the temperature
     * @param seed the same one, the same columns
     */
    static int[] draw(float[] similarities, int n, long seed) {
        if (n < 2) {
            throw new IllegalArgumentException("of %d pictures none can be told from another".formatted(n));
        }
        int[] drawn = new int[n];
        for (int row = 0; row < n; row++) {
            double[] chances = chances(similarities, n, row);
            double all = 0;
            for (double chance : chances) {
                all += chance;
            }
            double left = all * Draw.unit(Draw.mix(seed, row));
            for (int column = 0; column < n && left >= 0; column++) {
                if (column != row) {
                    drawn[row] = column;
                    left -= chances[column];
                }
            }
        }
        return drawn;
    }

    /** The softmax of a row and a little more; nothing for its own column. */
    private static double[] chances(float[] similarities, int n, int row) {
        double max = Double.NEGATIVE_INFINITY;
        for (int column = 0; column < n; column++) {
            max = Math.max(max, similarities[row * n + column]);
        }
        double[] chances = new double[n];
        double sum = 0;
        for (int column = 0; column < n; column++) {
            // StrictMath: the same digits, however warm.
            chances[column] = StrictMath.exp(similarities[row * n + column] - max);
            sum += chances[column];
        }
        for (int column = 0; column < n; column++) {
            chances[column] = column == row ? 0 : chances[column] / sum + LEAST;
        }
        return chances;
    }
}
