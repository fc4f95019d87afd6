package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;
import static org.jocular.tensor.Simd.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * The Vector API on all cores. A sum over rows is made by one task, first row first, and lanes are added in one order, so that the same numbers
 * come out whatever the number of threads and however warm the JVM is.
 */
final class SimdGradients implements GradientKernels {
    /** Elements for which waking another thread pays. */
    private static final int TASK = 1 << 15;

    private final ThreadPool pool;
    private final GradientGemm gemm;
    private final AttentionGradient attention;
    private float[] means = new float[0];
    private float[] scales = new float[0];

    SimdGradients(ThreadPool pool) {
        this.pool = pool;
        gemm = new GradientGemm(pool);
        attention = new AttentionGradient(pool);
    }

    @Override
    public void linearInput(Tensor dy, Tensor weight, Tensor dx) {
        gemm.multiply(dy, false, weight, dx);
    }

    @Override
    public void linearWeight(Tensor dy, Tensor x, Tensor dWeight) {
        gemm.multiply(dy, true, x, dWeight);
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
            @Nullable Tensor dWeight,
            @Nullable Tensor dBias) {
        norm(x, weight, eps, true, dy, dx);
        if (dWeight != null) {
            normWeight(x, dy, dWeight);
        }
        if (dBias != null) {
            addRows(dy, dBias);
        }
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float eps, Tensor dy, @Nullable Tensor dx, @Nullable Tensor dWeight) {
        norm(x, weight, eps, false, dy, dx);
        if (dWeight != null) {
            normWeight(x, dy, dWeight);
        }
    }

    /** Statistics of each row into {@code means} and {@code scales}, and the gradient of its input. */
    private void norm(Tensor x, Tensor weight, float eps, boolean centred, Tensor dy, @Nullable Tensor dx) {
        int width = x.width();
        int rows = (int) x.rows();
        if (means.length < rows) {
            means = new float[rows];
            scales = new float[rows];
        }
        forRows(rows, width, row -> {
            long offset = 4L * row * width;
            long from = x.address() + offset;
            float mean = centred ? SimdKernels.sum(from, width) / width : 0;
            float scale = (float) (1 / Math.sqrt(SimdKernels.squares(from, width, mean) / width + eps));
            means[row] = mean;
            scales[row] = scale;
            if (dx != null) {
                long gradient = dy.address() + offset;
                normInput(from, weight.address(), gradient, dx.address() + offset, width, mean, scale, centred);
            }
        });
    }

    /** dx += scale · (g − mean of g − normal · mean of g · normal), where g = dy · weight. */
    private static void normInput(
            long x, long weight, long dy, long dx, int width, float mean, float scale, boolean centred) {
        FloatVector sums = FloatVector.zero(F);
        FloatVector products = FloatVector.zero(F);
        for (int i = 0; i < width; i += L) {
            VectorMask<Float> lanes = first(width - i);
            FloatVector g = load(dy + 4L * i, lanes).mul(load(weight + 4L * i, lanes));
            sums = sums.add(g);
            products = load(x + 4L * i, lanes).sub(mean).mul(scale).fma(g, products);
        }
        float shift = centred ? Simd.sum(sums) / width : 0;
        float slope = Simd.sum(products) / width;
        for (int i = 0; i < width; i += L) {
            VectorMask<Float> lanes = first(width - i);
            FloatVector g = load(dy + 4L * i, lanes).mul(load(weight + 4L * i, lanes));
            FloatVector normal = load(x + 4L * i, lanes).sub(mean).mul(scale);
            FloatVector d = g.sub(shift).sub(normal.mul(slope)).mul(scale);
            store(load(dx + 4L * i, lanes).add(d), dx + 4L * i, lanes);
        }
    }

    /** Σ rows of dy · normal, with the statistics of {@link #norm}. */
    private void normWeight(Tensor x, Tensor dy, Tensor dWeight) {
        int width = x.width();
        forColumns(dy, (at, lanes) -> {
            FloatVector sum = FloatVector.zero(F);
            for (int row = 0; row < dy.rows(); row++) {
                long offset = 4L * ((long) row * width + at);
                FloatVector normal =
                        load(x.address() + offset, lanes).sub(means[row]).mul(scales[row]);
                sum = normal.fma(load(dy.address() + offset, lanes), sum);
            }
            long to = dWeight.address() + 4L * at;
            store(load(to, lanes).add(sum), to, lanes);
        });
    }

    @Override
    public void rope(Rope rope, int[] positions, Tensor dy, Tensor dx) {
        int half = rope.headDim() / 2;
        int heads = dy.width() / rope.headDim();
        forRows((int) dy.rows(), dy.width(), row -> {
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
                    store(load(left, lanes).add(a.mul(c).add(b.mul(s))), left, lanes);
                    store(load(right, lanes).add(b.mul(c).sub(a.mul(s))), right, lanes);
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
    public void add(Tensor dy, Tensor dx) {
        forChunks(dy, (at, n) -> accumulate(dy.address() + at, dx.address() + at, n));
    }

    private static void accumulate(long from, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            store(load(to + 4L * i, lanes).add(load(from + 4L * i, lanes)), to + 4L * i, lanes);
        }
    }

    @Override
    public void addRows(Tensor dy, Tensor dRow) {
        forColumns(dy, (at, lanes) -> {
            FloatVector sum = FloatVector.zero(F);
            for (int row = 0; row < dy.rows(); row++) {
                sum = sum.add(load(dy.address() + 4L * ((long) row * dy.width() + at), lanes));
            }
            long to = dRow.address() + 4L * at;
            store(load(to, lanes).add(sum), to, lanes);
        });
    }

    @Override
    public void multiply(Tensor dy, Tensor b, Tensor da) {
        int width = dy.width();
        long repeat = b.rows() == 1 ? 0 : 4L * width;
        forRows((int) dy.rows(), width, row -> {
            long gradient = dy.address() + 4L * row * width;
            long factor = b.address() + row * repeat;
            long to = da.address() + 4L * row * width;
            for (int i = 0; i < width; i += L) {
                VectorMask<Float> lanes = first(width - i);
                FloatVector product = load(gradient + 4L * i, lanes).mul(load(factor + 4L * i, lanes));
                store(load(to + 4L * i, lanes).add(product), to + 4L * i, lanes);
            }
        });
    }

    @Override
    public void multiplyRows(Tensor dy, Tensor a, Tensor dRow) {
        forColumns(dy, (at, lanes) -> {
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
    public void activate(Tensor x, Activation activation, Tensor dy, Tensor dx) {
        forChunks(
                dy,
                (at, n) ->
                        ActivationGradient.add(x.address() + at, dy.address() + at, dx.address() + at, n, activation));
    }

    @Override
    public double crossEntropy(Tensor logits, int[] targets, double weight, @Nullable Tensor dLogits) {
        int width = logits.width();
        double[] losses = new double[targets.length];
        forRows(targets.length, width, row -> {
            if (targets[row] >= 0) {
                long offset = 4L * row * width;
                long to = dLogits == null ? 0 : dLogits.address() + offset;
                losses[row] = CrossEntropy.row(logits.address() + offset, width, targets[row], (float) weight, to);
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
        int chunks = (int) ((n + TASK - 1) / TASK);
        double[] sums = new double[chunks];
        pool.forEach(chunks, (thread, chunk) -> {
            long from = (long) chunk * TASK;
            sums[chunk] = SimdKernels.squares(x.address() + 4 * from, (int) Math.min(TASK, n - from), 0);
        });
        double sum = 0;
        for (double s : sums) {
            sum += s;
        }
        return sum;
    }

    @Override
    public void adamW(Tensor value, Tensor gradient, Tensor m, Tensor v, AdamW.Step step) {
        forChunks(
                value,
                (at, n) -> AdamWVectors.update(
                        value.address() + at, gradient.address() + at, m.address() + at, v.address() + at, n, step));
    }

    /** What is computed for one row. */
    @FunctionalInterface
    private interface Row {
        void run(int row);
    }

    private void forRows(int rows, int width, Row body) {
        int perTask = Math.max(1, TASK / Math.max(1, width));
        int tasks = (rows + perTask - 1) / perTask;
        pool.forEach(tasks, (thread, task) -> {
            int last = Math.min(rows, (task + 1) * perTask);
            for (int row = task * perTask; row < last; row++) {
                body.run(row);
            }
        });
    }

    /** What is computed for a stretch of elements. */
    @FunctionalInterface
    private interface Chunk {
        /** @param at bytes before it */
        void run(long at, int n);
    }

    private void forChunks(Tensor x, Chunk body) {
        long n = x.elements();
        int chunks = (int) ((n + TASK - 1) / TASK);
        pool.forEach(chunks, (thread, chunk) -> {
            long from = (long) chunk * TASK;
            body.run(4 * from, (int) Math.min(TASK, n - from));
        });
    }

    /** What is computed for a vector of columns. */
    @FunctionalInterface
    private interface Columns {
        void run(int at, VectorMask<Float> lanes);
    }

    private void forColumns(Tensor x, Columns body) {
        int width = x.width();
        int vectors = (width + L - 1) / L;
        int perTask = (int) Math.max(1, TASK / Math.max(1, x.rows() * L));
        int tasks = (vectors + perTask - 1) / perTask;
        pool.forEach(tasks, (thread, task) -> {
            int last = Math.min(vectors, (task + 1) * perTask);
            for (int i = task * perTask; i < last; i++) {
                body.run(i * L, first(width - i * L));
            }
        });
    }
}
