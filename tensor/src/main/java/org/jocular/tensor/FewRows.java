package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * y = activation(x · weightᵀ + bias) for a few rows of x, as when decoding: the time goes into reading the weights, so each is read
 * once, in the order in which it is stored, widened into the first-level cache, and meets all rows of x there.
 */
final class FewRows {
    /** Rows of the weight that are worked on together. */
    private static final int GROUP = 4;

    /** Floats of a row that are widened at a time where rows of the weight are worked on together. */
    private static final int CHUNK = 1024;

    /** Floats that are widened at a time where they are not: longer, since each stretch costs a start. */
    private static final int STRETCH = GROUP * CHUNK;

    /** Weights of a task: large enough to be worth claiming, small enough that threads end together. */
    private static final int TASK = 1 << 17;

    private final ThreadPool pool;
    private final Scratch[] scratch;
    private float[] paddedX = new float[0];
    private float[] even = new float[0];
    private float[] odd = new float[0];

    /** What one thread needs: widened weights, and a vector of partial sums for each of GROUP weights and each row of x. */
    private static final class Scratch {
        private final float[] weights = new float[GROUP * CHUNK];
        private float[] sums = new float[0];
    }

    FewRows(ThreadPool pool) {
        this.pool = pool;
        scratch = new Scratch[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    void multiply(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y) {
        int rows = (int) x.rows();
        int in = x.width();
        int out = y.width();
        int stride = (in + L - 1) / L * L;
        pad(x, stride);
        boolean pairs = weight.dtype() == DType.BF16 && rows == 1 && in % 2 == 0;
        if (pairs) {
            split(in);
        }
        int groups = (out + GROUP - 1) / GROUP;
        int perTask = Math.max(1, TASK / (GROUP * in));
        int tasks = (groups + perTask - 1) / perTask;
        pool.forEach(tasks, (thread, task) -> {
            int last = Math.min(groups, (task + 1) * perTask);
            for (int group = task * perTask; group < last; group++) {
                int first = group * GROUP;
                if (pairs) {
                    pairs(scratch[thread], in / 2, weight, bias, first, y);
                } else if (rows < 4) {
                    for (int o = first; o < Math.min(first + GROUP, out); o++) {
                        rowByRow(scratch[thread].weights, rows, in, stride, weight, bias, o, y);
                    }
                } else {
                    inGroups(scratch[thread], rows, in, stride, weight, bias, first, y);
                }
            }
        });
        if (activation != Activation.NONE) {
            for (int row = 0; row < rows; row++) {
                long at = y.address() + 4L * row * out;
                VectorMath.activate(at, at, out, activation);
            }
        }
    }

    /** Rows of x one after the other, each filled up with zeros to whole vectors. */
    private void pad(Tensor x, int stride) {
        int rows = (int) x.rows();
        int in = x.width();
        if (paddedX.length < rows * stride) {
            paddedX = new float[rows * stride];
        }
        for (int row = 0; row < rows; row++) {
            WeightRows.decode(x, row, 0, in, paddedX, row * stride);
            Arrays.fill(paddedX, row * stride + in, (row + 1) * stride, 0);
        }
    }

    /** Even and odd elements of the only row of x apart. */
    private void split(int in) {
        if (even.length < in / 2) {
            even = new float[in / 2];
            odd = new float[in / 2];
        }
        for (int i = 0; i < in / 2; i++) {
            even[i] = paddedX[2 * i];
            odd[i] = paddedX[2 * i + 1];
        }
    }

    /**
     * One row of x with {@code GROUP} rows of BF16 weights, two of which are read as one integer: its lower half shifted up is one float,
     * its upper half the other. Without the way through the cache that other types need, twice as many weights are multiplied a second.
     */
    private void pairs(Scratch scratch, int n, Tensor weight, @Nullable Tensor bias, int first, Tensor y) {
        long rowBytes = 4L * n;
        int whole = n / L * L;
        if (scratch.sums.length < GROUP * L) {
            scratch.sums = new float[GROUP * L];
        }
        long base = weight.address();
        long last = weight.rows() - 1;
        // Past the last row the last is computed again: nobody reads the sum.
        pairSums(
                whole,
                base + Math.min(first, last) * rowBytes,
                base + Math.min(first + 1, last) * rowBytes,
                base + Math.min(first + 2, last) * rowBytes,
                base + Math.min(first + 3, last) * rowBytes,
                scratch.sums);
        for (int o = first; o < Math.min(first + GROUP, y.width()); o++) {
            float sum = Simd.sum(FloatVector.fromArray(F, scratch.sums, (o - first) * L));
            for (int i = whole; i < n; i++) {
                int both = Simd.getInt(base + o * rowBytes + 4L * i);
                sum += Float.intBitsToFloat(both << 16) * even[i] + Float.intBitsToFloat(both & 0xffff0000) * odd[i];
            }
            float shift = at(bias, o);
            Simd.setFloat(y.address() + 4L * o, sum + shift);
        }
    }

    private void pairSums(int n, long w0, long w1, long w2, long w3, float[] sums) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = FloatVector.zero(F);
        FloatVector c = FloatVector.zero(F);
        FloatVector d = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            FloatVector e = FloatVector.fromArray(F, even, i);
            FloatVector o = FloatVector.fromArray(F, odd, i);
            IntVector u = Simd.loadInts(w0 + 4L * i);
            IntVector v = Simd.loadInts(w1 + 4L * i);
            IntVector w = Simd.loadInts(w2 + 4L * i);
            IntVector x = Simd.loadInts(w3 + 4L * i);
            a = upper(u).fma(o, lower(u).fma(e, a));
            b = upper(v).fma(o, lower(v).fma(e, b));
            c = upper(w).fma(o, lower(w).fma(e, c));
            d = upper(x).fma(o, lower(x).fma(e, d));
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, L);
        c.intoArray(sums, 2 * L);
        d.intoArray(sums, 3 * L);
    }

    private static FloatVector lower(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    private static FloatVector upper(IntVector pairs) {
        return pairs.and(0xffff0000).reinterpretAsFloats();
    }

    /** One row of the weight from beginning to end, so that memory is read in one stream and the hardware reads ahead. */
    private void rowByRow(
            float[] w, int rows, int in, int stride, Tensor weight, @Nullable Tensor bias, int o, Tensor y) {
        float shift = at(bias, o);
        for (int k = 0; k < in; k += STRETCH) {
            int n = Math.min(STRETCH, in - k);
            WeightRows.decode(weight, o, k, n, w, 0);
            Arrays.fill(w, n, (n + L - 1) / L * L, 0);
            for (int row = 0; row < rows; row++) {
                long to = y.address() + 4L * ((long) row * y.width() + o);
                float before = k == 0 ? shift : Simd.getFloat(to);
                Simd.setFloat(to, before + dot(w, paddedX, row * stride + k, n));
            }
        }
    }

    /** Sums of {@code GROUP} rows of the weight from {@code first} on with all rows of x. */
    private void inGroups(
            Scratch scratch, int rows, int in, int stride, Tensor weight, @Nullable Tensor bias, int first, Tensor y) {
        float[] w = scratch.weights;
        if (scratch.sums.length < rows * GROUP * L) {
            scratch.sums = new float[rows * GROUP * L];
        }
        for (int k = 0; k < in; k += CHUNK) {
            int n = Math.min(CHUNK, in - k);
            int padded = (n + L - 1) / L * L;
            for (int j = 0; j < GROUP; j++) {
                // Past the last row the last is computed again: nobody reads the sum.
                long row = Math.min(first + j, weight.rows() - 1);
                WeightRows.decode(weight, row, k, n, w, j * CHUNK);
                Arrays.fill(w, j * CHUNK + n, j * CHUNK + padded, 0);
            }
            int row = 0;
            for (; row + 4 <= rows; row += 4) {
                fourRows(padded, w, paddedX, row * stride + k, stride, scratch.sums, row * GROUP * L, k > 0);
            }
            for (; row < rows; row++) {
                oneRow(padded, w, paddedX, row * stride + k, scratch.sums, row * GROUP * L, k > 0);
            }
        }
        for (int row = 0; row < rows; row++) {
            for (int o = first; o < Math.min(first + GROUP, y.width()); o++) {
                FloatVector sums = FloatVector.fromArray(F, scratch.sums, (row * GROUP + o - first) * L);
                float shift = at(bias, o);
                Simd.setFloat(y.address() + 4L * ((long) row * y.width() + o), Simd.sum(sums) + shift);
            }
        }
    }

    private static float at(@Nullable Tensor bias, int o) {
        return bias == null ? 0 : Simd.getFloat(bias.address() + 4L * o);
    }

    /** Four sums at a time, because a multiply-add takes four cycles. */
    private static float dot(float[] w, float[] x, int xi, int n) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = FloatVector.zero(F);
        FloatVector c = FloatVector.zero(F);
        FloatVector d = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            a = FloatVector.fromArray(F, w, i).fma(FloatVector.fromArray(F, x, xi + i), a);
            b = FloatVector.fromArray(F, w, i + L).fma(FloatVector.fromArray(F, x, xi + i + L), b);
            c = FloatVector.fromArray(F, w, i + 2 * L).fma(FloatVector.fromArray(F, x, xi + i + 2 * L), c);
            d = FloatVector.fromArray(F, w, i + 3 * L).fma(FloatVector.fromArray(F, x, xi + i + 3 * L), d);
        }
        for (; i < n; i += L) {
            a = FloatVector.fromArray(F, w, i).fma(FloatVector.fromArray(F, x, xi + i), a);
        }
        return Simd.sum(a.add(b).add(c.add(d)));
    }

    /** Four sums of one row of x. */
    private static void oneRow(int n, float[] w, float[] x, int xi, float[] sums, int si, boolean add) {
        FloatVector a = add ? FloatVector.fromArray(F, sums, si) : FloatVector.zero(F);
        FloatVector b = add ? FloatVector.fromArray(F, sums, si + L) : FloatVector.zero(F);
        FloatVector c = add ? FloatVector.fromArray(F, sums, si + 2 * L) : FloatVector.zero(F);
        FloatVector d = add ? FloatVector.fromArray(F, sums, si + 3 * L) : FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xi + i);
            a = FloatVector.fromArray(F, w, i).fma(v, a);
            b = FloatVector.fromArray(F, w, CHUNK + i).fma(v, b);
            c = FloatVector.fromArray(F, w, 2 * CHUNK + i).fma(v, c);
            d = FloatVector.fromArray(F, w, 3 * CHUNK + i).fma(v, d);
        }
        a.intoArray(sums, si);
        b.intoArray(sums, si + L);
        c.intoArray(sums, si + 2 * L);
        d.intoArray(sums, si + 3 * L);
    }

    /** Sixteen sums from eight loads a step: enough to be bound by the multiply-adds. */
    private static void fourRows(int n, float[] w, float[] x, int xi, int stride, float[] sums, int si, boolean add) {
        FloatVector a0 = add ? FloatVector.fromArray(F, sums, si) : FloatVector.zero(F);
        FloatVector b0 = add ? FloatVector.fromArray(F, sums, si + L) : FloatVector.zero(F);
        FloatVector c0 = add ? FloatVector.fromArray(F, sums, si + 2 * L) : FloatVector.zero(F);
        FloatVector d0 = add ? FloatVector.fromArray(F, sums, si + 3 * L) : FloatVector.zero(F);
        FloatVector a1 = add ? FloatVector.fromArray(F, sums, si + 4 * L) : FloatVector.zero(F);
        FloatVector b1 = add ? FloatVector.fromArray(F, sums, si + 5 * L) : FloatVector.zero(F);
        FloatVector c1 = add ? FloatVector.fromArray(F, sums, si + 6 * L) : FloatVector.zero(F);
        FloatVector d1 = add ? FloatVector.fromArray(F, sums, si + 7 * L) : FloatVector.zero(F);
        FloatVector a2 = add ? FloatVector.fromArray(F, sums, si + 8 * L) : FloatVector.zero(F);
        FloatVector b2 = add ? FloatVector.fromArray(F, sums, si + 9 * L) : FloatVector.zero(F);
        FloatVector c2 = add ? FloatVector.fromArray(F, sums, si + 10 * L) : FloatVector.zero(F);
        FloatVector d2 = add ? FloatVector.fromArray(F, sums, si + 11 * L) : FloatVector.zero(F);
        FloatVector a3 = add ? FloatVector.fromArray(F, sums, si + 12 * L) : FloatVector.zero(F);
        FloatVector b3 = add ? FloatVector.fromArray(F, sums, si + 13 * L) : FloatVector.zero(F);
        FloatVector c3 = add ? FloatVector.fromArray(F, sums, si + 14 * L) : FloatVector.zero(F);
        FloatVector d3 = add ? FloatVector.fromArray(F, sums, si + 15 * L) : FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            FloatVector wa = FloatVector.fromArray(F, w, i);
            FloatVector wb = FloatVector.fromArray(F, w, CHUNK + i);
            FloatVector wc = FloatVector.fromArray(F, w, 2 * CHUNK + i);
            FloatVector wd = FloatVector.fromArray(F, w, 3 * CHUNK + i);
            FloatVector v = FloatVector.fromArray(F, x, xi + i);
            a0 = wa.fma(v, a0);
            b0 = wb.fma(v, b0);
            c0 = wc.fma(v, c0);
            d0 = wd.fma(v, d0);
            v = FloatVector.fromArray(F, x, xi + stride + i);
            a1 = wa.fma(v, a1);
            b1 = wb.fma(v, b1);
            c1 = wc.fma(v, c1);
            d1 = wd.fma(v, d1);
            v = FloatVector.fromArray(F, x, xi + 2 * stride + i);
            a2 = wa.fma(v, a2);
            b2 = wb.fma(v, b2);
            c2 = wc.fma(v, c2);
            d2 = wd.fma(v, d2);
            v = FloatVector.fromArray(F, x, xi + 3 * stride + i);
            a3 = wa.fma(v, a3);
            b3 = wb.fma(v, b3);
            c3 = wc.fma(v, c3);
            d3 = wd.fma(v, d3);
        }
        a0.intoArray(sums, si);
        b0.intoArray(sums, si + L);
        c0.intoArray(sums, si + 2 * L);
        d0.intoArray(sums, si + 3 * L);
        a1.intoArray(sums, si + 4 * L);
        b1.intoArray(sums, si + 5 * L);
        c1.intoArray(sums, si + 6 * L);
        d1.intoArray(sums, si + 7 * L);
        a2.intoArray(sums, si + 8 * L);
        b2.intoArray(sums, si + 9 * L);
        c2.intoArray(sums, si + 10 * L);
        d2.intoArray(sums, si + 11 * L);
        a3.intoArray(sums, si + 12 * L);
        b3.intoArray(sums, si + 13 * L);
        c3.intoArray(sums, si + 14 * L);
        d3.intoArray(sums, si + 15 * L);
    }
}
