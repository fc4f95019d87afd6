package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;

import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Rows that lie one after the other become columns that do: the order in which {@link RegisterTile} reads. */
final class Transpose {
    /** NEON has no gather, and the Vector API's emulation of it would be the slowest loop of all. */
    private static final boolean HAS_GATHER = System.getProperty("os.arch").equals("amd64");

    private Transpose() {}

    /** How far apart rows of {@code width} floats should lie: not at a power of two, where they would compete for the same lines of the cache. */
    static int stride(int width) {
        return width + 16;
    }

    /**
     * out[p · n + j] = rows[j · stride + p] for j below n and p below width.
     *
     * @param at where in {@code out} the result begins
     */
    static void rows(float[] rows, int stride, int n, int width, float[] out, int at) {
        rows(rows, 0, stride, n, width, out, at);
    }

    /** The same with rows that begin at {@code from}. */
    static void rows(float[] rows, int from, int stride, int n, int width, float[] out, int at) {
        if (HAS_GATHER) {
            for (int j = 0; j < n; j += L) {
                int lanes = Math.min(L, n - j);
                // The indices of lanes behind the mask are checked all the same.
                int[] map = IntStream.range(0, L)
                        .map(lane -> lane < lanes ? lane * stride : 0)
                        .toArray();
                gather(rows, from + j * stride, map, Simd.first(lanes), n, width, out, at + j);
            }
        } else {
            for (int j = 0; j < n; j++) {
                for (int p = 0; p < width; p++) {
                    out[at + p * n + j] = rows[from + j * stride + p];
                }
            }
        }
    }

    private static void gather(
            float[] rows, int from, int[] map, VectorMask<Float> lanes, int n, int width, float[] out, int at) {
        if (lanes.allTrue()) {
            for (int p = 0; p < width; p++) {
                FloatVector.fromArray(F, rows, from + p, map, 0).intoArray(out, at + p * n);
            }
        } else {
            for (int p = 0; p < width; p++) {
                FloatVector.fromArray(F, rows, from + p, map, 0, lanes).intoArray(out, at + p * n, lanes);
            }
        }
    }
}
