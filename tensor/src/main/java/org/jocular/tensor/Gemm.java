package org.jocular.tensor;

import static org.jocular.tensor.RegisterTile.COLUMNS;
import static org.jocular.tensor.RegisterTile.ROWS;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * y = activation(x · weightᵀ + bias) for many rows of x, in the manner of Goto &amp; van de Geijn 2008: x is packed once for all threads;
 * each thread takes groups of output columns, widens and packs their weights piece by piece as it goes, and multiplies register tiles.
 *
 * <p>A weight is thus read from memory once, in its stored type, and met by up to {@link #MAX_ROWS} rows while it lies in the cache.
 */
final class Gemm {
    /** Depth of a product of tiles: a panel of weights (256 × 32 floats at 512 bits) fills two thirds of a 48 KiB first-level cache. */
    private static final int DEPTH = RowTile.DEPTH;

    /** Depth that is widened and packed at a time: 2 KiB of a row in 16 bits, long enough for the hardware to read ahead. */
    private static final int SPAN = 4 * DEPTH;

    /** Rows of x that are packed together: their part of one depth (768 × 256 floats) stays in the second-level cache. */
    private static final int MAX_ROWS = 768;

    /** Panels of weights that a task works on at most: so often is the packed x read from the second-level cache, not the third. */
    private static final int MAX_PANELS = 4;

    private final ThreadPool pool;
    private final Scratch[] scratch;
    private float[] packedX = new float[0];

    /** What one thread needs: rows on their way into a panel, packed weights, and the columns of y that it computes. */
    private static final class Scratch {
        private final Transpose transpose = new Transpose();
        private final float[] rows = new float[COLUMNS * Transpose.stride(SPAN)];
        private final float[] panels = new float[MAX_PANELS * SPAN * COLUMNS];
        private float[] columns = new float[0];
    }

    Gemm(ThreadPool pool) {
        this.pool = pool;
        scratch = new Scratch[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    void multiply(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y) {
        int rows = Math.toIntExact(x.rows());
        int blocks = (rows + MAX_ROWS - 1) / MAX_ROWS;
        for (int block = 0; block < blocks; block++) {
            int from = (int) ((long) rows * block / blocks);
            int to = (int) ((long) rows * (block + 1) / blocks);
            multiplyRows(x.slice(from, to), weight, bias, activation, y.slice(from, to));
        }
    }

    private void multiplyRows(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y) {
        int tiles = ((int) x.rows() + ROWS - 1) / ROWS;
        int in = x.width();
        int depths = (in + DEPTH - 1) / DEPTH;
        if (packedX.length < depths * tiles * ROWS * RowTile.STRIDE) {
            packedX = new float[depths * tiles * ROWS * RowTile.STRIDE];
        }
        pool.forEach(tiles, (thread, tile) -> packRows(x, tile, tiles));

        int panels = (y.width() + COLUMNS - 1) / COLUMNS;
        // Few wide groups for the cache, but enough of them that all threads end at about the same time.
        int group = Math.clamp(panels / (4L * pool.threads()), 1, MAX_PANELS);
        int groups = (panels + group - 1) / group;
        pool.forEach(groups, (thread, g) -> {
            int first = (int) ((long) panels * g / groups);
            int last = (int) ((long) panels * (g + 1) / groups);
            columns(scratch[thread], in, weight, bias, y, first, last);
            activate(y, first * COLUMNS, Math.min(last * COLUMNS, y.width()), activation);
        });
    }

    /** One tile of rows of x, depth after depth; rows beyond the last are left as they are, nobody reads their products. */
    private void packRows(Tensor x, int tile, int tiles) {
        int n = Math.min(ROWS, (int) x.rows() - tile * ROWS);
        for (int k = 0; k < x.width(); k += DEPTH) {
            int at = packed(k, tile, tiles);
            int depth = Math.min(DEPTH, x.width() - k);
            for (int r = 0; r < n; r++, at += RowTile.STRIDE) {
                WeightRows.decode(x, (long) tile * ROWS + r, k, depth, packedX, at);
            }
        }
    }

    /** Where a tile of x begins from the depth on that begins at {@code k}. */
    private static int packed(int k, int tile, int tiles) {
        return (k / DEPTH * tiles + tile) * ROWS * RowTile.STRIDE;
    }

    /** The products of all rows with the weights of some panels: summed up in {@code scratch.columns}, and tile by tile from there to y. */
    private void columns(
            Scratch scratch, int in, Tensor weight, @Nullable Tensor bias, Tensor y, int firstPanel, int lastPanel) {
        int tiles = ((int) y.rows() + ROWS - 1) / ROWS;
        int size = in <= DEPTH ? ROWS * COLUMNS : tiles * ROWS * COLUMNS;
        if (scratch.columns.length < (lastPanel - firstPanel) * size) {
            scratch.columns = new float[MAX_PANELS * size];
        }
        for (int span = 0; span < in; span += SPAN) {
            int end = Math.min(in, span + SPAN);
            for (int panel = firstPanel; panel < lastPanel; panel++) {
                packWeights(scratch, weight, panel, span, end - span, (panel - firstPanel) * SPAN * COLUMNS);
            }
            for (int k = span; k < end; k += DEPTH) {
                int depth = Math.min(DEPTH, end - k);
                for (int panel = 0; panel < lastPanel - firstPanel; panel++) {
                    int b = (panel * SPAN + k - span) * COLUMNS;
                    for (int tile = 0; tile < tiles; tile++) {
                        int a = packed(k, tile, tiles);
                        // What is complete after one depth never leaves the first-level cache.
                        int c = panel * size + (in <= DEPTH ? 0 : tile * ROWS * COLUMNS);
                        RowTile.multiply(depth, packedX, a, scratch.panels, b, scratch.columns, c, COLUMNS, k > 0);
                        if (k + depth == in) {
                            store(scratch.columns, c, tile, firstPanel + panel, bias, y);
                        }
                    }
                }
            }
        }
    }

    /** {@code COLUMNS} rows of the weight, widened and k-major; rows beyond the last are left as they are. */
    private static void packWeights(Scratch scratch, Tensor weight, int panel, int k, int depth, int at) {
        int n = Math.min(COLUMNS, (int) weight.rows() - panel * COLUMNS);
        int stride = Transpose.stride(SPAN);
        for (int j = 0; j < n; j++) {
            WeightRows.decode(weight, (long) panel * COLUMNS + j, k, depth, scratch.rows, j * stride);
        }
        scratch.transpose.rows(scratch.rows, stride, COLUMNS, depth, scratch.panels, at);
    }

    /** Adds the bias and puts one tile where it belongs in y. */
    private static void store(float[] columns, int at, int tile, int panel, @Nullable Tensor bias, Tensor y) {
        int first = panel * COLUMNS;
        int n = Math.min(COLUMNS, y.width() - first);
        int rows = Math.min(ROWS, (int) y.rows() - tile * ROWS);
        for (int row = 0; row < rows; row++) {
            long to = y.address() + 4L * ((long) (tile * ROWS + row) * y.width() + first);
            for (int j = 0; j < n; j += Simd.L) {
                FloatVector sum = FloatVector.fromArray(Simd.F, columns, at + row * COLUMNS + j);
                if (n - j >= Simd.L) {
                    Simd.store(bias == null ? sum : sum.add(Simd.load(bias.address() + 4L * (first + j))), to + 4L * j);
                } else {
                    var tail = Simd.first(n - j);
                    var shifted = bias == null ? sum : sum.add(Simd.load(bias.address() + 4L * (first + j), tail));
                    Simd.store(shifted, to + 4L * j, tail);
                }
            }
        }
    }

    /** Columns {@code from} to {@code to} of y, while they are still in the cache. */
    private static void activate(Tensor y, int from, int to, Activation activation) {
        if (activation != Activation.NONE) {
            for (int row = 0; row < y.rows(); row++) {
                long at = y.address() + 4L * ((long) row * y.width() + from);
                VectorMath.activate(at, at, to - from, activation);
            }
        }
    }
}
