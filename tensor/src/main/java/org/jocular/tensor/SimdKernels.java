package org.jocular.tensor;

import static org.jocular.tensor.Simd.B;
import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;
import static org.jocular.tensor.Simd.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** The Vector API on all cores. Each loop is guard, body, tail under a mask. */
final class SimdKernels implements Kernels {
    /** Up to here reading the weights costs more than multiplying them, and packing them would not pay. */
    private static final int FEW_ROWS = 24;

    /** Up to here a tile of queries would be mostly empty. */
    private static final int FEW_QUERIES = 6;

    /** Elements for which waking another thread pays. */
    private static final int TASK = 1 << 15;

    private final ThreadPool pool;
    private final Gemm gemm;
    private final FewRows fewRows;
    private final FlashAttention flashAttention;
    private final FewQueries fewQueries;

    SimdKernels(int threads) {
        pool = new ThreadPool(threads);
        gemm = new Gemm(pool);
        fewRows = new FewRows(pool);
        flashAttention = new FlashAttention(pool);
        fewQueries = new FewQueries(pool);
    }

    @Override
    public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y) {
        if (x.rows() <= FEW_ROWS) {
            fewRows.multiply(x, weight, bias, activation, y);
        } else {
            gemm.multiply(x, weight, bias, activation, y);
        }
    }

    @Override
    public void attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec, Tensor y) {
        if (q.rows() <= FEW_QUERIES) {
            fewQueries.attend(q, k, v, spec, y);
        } else {
            flashAttention.attend(q, k, v, spec, y);
        }
    }

    @Override
    public void layerNorm(Tensor x, Tensor weight, Tensor bias, float eps, Tensor y) {
        int width = x.width();
        forRows(x, row -> {
            long from = x.address() + 4L * row * width;
            float mean = sum(from, width) / width;
            float scale = (float) (1 / Math.sqrt(squares(from, width, mean) / width + eps));
            long to = y.address() + 4L * row * width;
            for (int i = 0; i < width; i += L) {
                VectorMask<Float> lanes = first(width - i);
                FloatVector normal = load(from + 4L * i, lanes).sub(mean).mul(scale);
                FloatVector scaled =
                        normal.fma(load(weight.address() + 4L * i, lanes), load(bias.address() + 4L * i, lanes));
                store(scaled, to + 4L * i, lanes);
            }
        });
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float eps, Tensor y) {
        int width = x.width();
        forRows(x, row -> {
            long from = x.address() + 4L * row * width;
            float scale = (float) (1 / Math.sqrt(squares(from, width, 0) / width + eps));
            long to = y.address() + 4L * row * width;
            for (int i = 0; i < width; i += L) {
                VectorMask<Float> lanes = first(width - i);
                FloatVector normal = load(from + 4L * i, lanes).mul(scale);
                store(normal.mul(load(weight.address() + 4L * i, lanes)), to + 4L * i, lanes);
            }
        });
    }

    static float sum(long from, int n) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            a = a.add(load(from + 4L * i));
            b = b.add(load(from + 4L * i + B));
        }
        for (; i < n; i += L) {
            a = a.add(load(from + 4L * i, first(n - i)));
        }
        return Simd.sum(a.add(b));
    }

    /** Σ (x − mean)². */
    static float squares(long from, int n, float mean) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            FloatVector d = load(from + 4L * i).sub(mean);
            FloatVector e = load(from + 4L * i + B).sub(mean);
            a = d.fma(d, a);
            b = e.fma(e, b);
        }
        for (; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector d = load(from + 4L * i, lanes).sub(mean).blend(0f, lanes.not());
            a = d.fma(d, a);
        }
        return Simd.sum(a.add(b));
    }

    @Override
    public void rope(Tensor x, Rope rope, int[] positions, Tensor y) {
        int half = rope.headDim() / 2;
        int heads = x.width() / rope.headDim();
        forRows(x, row -> {
            long cos = rope.cos().address() + 4L * positions[row] * half;
            long sin = rope.sin().address() + 4L * positions[row] * half;
            for (int head = 0; head < heads; head++) {
                long at = 4L * ((long) row * x.width() + head * rope.headDim());
                for (int i = 0; i < half; i += L) {
                    VectorMask<Float> lanes = first(half - i);
                    FloatVector a = load(x.address() + at + 4L * i, lanes);
                    FloatVector b = load(x.address() + at + 4L * (half + i), lanes);
                    FloatVector c = load(cos + 4L * i, lanes);
                    FloatVector s = load(sin + 4L * i, lanes);
                    store(a.mul(c).sub(b.mul(s)), y.address() + at + 4L * i, lanes);
                    store(b.mul(c).add(a.mul(s)), y.address() + at + 4L * (half + i), lanes);
                }
            }
        });
    }

    @Override
    public void embedding(Tensor table, int[] ids, Tensor y) {
        int width = table.width();
        float[] values = new float[width];
        for (int row = 0; row < ids.length; row++) {
            WeightRows.decode(table, ids[row], 0, width, values, 0);
            Simd.copy(values, 0, y.address() + 4L * row * width, width);
        }
    }

    @Override
    public void add(Tensor a, Tensor b, Tensor y) {
        int width = a.width();
        long repeat = b.rows() == 1 ? 0 : 4L * width;
        forRows(a, row -> {
            long left = a.address() + 4L * row * width;
            long right = b.address() + row * repeat;
            long to = y.address() + 4L * row * width;
            int i = 0;
            for (; i <= width - L; i += L) {
                store(load(left + 4L * i).add(load(right + 4L * i)), to + 4L * i);
            }
            if (i < width) {
                VectorMask<Float> lanes = first(width - i);
                store(load(left + 4L * i, lanes).add(load(right + 4L * i, lanes)), to + 4L * i, lanes);
            }
        });
    }

    @Override
    public void multiply(Tensor a, Tensor b, Tensor y) {
        int width = a.width();
        long repeat = b.rows() == 1 ? 0 : 4L * width;
        forRows(a, row -> {
            long left = a.address() + 4L * row * width;
            long right = b.address() + row * repeat;
            long to = y.address() + 4L * row * width;
            int i = 0;
            for (; i <= width - L; i += L) {
                store(load(left + 4L * i).mul(load(right + 4L * i)), to + 4L * i);
            }
            if (i < width) {
                VectorMask<Float> lanes = first(width - i);
                store(load(left + 4L * i, lanes).mul(load(right + 4L * i, lanes)), to + 4L * i, lanes);
            }
        });
    }

    @Override
    public void activate(Tensor x, Activation activation, Tensor y) {
        int width = x.width();
        forRows(x, row -> {
            long offset = 4L * row * width;
            VectorMath.activate(x.address() + offset, y.address() + offset, width, activation);
        });
    }

    @Override
    public GradientKernels gradients() {
        return new SimdGradients(pool);
    }

    @Override
    public void close() {
        pool.close();
    }

    /** What is computed for one row. */
    @FunctionalInterface
    private interface Row {
        void run(int row);
    }

    private void forRows(Tensor x, Row body) {
        int rows = Math.toIntExact(x.rows());
        int perTask = Math.max(1, TASK / Math.max(1, x.width()));
        int tasks = (rows + perTask - 1) / perTask;
        pool.forEach(tasks, (thread, task) -> {
            int last = Math.min(rows, (task + 1) * perTask);
            for (int row = task * perTask; row < last; row++) {
                body.run(row);
            }
        });
    }
}
