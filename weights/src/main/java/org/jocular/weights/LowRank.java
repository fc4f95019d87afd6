package org.jocular.weights;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jocular.tensor.Tensor;

/**
 * A product of two narrow matrices, (rows, rank) · (rank, columns), in doubles. Every element is summed in the order of the rank, so the
 * result is the same on all machines, however many threads share the work.
 */
final class LowRank {
    /** Columns that a task computes: their part of {@code right} stays in a core's cache for all rows. */
    private static final int TILE = 256;

    private final int rank;
    private final int columns;
    private final double[] left;
    private final double[] right;

    private LowRank(int rank, int columns, double[] left, double[] right) {
        this.rank = rank;
        this.columns = columns;
        this.left = left;
        this.right = right;
    }

    /** {@code b}·{@code a}, from (rows, rank) and (rank, columns). */
    static LowRank of(Tensor b, Tensor a) {
        return new LowRank((int) a.rows(), a.width(), values(b), values(a));
    }

    /** The transpose of {@code b}·{@code a}. */
    static LowRank transposed(Tensor b, Tensor a) {
        int rank = (int) a.rows();
        return new LowRank(rank, (int) b.rows(), transpose(values(a), rank), transpose(values(b), (int) b.rows()));
    }

    int columns() {
        return columns;
    }

    /** Puts {@code count} rows of the product into {@code sums}, one after the other. */
    void rows(int from, int count, double[] sums) {
        Arrays.fill(sums, 0, count * columns, 0);
        IntStream.range(0, (columns + TILE - 1) / TILE).parallel().forEach(tile -> {
            int begin = tile * TILE;
            int end = Math.min(columns, begin + TILE);
            for (int row = 0; row < count; row++) {
                int sum = row * columns;
                for (int k = 0; k < rank; k++) {
                    double factor = left[(from + row) * rank + k];
                    int other = k * columns;
                    for (int column = begin; column < end; column++) {
                        sums[sum + column] += factor * right[other + column];
                    }
                }
            }
        });
    }

    private static double[] values(Tensor matrix) {
        double[] values = new double[Math.toIntExact(matrix.elements())];
        Rounding.read(matrix, 0, values, values.length);
        return values;
    }

    private static double[] transpose(double[] matrix, int rows) {
        int columns = matrix.length / rows;
        double[] transposed = new double[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
