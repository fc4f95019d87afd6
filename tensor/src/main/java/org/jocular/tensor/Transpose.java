package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rows that lie one after the other become columns that do: the order in which {@link RegisterTile} reads.
 *
 * <p>Squares of one vector's lanes are transposed by exchanging their quarters, the quarters of these and so on (Eklundh 1972): per vector four
 * shuffles and blends, where a gather reads sixteen addresses one by one. Not for two threads at once.
 */
final class Transpose {
    private static final Exchange FIRST = Exchange.over(L / 2);
    private static final Exchange SECOND = Exchange.over(L / 4);
    private static final Exchange THIRD = Exchange.over(Math.max(1, L / 8));
    private static final Exchange FOURTH = Exchange.over(Math.max(1, L / 16));

    /** One square on its way. */
    private final float[] square = new float[L * L];

    /** What two rows that lie {@code distance} apart exchange: the upper one's right halves for the lower one's left halves. */
    private record Exchange(VectorShuffle<Float> across, VectorMask<Float> right) {
        static Exchange over(int distance) {
            long right = 0;
            for (int lane = 0; lane < L; lane++) {
                right |= (lane & distance) == 0 ? 0 : 1L << lane;
            }
            VectorShuffle<Float> across = VectorShuffle.fromOp(F, lane -> lane ^ distance);
            return new Exchange(across, VectorMask.fromLong(F, right));
        }

        FloatVector upper(FloatVector upper, FloatVector lower) {
            return upper.blend(lower.rearrange(across), right);
        }

        FloatVector lower(FloatVector upper, FloatVector lower) {
            return upper.rearrange(across).blend(lower, right);
        }
    }

    /** How far apart rows of {@code width} floats should lie: not at a power of two, where they would compete for the same lines of the cache. */
    static int stride(int width) {
        return width + 16;
    }

    /**
     * out[p · n + j] = rows[j · stride + p] for j below n and p below width. Whole vectors are read, so {@code rows} must go on to the next
     * multiple of the lanes in {@code width}.
     *
     * @param at where in {@code out} the result begins
     */
    void rows(float[] rows, int stride, int n, int width, float[] out, int at) {
        rows(rows, 0, stride, n, width, out, at);
    }

    /** The same with rows that begin at {@code from}. */
    void rows(float[] rows, int from, int stride, int n, int width, float[] out, int at) {
        for (int j = 0; j < n; j += L) {
            for (int p = 0; p < width; p += L) {
                square(rows, from + j * stride + p, stride, Math.min(L, n - j));
                store(Math.min(L, width - p), out, at + p * n + j, n, n - j);
            }
        }
    }

    /** Transposes a square with {@code n} rows; in the place of the others the last is read. */
    private void square(float[] rows, int from, int stride, int n) {
        for (int i = 0; i < L / 4; i++) {
            int a = from + Math.min(i, n - 1) * stride;
            int b = from + Math.min(i + L / 4, n - 1) * stride;
            int c = from + Math.min(i + L / 2, n - 1) * stride;
            int d = from + Math.min(i + 3 * L / 4, n - 1) * stride;
            four(rows, a, b, c, d, FIRST, SECOND, square, i * L, L / 4 * L);
        }
        if (L == 16) {
            for (int i = 0; i < L * L; i += 4 * L) {
                four(square, i, i + L, i + 2 * L, i + 3 * L, THIRD, FOURTH, square, i, L);
            }
        } else if (L == 8) {
            for (int i = 0; i < L * L; i += 2 * L) {
                FloatVector x = FloatVector.fromArray(F, square, i);
                FloatVector y = FloatVector.fromArray(F, square, i + L);
                THIRD.upper(x, y).intoArray(square, i);
                THIRD.lower(x, y).intoArray(square, i + L);
            }
        }
    }

    /** Exchanges among four rows, which stay in registers: first over two of them, then over one. */
    private static void four(
            float[] rows, int a, int b, int c, int d, Exchange two, Exchange one, float[] out, int at, int step) {
        FloatVector p = FloatVector.fromArray(F, rows, a);
        FloatVector q = FloatVector.fromArray(F, rows, b);
        FloatVector r = FloatVector.fromArray(F, rows, c);
        FloatVector s = FloatVector.fromArray(F, rows, d);
        FloatVector t = two.upper(p, r);
        FloatVector u = two.upper(q, s);
        FloatVector v = two.lower(p, r);
        FloatVector w = two.lower(q, s);
        one.upper(t, u).intoArray(out, at);
        one.lower(t, u).intoArray(out, at + step);
        one.upper(v, w).intoArray(out, at + 2 * step);
        one.lower(v, w).intoArray(out, at + 3 * step);
    }

    private void store(int n, float[] out, int at, int step, int lanes) {
        if (lanes >= L) {
            for (int i = 0; i < n; i++) {
                FloatVector.fromArray(F, square, i * L).intoArray(out, at + i * step);
            }
        } else {
            VectorMask<Float> mask = Simd.first(lanes);
            for (int i = 0; i < n; i++) {
                FloatVector.fromArray(F, square, i * L).intoArray(out, at + i * step, mask);
            }
        }
    }
}
