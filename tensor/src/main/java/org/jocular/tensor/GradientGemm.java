package org.jocular.tensor;

import static org.jocular.tensor.RegisterTile.COLUMNS;
import static org.jocular.tensor.RegisterTile.ROWS;
import static org.jocular.tensor.Simd.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * C += A · B or C += Aᵀ · B, or without what was there, through the register tile: the two products of a linear layer's gradient. {@link Gemm} has the weight's rows along
 * the sums and must turn them; here B already lies as the tile reads it, and so does Aᵀ, so that almost nothing is transposed.
 *
 * <p>Each element of C is summed by one task in one order, so the result does not depend on the number of threads.
 */
final class GradientGemm {
    /** Depth of a product of tiles, as in {@link Gemm}: a panel of B fills two thirds of a first-level cache. */
    private static final int DEPTH = RowTile.DEPTH;

    /** Rows of C that are computed together. */
    private static final int MAX_ROWS = 768;

    /** Panels of B that a task packs side by side: so long is the stretch of a row that it reads at once. */
    private static final int MAX_PANELS = 4;

    /** Multiply-adds below which another thread would wake up too late. */
    private static final long SMALL = 1 << 19;

    private final ThreadPool pool;
    private final Scratch[] scratch;
    private float[] packedA = new float[0];

    /** What one thread needs: packed rows of B, and the columns of C that it computes. */
    private static final class Scratch {
        private final float[] panels = new float[MAX_PANELS * DEPTH * COLUMNS];
        private final float[] wide = new float[MAX_PANELS * COLUMNS];
        private float[] columns = new float[0];
    }

    GradientGemm(ThreadPool pool) {
        this.pool = pool;
        scratch = new Scratch[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    /**
     * @param a (m, k), or (k, m) where it is transposed; F32
     * @param b (k, n); F32, F16 or BF16
     * @param c (m, n), F32
     * @param add whether C is added to; else it is replaced
     */
    void multiply(Tensor a, boolean transposed, Tensor b, Tensor c, boolean add) {
        int m = transposed ? a.width() : (int) a.rows();
        int blocks = (m + MAX_ROWS - 1) / MAX_ROWS;
        for (int block = 0; block < blocks; block++) {
            int from = (int) ((long) m * block / blocks);
            int to = (int) ((long) m * (block + 1) / blocks);
            multiplyRows(a, transposed, b, c, add, from, to - from);
        }
    }

    private void multiplyRows(Tensor a, boolean transposed, Tensor b, Tensor c, boolean add, int from, int m) {
        int k = (int) b.rows();
        int n = b.width();
        int tiles = (m + ROWS - 1) / ROWS;
        int size = (k + DEPTH - 1) / DEPTH * tiles * ROWS * RowTile.STRIDE;
        if (packedA.length < size) {
            packedA = new float[size];
        }
        int panels = (n + COLUMNS - 1) / COLUMNS;
        boolean small = (long) m * n * k < SMALL;
        // Few wide groups of panels for the cache; and where these are too few, tiles are divided as well.
        int group = small ? MAX_PANELS : Math.clamp(panels / (4L * pool.threads()), 1, MAX_PANELS);
        int groups = (panels + group - 1) / group;
        int parts = small ? 1 : Math.clamp((4L * pool.threads() + groups - 1) / groups, 1, (tiles + 3) / 4);
        if (small) {
            for (int tile = 0; tile < tiles; tile++) {
                pack(a, transposed, from, m, tile, tiles, k);
            }
            for (int g = 0; g < groups; g++) {
                task(
                        scratch[0],
                        transposed,
                        b,
                        c,
                        add,
                        from,
                        m,
                        0,
                        tiles,
                        panels * g / groups,
                        panels * (g + 1) / groups);
            }
            return;
        }
        pool.forEach(tiles, (thread, tile) -> pack(a, transposed, from, m, tile, tiles, k));
        pool.forEach(groups * parts, (thread, task) -> {
            int g = task / parts;
            int part = task % parts;
            task(
                    scratch[thread],
                    transposed,
                    b,
                    c,
                    add,
                    from,
                    m,
                    tiles * part / parts,
                    tiles * (part + 1) / parts,
                    (int) ((long) panels * g / groups),
                    (int) ((long) panels * (g + 1) / groups));
        });
    }

    /**
     * One tile of rows of A, depth after depth: as {@link RegisterTile} reads it where A lies transposed, else as {@link RowTile} does. Rows
     * beyond the last hold anything, nobody reads their products.
     */
    private void pack(Tensor a, boolean transposed, int from, int m, int tile, int tiles, int k) {
        int first = from + tile * ROWS;
        int n = Math.min(ROWS, m - tile * ROWS);
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            int at = packed(p, tile, tiles);
            if (transposed) {
                columns(a.address() + 4L * ((long) p * a.width() + first), 4L * a.width(), depth, n, at);
            } else {
                for (int r = 0; r < n; r++, at += RowTile.STRIDE) {
                    WeightRows.decode(a, (long) first + r, p, depth, packedA, at);
                }
            }
        }
    }

    /** Where a tile of A begins from the depth on that begins at {@code p}. */
    private static int packed(int p, int tile, int tiles) {
        return (p / DEPTH * tiles + tile) * ROWS * RowTile.STRIDE;
    }

    /** Some columns of A, row after row. */
    private void columns(long from, long stride, int depth, int n, int at) {
        for (int j = 0; j < ROWS; j += L) {
            int width = Math.min(L, ROWS - j);
            VectorMask<Float> store = Simd.first(width);
            VectorMask<Float> load = Simd.first(Math.clamp(n - j, 0, width));
            long address = from + 4L * j;
            for (int p = 0; p < depth; p++, address += stride) {
                Simd.load(address, load).intoArray(packedA, at + p * ROWS + j, store);
            }
        }
    }

    /** Some tiles of rows by some panels of columns of C. */
    private void task(
            Scratch s,
            boolean transposed,
            Tensor b,
            Tensor c,
            boolean add,
            int from,
            int m,
            int firstTile,
            int lastTile,
            int firstPanel,
            int lastPanel) {
        int k = (int) b.rows();
        int tiles = (m + ROWS - 1) / ROWS;
        int size = (k <= DEPTH ? 1 : lastTile - firstTile) * ROWS * COLUMNS;
        if (s.columns.length < (lastPanel - firstPanel) * size) {
            s.columns = new float[MAX_PANELS * size];
        }
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            packPanels(s, b, p, depth, firstPanel, lastPanel);
            for (int panel = 0; panel < lastPanel - firstPanel; panel++) {
                for (int tile = firstTile; tile < lastTile; tile++) {
                    int ai = packed(p, tile, tiles);
                    // What is complete after one depth never leaves the first-level cache.
                    int ci = panel * size + (k <= DEPTH ? 0 : (tile - firstTile) * ROWS * COLUMNS);
                    int bi = panel * DEPTH * COLUMNS;
                    if (transposed) {
                        RegisterTile.multiply(depth, packedA, ai, s.panels, bi, s.columns, ci, COLUMNS, p > 0);
                    } else {
                        RowTile.multiply(depth, packedA, ai, s.panels, bi, s.columns, ci, COLUMNS, p > 0);
                    }
                    if (p + depth == k) {
                        int rows = Math.min(ROWS, m - tile * ROWS);
                        put(s.columns, ci, c, add, from + tile * ROWS, rows, (firstPanel + panel) * COLUMNS);
                    }
                }
            }
        }
    }

    /** Rows of B, cut into panels; columns beyond the last hold anything. */
    private static void packPanels(Scratch s, Tensor b, int from, int depth, int firstPanel, int lastPanel) {
        int column = firstPanel * COLUMNS;
        int n = Math.min(lastPanel * COLUMNS, b.width()) - column;
        if (b.dtype() == DType.F32) {
            for (int j = 0; j < n; j += L) {
                int at = j / COLUMNS * DEPTH * COLUMNS + j % COLUMNS;
                long address = b.address() + 4L * ((long) from * b.width() + column + j);
                if (n - j >= L) {
                    copyColumn(address, 4L * b.width(), depth, s.panels, at);
                } else {
                    copyColumn(address, 4L * b.width(), depth, Simd.first(n - j), s.panels, at);
                }
            }
            return;
        }
        for (int p = 0; p < depth; p++) {
            WeightRows.decode(b, (long) from + p, column, n, s.wide, 0);
            for (int j = 0; j < n; j += L) {
                int at = j / COLUMNS * DEPTH * COLUMNS + j % COLUMNS;
                FloatVector.fromArray(Simd.F, s.wide, j).intoArray(s.panels, at + p * COLUMNS);
            }
        }
    }

    private static void copyColumn(long from, long stride, int depth, float[] to, int at) {
        for (int p = 0; p < depth; p++, from += stride) {
            Simd.load(from).intoArray(to, at + p * COLUMNS);
        }
    }

    private static void copyColumn(long from, long stride, int depth, VectorMask<Float> lanes, float[] to, int at) {
        for (int p = 0; p < depth; p++, from += stride) {
            Simd.load(from, lanes).intoArray(to, at + p * COLUMNS);
        }
    }

    private static void put(float[] columns, int at, Tensor c, boolean add, int first, int rows, int column) {
        int n = Math.min(COLUMNS, c.width() - column);
        for (int j = 0; j < n; j += L) {
            long to = c.address() + 4L * ((long) first * c.width() + column + j);
            if (n - j >= L) {
                for (int row = 0; row < rows; row++, to += 4L * c.width()) {
                    FloatVector sum = FloatVector.fromArray(Simd.F, columns, at + row * COLUMNS + j);
                    Simd.put(sum, to, add);
                }
            } else {
                VectorMask<Float> lanes = Simd.first(n - j);
                for (int row = 0; row < rows; row++, to += 4L * c.width()) {
                    FloatVector sum = FloatVector.fromArray(Simd.F, columns, at + row * COLUMNS + j);
                    Simd.put(sum, to, lanes, add);
                }
            }
        }
    }
}
