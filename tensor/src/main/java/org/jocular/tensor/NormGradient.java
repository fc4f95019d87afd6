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

/** The way back through both norms: of layers, which centre a row, and by the root mean square, which do not. */
final class NormGradient {
    private final Loops loops;
    private float[] means = new float[0];
    private float[] scales = new float[0];

    NormGradient(Loops loops) {
        this.loops = loops;
    }

    /** @param add whether dx is added to what is there */
    void run(
            Tensor x,
            Tensor weight,
            float eps,
            boolean centred,
            Tensor dy,
            @Nullable Tensor dx,
            boolean add,
            @Nullable Tensor dWeight) {
        input(x, weight, eps, centred, dy, dx, add);
        if (dWeight != null) {
            weight(x, dy, dWeight);
        }
    }

    /** Statistics of each row into {@code means} and {@code scales}, and the gradient of its input. */
    private void input(
            Tensor x, Tensor weight, float eps, boolean centred, Tensor dy, @Nullable Tensor dx, boolean add) {
        int width = x.width();
        int rows = (int) x.rows();
        if (means.length < rows) {
            means = new float[rows];
            scales = new float[rows];
        }
        loops.forRows(rows, width, row -> {
            long offset = 4L * row * width;
            long from = x.address() + offset;
            float mean = centred ? SimdKernels.sum(from, width) / width : 0;
            float scale = (float) (1 / Math.sqrt(SimdKernels.squares(from, width, mean) / width + eps));
            means[row] = mean;
            scales[row] = scale;
            if (dx != null) {
                long gradient = dy.address() + offset;
                row(from, weight.address(), gradient, dx.address() + offset, width, mean, scale, centred, add);
            }
        });
    }

    /** dx = or += scale · (g − mean of g − normal · mean of g · normal), where g = dy · weight. */
    private static void row(
            long x, long weight, long dy, long dx, int width, float mean, float scale, boolean centred, boolean add) {
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
            put(d, dx + 4L * i, lanes, add);
        }
    }

    /** Σ rows of dy · normal, with the statistics of {@link #input}. */
    private void weight(Tensor x, Tensor dy, Tensor dWeight) {
        int width = x.width();
        loops.forColumns(dy, (at, lanes) -> {
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
}
