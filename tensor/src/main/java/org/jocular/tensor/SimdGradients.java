package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;
import static org.jocular.tensor.Simd.put;
import static org.jocular.tensor.Simd.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * The Vector API on all cores. A sum over rows is made by one task, first row first, and lanes are added in one order, so that the same numbers
 * come out whatever the number of threads and however warm the JVM is.
 */
final class SimdGradients implements GradientKernels {
    private final Loops loops;
    private final GradientGemm gemm;
    private final AttentionGradient attention;
    private final NormGradient norm;

    SimdGradients(ThreadPool pool) {
        loops = new Loops(pool);
        norm = new NormGradient(loops);
        gemm = new GradientGemm(pool);
        attention = new AttentionGradient(pool);
    }

    @Override
    public void linearInput(Tensor dy, Tensor weight, Tensor dx, boolean add) {
        gemm.multiply(dy, false, weight, dx, add);
    }

    @Override
    public void linearWeight(Tensor dy, Tensor x, Tensor dWeight) {
        gemm.multiply(dy, true, x, dWeight, true);
    }

    @Override
    public void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionSpec spec,
            Tensor dy,
            @Nullable Tensor dq,
            @Nullable Tensor dk,
            @Nullable Tensor dv,
            @Nullable Tensor dBias) {
        attention.run(new AttentionGradient.Call(q, k, v, spec, dy, dq, dk, dv, dBias));
    }

    @Override
    public void layerNorm(
            Tensor x,
            Tensor weight,
            float eps,
            Tensor dy,
            @Nullable Tensor dx,
            boolean add,
            @Nullable Tensor dWeight,
            @Nullable Tensor dBias) {
        norm.run(x, weight, eps, true, dy, dx, add, dWeight);
        if (dBias != null) {
            addRows(dy, dBias);
        }
    }

    @Override
    public void rmsNorm(
            Tensor x, Tensor weight, float eps, Tensor dy, @Nullable Tensor dx, boolean add, @Nullable Tensor dWeight) {
        norm.run(x, weight, eps, false, dy, dx, add, dWeight);
    }

    @Override
    public void rope(Rope rope, int[] positions, Tensor dy, Tensor dx, boolean add) {
        int half = rope.headDim() / 2;
        int heads = dy.width() / rope.headDim();
        loops.forRows((int) dy.rows(), dy.width(), row -> {
            long cos = rope.cos().address() + 4L * positions[row] * half;
            long sin = rope.sin().address() + 4L * positions[row] * half;
            for (int head = 0; head < heads; head++) {
                long at = 4L * ((long) row * dy.width() + head * rope.headDim());
                for (int i = 0; i < half; i += L) {
                    VectorMask<Float> lanes = first(half - i);
                    FloatVector a = load(dy.address() + at + 4L * i, lanes);
                    FloatVector b = load(dy.address() + at + 4L * (half + i), lanes);
                    FloatVector c = load(cos + 4L * i, lanes);
                    FloatVector s = load(sin + 4L * i, lanes);
                    long left = dx.address() + at + 4L * i;
                    long right = dx.address() + at + 4L * (half + i);
                    put(a.mul(c).add(b.mul(s)), left, lanes, add);
                    put(b.mul(c).sub(a.mul(s)), right, lanes, add);
                }
            }
        });
    }

    @Override
    public void embedding(int[] ids, Tensor dy, Tensor dTable) {
        int width = dy.width();
        for (int row = 0; row < ids.length; row++) {
            accumulate(dy.address() + 4L * row * width, dTable.address() + 4L * ids[row] * width, width);
        }
    }

    @Override
    public void add(Tensor dy, Tensor dx, boolean add) {
        loops.forChunks(dy, (at, n) -> {
            if (add) {
                accumulate(dy.address() + at, dx.address() + at, n);
            } else {
                Simd.copy(dy.address() + at, dx.address() + at, 4L * n);
            }
        });
    }

    private static void accumulate(long from, long to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            store(load(to + 4L * i).add(load(from + 4L * i)), to + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> lanes = first(n - i);
            store(load(to + 4L * i, lanes).add(load(from + 4L * i, lanes)), to + 4L * i, lanes);
        }
    }

    @Override
    public void addRows(Tensor dy, Tensor dRow) {
        loops.forColumns(dy, (at, lanes) -> {
            FloatVector sum = FloatVector.zero(F);
            for (int row = 0; row < dy.rows(); row++) {
                sum = sum.add(load(dy.address() + 4L * ((long) row * dy.width() + at), lanes));
            }
            long to = dRow.address() + 4L * at;
            store(load(to, lanes).add(sum), to, lanes);
        });
    }

    @Override
    public void multiply(Tensor dy, Tensor b, Tensor da, boolean add) {
        int width = dy.width();
        long repeat = b.rows() == 1 ? 0 : 4L * width;
        loops.forRows((int) dy.rows(), width, row -> {
            long gradient = dy.address() + 4L * row * width;
            long factor = b.address() + row * repeat;
            long to = da.address() + 4L * row * width;
            int i = 0;
            for (; i <= width - L; i += L) {
                put(load(gradient + 4L * i).mul(load(factor + 4L * i)), to + 4L * i, add);
            }
            if (i < width) {
                VectorMask<Float> lanes = first(width - i);
                put(load(gradient + 4L * i, lanes).mul(load(factor + 4L * i, lanes)), to + 4L * i, lanes, add);
            }
        });
    }

    @Override
    public void multiplyRows(Tensor dy, Tensor a, Tensor dRow) {
        loops.forColumns(dy, (at, lanes) -> {
            FloatVector sum = FloatVector.zero(F);
            for (int row = 0; row < dy.rows(); row++) {
                long offset = 4L * ((long) row * dy.width() + at);
                sum = load(dy.address() + offset, lanes).fma(load(a.address() + offset, lanes), sum);
            }
            long to = dRow.address() + 4L * at;
            store(load(to, lanes).add(sum), to, lanes);
        });
    }

    @Override
    public void activate(Tensor x, Activation activation, Tensor dy, Tensor dx, boolean add) {
        loops.forChunks(
                dy,
                (at, n) -> ActivationGradient.run(
                        x.address() + at, dy.address() + at, dx.address() + at, n, activation, add));
    }

    @Override
    public double crossEntropy(Tensor logits, int[] targets, double[] weights, @Nullable Tensor dLogits) {
        int width = logits.width();
        double[] losses = new double[targets.length];
        loops.forRows(targets.length, width, row -> {
            if (targets[row] >= 0) {
                long offset = 4L * row * width;
                long to = dLogits == null ? 0 : dLogits.address() + offset;
                float weight = (float) weights[row];
                losses[row] =
                        weights[row] * CrossEntropy.row(logits.address() + offset, width, targets[row], weight, to);
            }
        });
        double loss = 0;
        for (double l : losses) {
            loss += l;
        }
        return loss;
    }

    @Override
    public double squares(Tensor x) {
        long n = x.elements();
        int chunks = (int) ((n + Loops.TASK - 1) / Loops.TASK);
        double[] sums = new double[chunks];
        loops.pool().forEach(chunks, (thread, chunk) -> {
            long from = (long) chunk * Loops.TASK;
            sums[chunk] = SimdKernels.squares(x.address() + 4 * from, (int) Math.min(Loops.TASK, n - from), 0);
        });
        double sum = 0;
        for (double s : sums) {
            sum += s;
        }
        return sum;
    }

    @Override
    public void adamW(Tensor value, Tensor gradient, Tensor m, Tensor v, AdamW.Step step) {
        loops.forChunks(
                value,
                (at, n) -> AdamWVectors.update(
                        value.address() + at, gradient.address() + at, m.address() + at, v.address() + at, n, step));
    }
}
