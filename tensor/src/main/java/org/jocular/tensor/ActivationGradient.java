package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;
import static org.jocular.tensor.Simd.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * dx += dy · activation′(x) on vectors, one loop each as in {@link VectorMath}; but whole vectors go without a mask, since the mask of a body
 * with two loads more is beyond what C2 inlines: it boxed every vector, 10 GB a minute.
 */
final class ActivationGradient {
    private ActivationGradient() {}

    static void add(long x, long dy, long dx, int n, Activation activation) {
        switch (activation) {
            case NONE -> none(dy, dx, n);
            case RELU -> relu(x, dy, dx, n);
            case GELU -> gelu(x, dy, dx, n);
            case GELU_TANH -> geluTanh(x, dy, dx, n);
            case QUICK_GELU -> sigmoidWeighted(x, dy, dx, n, 1.702f);
            case SILU -> sigmoidWeighted(x, dy, dx, n, 1f);
        }
    }

    private static void none(long dy, long dx, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            store(load(dx + 4L * i).add(load(dy + 4L * i)), dx + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> lanes = first(n - i);
            store(load(dx + 4L * i, lanes).add(load(dy + 4L * i, lanes)), dx + 4L * i, lanes);
        }
    }

    private static void relu(long x, long dy, long dx, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            plus(reluSlope(load(x + 4L * i)), dy + 4L * i, dx + 4L * i);
        }
        if (i < n) {
            plus(reluSlope(load(x + 4L * i, first(n - i))), dy + 4L * i, dx + 4L * i, n - i);
        }
    }

    private static void gelu(long x, long dy, long dx, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            plus(geluSlope(load(x + 4L * i)), dy + 4L * i, dx + 4L * i);
        }
        if (i < n) {
            plus(geluSlope(load(x + 4L * i, first(n - i))), dy + 4L * i, dx + 4L * i, n - i);
        }
    }

    private static void geluTanh(long x, long dy, long dx, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            plus(geluTanhSlope(load(x + 4L * i)), dy + 4L * i, dx + 4L * i);
        }
        if (i < n) {
            plus(geluTanhSlope(load(x + 4L * i, first(n - i))), dy + 4L * i, dx + 4L * i, n - i);
        }
    }

    private static void sigmoidWeighted(long x, long dy, long dx, int n, float factor) {
        int i = 0;
        for (; i <= n - L; i += L) {
            plus(sigmoidWeightedSlope(load(x + 4L * i).mul(factor)), dy + 4L * i, dx + 4L * i);
        }
        if (i < n) {
            FloatVector u = load(x + 4L * i, first(n - i)).mul(factor);
            plus(sigmoidWeightedSlope(u), dy + 4L * i, dx + 4L * i, n - i);
        }
    }

    private static FloatVector reluSlope(FloatVector x) {
        return FloatVector.zero(F).blend(1f, x.compare(VectorOperators.GT, 0f));
    }

    /** Φ(x) + x · φ(x). */
    private static FloatVector geluSlope(FloatVector x) {
        FloatVector density = VectorMath.exp(x.mul(x).mul(-0.5f)).mul(0.3989422804f);
        return x.mul(density).add(VectorMath.erf(x.mul(0.70710678f)).add(1f).mul(0.5f));
    }

    /** Of x · σ(u(x)), u = 2√(2/π)(x + 0.044715x³). */
    private static FloatVector geluTanhSlope(FloatVector x) {
        FloatVector square = x.mul(x);
        FloatVector u = square.mul(x).mul(0.044715f).add(x).mul(1.5957691216057308f);
        FloatVector inner = square.mul(0.134145f).add(1f).mul(1.5957691216057308f);
        FloatVector s = VectorMath.sigmoid(u);
        return FloatVector.broadcast(F, 1f).sub(s).mul(s).mul(x).fma(inner, s);
    }

    /** Of x · σ(factor · x), from u = factor · x. */
    private static FloatVector sigmoidWeightedSlope(FloatVector u) {
        FloatVector s = VectorMath.sigmoid(u);
        return FloatVector.broadcast(F, 1f).sub(s).mul(s).fma(u, s);
    }

    private static void plus(FloatVector slope, long dy, long dx) {
        store(slope.fma(load(dy), load(dx)), dx);
    }

    private static void plus(FloatVector slope, long dy, long dx, int n) {
        VectorMask<Float> lanes = first(n);
        store(slope.fma(load(dy, lanes), load(dx, lanes)), dx, lanes);
    }
}
