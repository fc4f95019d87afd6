package org.jocular.tensor;

import static org.jocular.tensor.RegisterTile.COLUMNS;
import static org.jocular.tensor.RegisterTile.ROWS;
import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Rows of one head on their way into register tiles and back. */
final class AttentionPanels {
    private AttentionPanels() {}

    /** n brought up to whole units. */
    static int padded(int n, int unit) {
        return (n + unit - 1) / unit * unit;
    }

    /** Rows of one head, turned so that they lie across the lanes; zeros in lanes beyond the last. */
    static void turn(
            Transpose transpose, float[] rows, Tensor x, int first, int n, int head, int headDim, float[] turned) {
        int stride = Transpose.stride(headDim);
        FlashAttention.load(rows, x, first, n, head, headDim);
        Arrays.fill(rows, n * stride, COLUMNS * stride, 0);
        transpose.rows(rows, stride, COLUMNS, headDim, turned, 0);
    }

    /** Rows of one head, cut into panels of {@code width} dimensions that lie {@code span} rows apart. */
    static void cut(Tensor x, int first, int n, int head, int headDim, int width, int span, float[] panels) {
        for (int d = 0; d < headDim; d += width) {
            for (int j = 0; j < width; j += L) {
                VectorMask<Float> store = Simd.first(Math.min(L, width - j));
                VectorMask<Float> load = Simd.first(Math.clamp(headDim - d - j, 0, Math.min(L, width - j)));
                long from = x.address() + 4L * ((long) first * x.width() + head * headDim + d + j);
                int at = d * span + j;
                for (int row = 0; row < n; row++, from += 4L * x.width(), at += width) {
                    Simd.load(from, load).intoArray(panels, at, store);
                }
            }
        }
    }

    /** Adds the rows of one head, which lie in panels of COLUMNS dimensions, times a factor to where they belong. */
    static void addPanels(float[] panels, int headDim, float factor, Tensor to, int head) {
        int keys = (int) to.rows();
        int span = padded(keys, ROWS);
        for (int key = 0; key < keys; key++) {
            for (int d = 0; d < headDim; d += COLUMNS) {
                long at = to.address() + 4L * ((long) key * to.width() + head * headDim + d);
                add(panels, d * span + key * COLUMNS, Math.min(COLUMNS, headDim - d), factor, at);
            }
        }
    }

    /** to += factor · n floats. */
    static void add(float[] from, int at, int n, float factor, long to) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = Simd.first(n - i);
            FloatVector x = FloatVector.fromArray(F, from, at + i, lanes).mul(factor);
            Simd.store(Simd.load(to + 4L * i, lanes).add(x), to + 4L * i, lanes);
        }
    }

    static void scale(float[] values, int n, float factor) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, values, i).mul(factor).intoArray(values, i);
        }
    }
}
