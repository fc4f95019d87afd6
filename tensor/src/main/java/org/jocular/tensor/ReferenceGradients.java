package org.jocular.tensor;

import org.jspecify.annotations.Nullable;

/** Scalar, in double, from the textbook: what the fast twin is tested against, and what differences are compared with. */
final class ReferenceGradients implements GradientKernels {
    @Override
    public void linearInput(Tensor dy, Tensor weight, Tensor dx, boolean add) {
        begin(dx, add);
        int in = dx.width();
        int out = dy.width();
        for (long row = 0; row < dy.rows(); row++) {
            for (int i = 0; i < in; i++) {
                double sum = 0;
                for (int o = 0; o < out; o++) {
                    sum += dy.get(row * out + o) * weight.get((long) o * in + i);
                }
                plus(dx, row * in + i, sum);
            }
        }
    }

    @Override
    public void linearWeight(Tensor dy, Tensor x, Tensor dWeight) {
        int in = x.width();
        int out = dy.width();
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                double sum = 0;
                for (long row = 0; row < dy.rows(); row++) {
                    sum += dy.get(row * out + o) * x.get(row * in + i);
                }
                plus(dWeight, (long) o * in + i, sum);
            }
        }
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
        begin(dx, add);
        norm(x, weight, eps, true, dy, dx, dWeight);
        if (dBias != null) {
            addRows(dy, dBias);
        }
    }

    @Override
    public void rmsNorm(
            Tensor x, Tensor weight, float eps, Tensor dy, @Nullable Tensor dx, boolean add, @Nullable Tensor dWeight) {
        begin(dx, add);
        norm(x, weight, eps, false, dy, dx, dWeight);
    }

    private static void norm(
            Tensor x,
            Tensor weight,
            float eps,
            boolean centred,
            Tensor dy,
            @Nullable Tensor dx,
            @Nullable Tensor dWeight) {
        int width = x.width();
        for (long at = 0; at < x.elements(); at += width) {
            double mean = 0;
            for (int i = 0; i < width && centred; i++) {
                mean += x.get(at + i) / width;
            }
            double variance = 0;
            for (int i = 0; i < width; i++) {
                variance += (x.get(at + i) - mean) * (x.get(at + i) - mean) / width;
            }
            double scale = 1 / Math.sqrt(variance + eps);
            double sum = 0;
            double product = 0;
            for (int i = 0; i < width; i++) {
                double normal = (x.get(at + i) - mean) * scale;
                double g = dy.get(at + i) * weight.get(i);
                sum += g / width;
                product += g * normal / width;
                if (dWeight != null) {
                    plus(dWeight, i, dy.get(at + i) * normal);
                }
            }
            for (int i = 0; i < width && dx != null; i++) {
                double normal = (x.get(at + i) - mean) * scale;
                double g = dy.get(at + i) * weight.get(i);
                plus(dx, at + i, scale * (g - (centred ? sum : 0) - normal * product));
            }
        }
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
        int headDim = q.width() / spec.heads();
        int keys = (int) k.rows();
        for (int head = 0; head < spec.heads(); head++) {
            int kvHead = head / (spec.heads() / spec.kvHeads());
            for (int query = 0; query < q.rows(); query++) {
                double[] p = ReferenceKernels.probabilities(q, k, spec, head, query);
                double[] dp = new double[keys];
                long row = (long) query * q.width() + head * headDim;
                double mean = 0;
                for (int key = 0; key < keys; key++) {
                    for (int i = 0; i < headDim; i++) {
                        long at = (long) key * v.width() + kvHead * headDim + i;
                        dp[key] += dy.get(row + i) * v.get(at);
                        if (dv != null) {
                            plus(dv, at, p[key] * dy.get(row + i));
                        }
                    }
                    mean += p[key] * dp[key];
                }
                for (int key = 0; key < keys; key++) {
                    double ds = p[key] * (dp[key] - mean);
                    if (dBias != null) {
                        plus(dBias, ((long) head * q.rows() + query) * keys + key, ds);
                    }
                    for (int i = 0; i < headDim; i++) {
                        long at = (long) key * k.width() + kvHead * headDim + i;
                        if (dq != null) {
                            plus(dq, row + i, ds * spec.scale() * k.get(at));
                        }
                        if (dk != null) {
                            plus(dk, at, ds * spec.scale() * q.get(row + i));
                        }
                    }
                }
            }
        }
    }

    @Override
    public void rope(Rope rope, int[] positions, Tensor dy, Tensor dx, boolean add) {
        begin(dx, add);
        int half = rope.headDim() / 2;
        for (long row = 0; row < dy.rows(); row++) {
            for (int head = 0; head < dy.width() / rope.headDim(); head++) {
                for (int i = 0; i < half; i++) {
                    double cos = rope.cos().get((long) positions[(int) row] * half + i);
                    double sin = rope.sin().get((long) positions[(int) row] * half + i);
                    long first = row * dy.width() + head * rope.headDim() + i;
                    long second = first + half;
                    plus(dx, first, dy.get(first) * cos + dy.get(second) * sin);
                    plus(dx, second, dy.get(second) * cos - dy.get(first) * sin);
                }
            }
        }
    }

    @Override
    public void embedding(int[] ids, Tensor dy, Tensor dTable) {
        int width = dy.width();
        for (int row = 0; row < ids.length; row++) {
            for (int i = 0; i < width; i++) {
                plus(dTable, (long) ids[row] * width + i, dy.get((long) row * width + i));
            }
        }
    }

    @Override
    public void add(Tensor dy, Tensor dx, boolean add) {
        begin(dx, add);
        for (long i = 0; i < dy.elements(); i++) {
            plus(dx, i, dy.get(i));
        }
    }

    @Override
    public void addRows(Tensor dy, Tensor dRow) {
        for (long i = 0; i < dy.elements(); i++) {
            plus(dRow, i % dy.width(), dy.get(i));
        }
    }

    @Override
    public void multiply(Tensor dy, Tensor b, Tensor da, boolean add) {
        begin(da, add);
        for (long i = 0; i < dy.elements(); i++) {
            plus(da, i, dy.get(i) * b.get(i % b.elements()));
        }
    }

    @Override
    public void multiplyRows(Tensor dy, Tensor a, Tensor dRow) {
        for (long i = 0; i < dy.elements(); i++) {
            plus(dRow, i % dy.width(), dy.get(i) * a.get(i));
        }
    }

    @Override
    public void activate(Tensor x, Activation activation, Tensor dy, Tensor dx, boolean add) {
        begin(dx, add);
        for (long i = 0; i < x.elements(); i++) {
            plus(dx, i, dy.get(i) * ReferenceActivation.slope(x.get(i), activation));
        }
    }

    @Override
    public double crossEntropy(Tensor logits, int[] targets, double[] weights, @Nullable Tensor dLogits) {
        int width = logits.width();
        double loss = 0;
        for (int row = 0; row < targets.length; row++) {
            if (targets[row] < 0) {
                continue;
            }
            long at = (long) row * width;
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < width; i++) {
                max = Math.max(max, logits.get(at + i));
            }
            double sum = 0;
            for (int i = 0; i < width; i++) {
                sum += Math.exp(logits.get(at + i) - max);
            }
            loss += weights[row] * (max + Math.log(sum) - logits.get(at + targets[row]));
            for (int i = 0; i < width && dLogits != null; i++) {
                double p = Math.exp(logits.get(at + i) - max) / sum;
                plus(dLogits, at + i, weights[row] * (i == targets[row] ? p - 1 : p));
            }
        }
        return loss;
    }

    @Override
    public double squares(Tensor x) {
        double sum = 0;
        for (long i = 0; i < x.elements(); i++) {
            sum += x.get(i) * x.get(i);
        }
        return sum;
    }

    @Override
    public void adamW(Tensor value, Tensor gradient, Tensor m, Tensor v, AdamW.Step step) {
        AdamW settings = step.settings();
        for (long i = 0; i < value.elements(); i++) {
            double g = gradient.get(i) * step.gradientScale();
            double mean = settings.beta1() * m.get(i) + (1 - settings.beta1()) * g;
            double square = settings.beta2() * v.get(i) + (1 - settings.beta2()) * g * g;
            set(m, i, mean);
            set(v, i, square);
            double decayed = value.get(i) * step.decay();
            set(value, i, decayed - step.rate() * mean / (Math.sqrt(square) * step.rootScale() + settings.eps()));
        }
    }

    private static void begin(@Nullable Tensor gradient, boolean add) {
        if (gradient != null && !add) {
            gradient.data().fill((byte) 0);
        }
    }

    private static void plus(Tensor sum, long index, double value) {
        set(sum, index, sum.get(index) + value);
    }

    private static void set(Tensor tensor, long index, double value) {
        tensor.dtype().set(tensor.data(), index, value);
    }
}
