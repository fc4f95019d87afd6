package org.jocular.tensor;

import static org.jocular.tensor.RegisterTile.MANY_REGISTERS;
import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;

import jdk.incubator.vector.FloatVector;

/**
 * C += A · B on one register tile as {@link RegisterTile}, whose twin it is, but A lies in rows: what has the sums along its rows need not be
 * turned, only copied. It takes two loops because one that steps through A in either way is a fifth slower, and a distance of rows that
 * is not a constant an eighth: C2 then has an index to keep for each row.
 */
final class RowTile {
    /** Floats a row, at most. */
    static final int DEPTH = 256;

    /** Floats from one row of A to the next: not a power of two, where rows would compete for the same lines of the cache. */
    static final int STRIDE = DEPTH + 16;

    private RowTile() {}

    /**
     * c[i][j] = (add ? c[i][j] : 0) + Σ a[i][p] · b[p][j] for p below depth.
     *
     * @param a ROWS rows of {@link #STRIDE} floats from ai on
     * @param b depth × COLUMNS floats from bi on
     * @param c ROWS rows of COLUMNS floats from ci on
     * @param stride floats from one row of c to the next
     */
    static void multiply(int depth, float[] a, int ai, float[] b, int bi, float[] c, int ci, int stride, boolean add) {
        if (MANY_REGISTERS) {
            twelveRows(depth, a, ai, b, bi, c, ci, stride, add);
        } else {
            sixRows(depth, a, ai, b, bi, c, ci, stride, add);
        }
    }

    private static void twelveRows(
            int depth, float[] a, int ai, float[] b, int bi, float[] c, int ci, int stride, boolean add) {
        FloatVector x0;
        FloatVector y0;
        FloatVector x1;
        FloatVector y1;
        FloatVector x2;
        FloatVector y2;
        FloatVector x3;
        FloatVector y3;
        FloatVector x4;
        FloatVector y4;
        FloatVector x5;
        FloatVector y5;
        FloatVector x6;
        FloatVector y6;
        FloatVector x7;
        FloatVector y7;
        FloatVector x8;
        FloatVector y8;
        FloatVector x9;
        FloatVector y9;
        FloatVector x10;
        FloatVector y10;
        FloatVector x11;
        FloatVector y11;
        if (add) {
            x0 = FloatVector.fromArray(F, c, ci);
            y0 = FloatVector.fromArray(F, c, ci + L);
            x1 = FloatVector.fromArray(F, c, ci + stride);
            y1 = FloatVector.fromArray(F, c, ci + stride + L);
            x2 = FloatVector.fromArray(F, c, ci + 2 * stride);
            y2 = FloatVector.fromArray(F, c, ci + 2 * stride + L);
            x3 = FloatVector.fromArray(F, c, ci + 3 * stride);
            y3 = FloatVector.fromArray(F, c, ci + 3 * stride + L);
            x4 = FloatVector.fromArray(F, c, ci + 4 * stride);
            y4 = FloatVector.fromArray(F, c, ci + 4 * stride + L);
            x5 = FloatVector.fromArray(F, c, ci + 5 * stride);
            y5 = FloatVector.fromArray(F, c, ci + 5 * stride + L);
            x6 = FloatVector.fromArray(F, c, ci + 6 * stride);
            y6 = FloatVector.fromArray(F, c, ci + 6 * stride + L);
            x7 = FloatVector.fromArray(F, c, ci + 7 * stride);
            y7 = FloatVector.fromArray(F, c, ci + 7 * stride + L);
            x8 = FloatVector.fromArray(F, c, ci + 8 * stride);
            y8 = FloatVector.fromArray(F, c, ci + 8 * stride + L);
            x9 = FloatVector.fromArray(F, c, ci + 9 * stride);
            y9 = FloatVector.fromArray(F, c, ci + 9 * stride + L);
            x10 = FloatVector.fromArray(F, c, ci + 10 * stride);
            y10 = FloatVector.fromArray(F, c, ci + 10 * stride + L);
            x11 = FloatVector.fromArray(F, c, ci + 11 * stride);
            y11 = FloatVector.fromArray(F, c, ci + 11 * stride + L);
        } else {
            x0 = FloatVector.zero(F);
            y0 = FloatVector.zero(F);
            x1 = FloatVector.zero(F);
            y1 = FloatVector.zero(F);
            x2 = FloatVector.zero(F);
            y2 = FloatVector.zero(F);
            x3 = FloatVector.zero(F);
            y3 = FloatVector.zero(F);
            x4 = FloatVector.zero(F);
            y4 = FloatVector.zero(F);
            x5 = FloatVector.zero(F);
            y5 = FloatVector.zero(F);
            x6 = FloatVector.zero(F);
            y6 = FloatVector.zero(F);
            x7 = FloatVector.zero(F);
            y7 = FloatVector.zero(F);
            x8 = FloatVector.zero(F);
            y8 = FloatVector.zero(F);
            x9 = FloatVector.zero(F);
            y9 = FloatVector.zero(F);
            x10 = FloatVector.zero(F);
            y10 = FloatVector.zero(F);
            x11 = FloatVector.zero(F);
            y11 = FloatVector.zero(F);
        }
        for (int end = ai + depth; ai < end; ai++) {
            FloatVector bx = FloatVector.fromArray(F, b, bi);
            FloatVector by = FloatVector.fromArray(F, b, bi + L);
            FloatVector s;
            s = FloatVector.broadcast(F, a[ai]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = FloatVector.broadcast(F, a[ai + STRIDE]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = FloatVector.broadcast(F, a[ai + 2 * STRIDE]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = FloatVector.broadcast(F, a[ai + 3 * STRIDE]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            s = FloatVector.broadcast(F, a[ai + 4 * STRIDE]);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            s = FloatVector.broadcast(F, a[ai + 5 * STRIDE]);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            s = FloatVector.broadcast(F, a[ai + 6 * STRIDE]);
            x6 = s.fma(bx, x6);
            y6 = s.fma(by, y6);
            s = FloatVector.broadcast(F, a[ai + 7 * STRIDE]);
            x7 = s.fma(bx, x7);
            y7 = s.fma(by, y7);
            s = FloatVector.broadcast(F, a[ai + 8 * STRIDE]);
            x8 = s.fma(bx, x8);
            y8 = s.fma(by, y8);
            s = FloatVector.broadcast(F, a[ai + 9 * STRIDE]);
            x9 = s.fma(bx, x9);
            y9 = s.fma(by, y9);
            s = FloatVector.broadcast(F, a[ai + 10 * STRIDE]);
            x10 = s.fma(bx, x10);
            y10 = s.fma(by, y10);
            s = FloatVector.broadcast(F, a[ai + 11 * STRIDE]);
            x11 = s.fma(bx, x11);
            y11 = s.fma(by, y11);
            bi += 2 * L;
        }
        x0.intoArray(c, ci);
        y0.intoArray(c, ci + L);
        x1.intoArray(c, ci + stride);
        y1.intoArray(c, ci + stride + L);
        x2.intoArray(c, ci + 2 * stride);
        y2.intoArray(c, ci + 2 * stride + L);
        x3.intoArray(c, ci + 3 * stride);
        y3.intoArray(c, ci + 3 * stride + L);
        x4.intoArray(c, ci + 4 * stride);
        y4.intoArray(c, ci + 4 * stride + L);
        x5.intoArray(c, ci + 5 * stride);
        y5.intoArray(c, ci + 5 * stride + L);
        x6.intoArray(c, ci + 6 * stride);
        y6.intoArray(c, ci + 6 * stride + L);
        x7.intoArray(c, ci + 7 * stride);
        y7.intoArray(c, ci + 7 * stride + L);
        x8.intoArray(c, ci + 8 * stride);
        y8.intoArray(c, ci + 8 * stride + L);
        x9.intoArray(c, ci + 9 * stride);
        y9.intoArray(c, ci + 9 * stride + L);
        x10.intoArray(c, ci + 10 * stride);
        y10.intoArray(c, ci + 10 * stride + L);
        x11.intoArray(c, ci + 11 * stride);
        y11.intoArray(c, ci + 11 * stride + L);
    }

    private static void sixRows(
            int depth, float[] a, int ai, float[] b, int bi, float[] c, int ci, int stride, boolean add) {
        FloatVector x0;
        FloatVector y0;
        FloatVector x1;
        FloatVector y1;
        FloatVector x2;
        FloatVector y2;
        FloatVector x3;
        FloatVector y3;
        FloatVector x4;
        FloatVector y4;
        FloatVector x5;
        FloatVector y5;
        if (add) {
            x0 = FloatVector.fromArray(F, c, ci);
            y0 = FloatVector.fromArray(F, c, ci + L);
            x1 = FloatVector.fromArray(F, c, ci + stride);
            y1 = FloatVector.fromArray(F, c, ci + stride + L);
            x2 = FloatVector.fromArray(F, c, ci + 2 * stride);
            y2 = FloatVector.fromArray(F, c, ci + 2 * stride + L);
            x3 = FloatVector.fromArray(F, c, ci + 3 * stride);
            y3 = FloatVector.fromArray(F, c, ci + 3 * stride + L);
            x4 = FloatVector.fromArray(F, c, ci + 4 * stride);
            y4 = FloatVector.fromArray(F, c, ci + 4 * stride + L);
            x5 = FloatVector.fromArray(F, c, ci + 5 * stride);
            y5 = FloatVector.fromArray(F, c, ci + 5 * stride + L);
        } else {
            x0 = FloatVector.zero(F);
            y0 = FloatVector.zero(F);
            x1 = FloatVector.zero(F);
            y1 = FloatVector.zero(F);
            x2 = FloatVector.zero(F);
            y2 = FloatVector.zero(F);
            x3 = FloatVector.zero(F);
            y3 = FloatVector.zero(F);
            x4 = FloatVector.zero(F);
            y4 = FloatVector.zero(F);
            x5 = FloatVector.zero(F);
            y5 = FloatVector.zero(F);
        }
        for (int end = ai + depth; ai < end; ai++) {
            FloatVector bx = FloatVector.fromArray(F, b, bi);
            FloatVector by = FloatVector.fromArray(F, b, bi + L);
            FloatVector s;
            s = FloatVector.broadcast(F, a[ai]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = FloatVector.broadcast(F, a[ai + STRIDE]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = FloatVector.broadcast(F, a[ai + 2 * STRIDE]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = FloatVector.broadcast(F, a[ai + 3 * STRIDE]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            s = FloatVector.broadcast(F, a[ai + 4 * STRIDE]);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            s = FloatVector.broadcast(F, a[ai + 5 * STRIDE]);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            bi += 2 * L;
        }
        x0.intoArray(c, ci);
        y0.intoArray(c, ci + L);
        x1.intoArray(c, ci + stride);
        y1.intoArray(c, ci + stride + L);
        x2.intoArray(c, ci + 2 * stride);
        y2.intoArray(c, ci + 2 * stride + L);
        x3.intoArray(c, ci + 3 * stride);
        y3.intoArray(c, ci + 3 * stride + L);
        x4.intoArray(c, ci + 4 * stride);
        y4.intoArray(c, ci + 4 * stride + L);
        x5.intoArray(c, ci + 5 * stride);
        y5.intoArray(c, ci + 5 * stride + L);
    }
}
