package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Attention for a few queries, as when decoding: the time goes into reading the cache, so keys and values are read where they lie, once for
 * all query heads that share them.
 */
final class FewQueries {
    private final ThreadPool pool;
    private final Scratch[] scratch;

    /** Scores of one query with all keys, and its output. */
    private static final class Scratch {
        private float[] scores = new float[0];
        private float[] output = new float[0];
    }

    FewQueries(ThreadPool pool) {
        this.pool = pool;
        scratch = new Scratch[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    void attend(Tensor q, Tensor k, Tensor v, AttentionSpec spec, Tensor y) {
        int headDim = q.width() / spec.heads();
        int group = spec.heads() / spec.kvHeads();
        int keys = (int) k.rows();
        pool.forEach(spec.kvHeads(), (thread, kvHead) -> {
            Scratch s = scratch[thread];
            if (s.scores.length < keys + L) {
                s.scores = new float[keys + keys / 2 + L];
            }
            if (s.output.length < headDim + L) {
                s.output = new float[headDim + L];
            }
            for (int query = 0; query < q.rows(); query++) {
                int visible = spec.causal() ? keys - (int) q.rows() + query + 1 : keys;
                for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
                    long at = 4L * ((long) query * q.width() + head * headDim);
                    long kvOffset = 4L * kvHead * headDim;
                    scores(
                            s.scores,
                            q.address() + at,
                            k.address() + kvOffset,
                            4L * k.width(),
                            headDim,
                            visible,
                            spec.scale());
                    mask(s.scores, spec, head, query, (int) q.rows(), keys, visible);
                    float sum = softmax(s.scores, visible);
                    weigh(s, v.address() + kvOffset, 4L * v.width(), headDim, visible);
                    for (int d = 0; d < headDim; d++) {
                        Simd.setFloat(y.address() + at + 4L * d, sum == 0 ? 0 : s.output[d] / sum);
                    }
                }
            }
        });
    }

    private static void scores(float[] scores, long q, long k, long stride, int headDim, int n, float scale) {
        VectorMask<Float> tail = Simd.first(headDim % L);
        for (int i = 0; i < n; i++, k += stride) {
            FloatVector sum = FloatVector.zero(F);
            int d = 0;
            for (; d <= headDim - L; d += L) {
                sum = load(q + 4L * d).fma(load(k + 4L * d), sum);
            }
            if (d < headDim) {
                sum = load(q + 4L * d, tail).fma(load(k + 4L * d, tail), sum);
            }
            scores[i] = Simd.sum(sum) * scale;
        }
    }

    private static void mask(float[] scores, AttentionSpec spec, int head, int query, int queries, int keys, int n) {
        Tensor bias = spec.bias();
        if (bias != null) {
            long row = bias.address() + 4L * ((long) head * queries + query) * keys;
            for (int i = 0; i < n; i++) {
                scores[i] += Simd.getFloat(row + 4L * i);
            }
        }
        Tensor mask = spec.mask();
        if (mask != null) {
            long row = mask.address() + spec.maskRow(query, keys);
            for (int i = 0; i < n; i++) {
                if (Simd.getByte(row + i) == 0) {
                    scores[i] = Float.NEGATIVE_INFINITY;
                }
            }
        }
    }

    /** Turns scores into weights relative to their maximum and returns their sum, 0 if nothing is visible. */
    private static float softmax(float[] scores, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, scores[i]);
        }
        float base = max == Float.NEGATIVE_INFINITY ? 0 : max;
        // The array is longer by a vector: what lies beyond n becomes e^−∞ = 0.
        Arrays.fill(scores, n, n + L, Float.NEGATIVE_INFINITY);
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            FloatVector weight =
                    VectorMath.exp(FloatVector.fromArray(F, scores, i).sub(base));
            weight.intoArray(scores, i);
            sum = sum.add(weight);
        }
        return Simd.sum(sum);
    }

    /** output = Σ scores[i] · value i, in strips of the head that stay in registers over all keys. */
    private static void weigh(Scratch s, long v, long stride, int headDim, int n) {
        int d = 0;
        for (; d <= headDim - 4 * L; d += 4 * L) {
            FloatVector a = FloatVector.zero(F);
            FloatVector b = FloatVector.zero(F);
            FloatVector c = FloatVector.zero(F);
            FloatVector e = FloatVector.zero(F);
            long at = v + 4L * d;
            for (int i = 0; i < n; i++, at += stride) {
                FloatVector weight = FloatVector.broadcast(F, s.scores[i]);
                a = weight.fma(load(at), a);
                b = weight.fma(load(at + Simd.B), b);
                c = weight.fma(load(at + 2 * Simd.B), c);
                e = weight.fma(load(at + 3 * Simd.B), e);
            }
            a.intoArray(s.output, d);
            b.intoArray(s.output, d + L);
            c.intoArray(s.output, d + 2 * L);
            e.intoArray(s.output, d + 3 * L);
        }
        for (; d < headDim; d += L) {
            VectorMask<Float> lanes = Simd.first(Math.min(L, headDim - d));
            FloatVector sum = FloatVector.zero(F);
            long at = v + 4L * d;
            for (int i = 0; i < n; i++, at += stride) {
                sum = FloatVector.broadcast(F, s.scores[i]).fma(load(at, lanes), sum);
            }
            sum.intoArray(s.output, d);
        }
    }
}
