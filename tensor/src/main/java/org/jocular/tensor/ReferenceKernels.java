package org.jocular.tensor;

import org.jspecify.annotations.Nullable;

/** Scalar, in double, element by element: slow and obviously right. What every other executor is tested against. */
final class ReferenceKernels implements Kernels {
    @Override
    public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y) {
        int in = x.width();
        int out = y.width();
        for (long row = 0; row < x.rows(); row++) {
            for (int o = 0; o < out; o++) {
                double sum = bias == null ? 0 : bias.get(o);
                for (int i = 0; i < in; i++) {
                    sum += x.get(row * in + i) * weight.get((long) o * in + i);
                }
                set(y, row * out + o, ReferenceActivation.value(sum, activation));
            }
        }
    }

    @Override
    public void layerNorm(Tensor x, Tensor weight, Tensor bias, float eps, Tensor y) {
        int width = x.width();
        for (long row = 0; row < x.rows(); row++) {
            double mean = 0;
            for (int i = 0; i < width; i++) {
                mean += x.get(row * width + i) / width;
            }
            double variance = 0;
            for (int i = 0; i < width; i++) {
                double d = x.get(row * width + i) - mean;
                variance += d * d / width;
            }
            double scale = 1 / Math.sqrt(variance + eps);
            for (int i = 0; i < width; i++) {
                set(y, row * width + i, (x.get(row * width + i) - mean) * scale * weight.get(i) + bias.get(i));
            }
        }
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float eps, Tensor y) {
        int width = x.width();
        for (long row = 0; row < x.rows(); row++) {
            double square = 0;
            for (int i = 0; i < width; i++) {
                square += x.get(row * width + i) * x.get(row * width + i) / width;
            }
            double scale = 1 / Math.sqrt(square + eps);
            for (int i = 0; i < width; i++) {
                set(y, row * width + i, x.get(row * width + i) * scale * weight.get(i));
            }
        }
    }

    @Override
    public void attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec, Tensor y) {
        int headDim = q.width() / spec.heads();
        int queries = (int) q.rows();
        int keys = (int) k.rows();
        for (int head = 0; head < spec.heads(); head++) {
            int kvHead = head / (spec.heads() / spec.kvHeads());
            for (int query = 0; query < queries; query++) {
                double[] p = probabilities(q, k, spec, head, query);
                for (int i = 0; i < headDim; i++) {
                    double value = 0;
                    for (int key = 0; key < keys; key++) {
                        value += p[key] * v.get((long) key * v.width() + kvHead * headDim + i);
                    }
                    set(y, (long) query * y.width() + head * headDim + i, value);
                }
            }
        }
    }

    /** What one query of one head makes of the keys: softmax of the scores; zeros where it may look nowhere. */
    static double[] probabilities(Tensor q, Tensor k, AttentionSpec spec, int head, int query) {
        int headDim = q.width() / spec.heads();
        int kvHead = head / (spec.heads() / spec.kvHeads());
        double[] p = new double[(int) k.rows()];
        double max = Double.NEGATIVE_INFINITY;
        for (int key = 0; key < p.length; key++) {
            p[key] = score(q, k, spec, headDim, head, kvHead, query, key);
            max = Math.max(max, p[key]);
        }
        double sum = 0;
        for (int key = 0; key < p.length; key++) {
            p[key] = max == Double.NEGATIVE_INFINITY ? 0 : Math.exp(p[key] - max);
            sum += p[key];
        }
        for (int key = 0; key < p.length && sum > 0; key++) {
            p[key] /= sum;
        }
        return p;
    }

    /** Scaled and biased score of one pair, −∞ where the query may not look. */
    private static double score(
            Tensor q, Tensor k, AttentionSpec spec, int headDim, int head, int kvHead, int query, int key) {
        int queries = (int) q.rows();
        int keys = (int) k.rows();
        if (spec.causal() && key > keys - queries + query) {
            return Double.NEGATIVE_INFINITY;
        }
        if (spec.mask() != null && spec.mask().get(spec.maskRow(query, keys) + key) == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        double dot = 0;
        for (int i = 0; i < headDim; i++) {
            dot += q.get((long) query * q.width() + head * headDim + i)
                    * k.get((long) key * k.width() + kvHead * headDim + i);
        }
        double bias = spec.bias() == null ? 0 : spec.bias().get(((long) head * queries + query) * keys + key);
        return dot * spec.scale() + bias;
    }

    @Override
    public void rope(Tensor x, Rope rope, int[] positions, Tensor y) {
        int headDim = rope.headDim();
        int half = headDim / 2;
        for (long row = 0; row < x.rows(); row++) {
            for (int head = 0; head < x.width() / headDim; head++) {
                for (int i = 0; i < half; i++) {
                    double cos = rope.cos().get((long) positions[(int) row] * half + i);
                    double sin = rope.sin().get((long) positions[(int) row] * half + i);
                    long first = row * x.width() + head * headDim + i;
                    long second = first + half;
                    set(y, first, x.get(first) * cos - x.get(second) * sin);
                    set(y, second, x.get(second) * cos + x.get(first) * sin);
                }
            }
        }
    }

    @Override
    public void embedding(Tensor table, int[] ids, Tensor y) {
        int width = table.width();
        for (int row = 0; row < ids.length; row++) {
            for (int i = 0; i < width; i++) {
                set(y, (long) row * width + i, table.get((long) ids[row] * width + i));
            }
        }
    }

    @Override
    public void add(Tensor a, Tensor b, Tensor y) {
        for (long i = 0; i < a.elements(); i++) {
            set(y, i, a.get(i) + b.get(i % b.elements()));
        }
    }

    @Override
    public void multiply(Tensor a, Tensor b, Tensor y) {
        for (long i = 0; i < a.elements(); i++) {
            set(y, i, a.get(i) * b.get(i % b.elements()));
        }
    }

    @Override
    public void activate(Tensor x, Activation activation, Tensor y) {
        for (long i = 0; i < x.elements(); i++) {
            set(y, i, ReferenceActivation.value(x.get(i), activation));
        }
    }

    @Override
    public GradientKernels gradients() {
        return new ReferenceGradients();
    }

    @Override
    public void close() {}

    private static void set(Tensor y, long index, double value) {
        y.dtype().set(y.data(), index, value);
    }
}
