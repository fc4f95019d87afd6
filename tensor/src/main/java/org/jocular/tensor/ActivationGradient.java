package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * dx += or = dy · activation′(x) on vectors, one loop each as in {@link VectorMath}; but whole vectors go without a mask, since the mask of a body
 * with two loads more is beyond what C2 inlines: it boxed every vector, 10 GB a minute.
 */
final class ActivationGradient {
    private ActivationGradient() {}

    static void run(long x, long dy, long dx, int n, Activation activation, boolean add) {
        switch (activation) {
            case NONE -> none(dy, dx, n, add);
            case RELU -> relu(x, dy, dx, n, add);
            case GELU -> gelu(x, dy, dx, n, add);
            case GELU_TANH -> geluTanh(x, dy, dx, n, add);
            case QUICK_GELU -> sigmoidWeighted(x, dy, dx, n, 1.702f, add);
            case SILU -> sigmoidWeighted(x, dy, dx, n, 1f, add);
        }
    }

    private static void none(long dy, long dx, int n, boolean add) {
        int i = 0;
        for (; i <= n - L; i += L) {
            Simd.put(load(dy + 4L * i), dx + 4L * i, add);
        }
        if (i < n) {
            Simd.put(load(dy + 4L * i, first(n - i)), dx + 4L * i, first(n - i), add);
        }
    }

    private static void relu(long x, long dy, long dx, int n, boolean add) {
        int i = 0;
        for (; i <= n - L; i += L) {
            put(reluSlope(load(x + 4L * i)), dy + 4L * i, dx + 4L * i, add);
        }
        if (i < n) {
            put(reluSlope(load(x + 4L * i, first(n - i))), dy + 4L * i, dx + 4L * i, n - i, add);
        }
    }

    private static void gelu(long x, long dy, long dx, int n, boolean add) {
        int i = 0;
        for (; i <= n - L; i += L) {
            put(geluSlope(load(x + 4L * i)), dy + 4L * i, dx + 4L * i, add);
        }
        if (i < n) {
            put(geluSlope(load(x + 4L * i, first(n - i))), dy + 4L * i, dx + 4L * i, n - i, add);
        }
    }

    private static void geluTanh(long x, long dy, long dx, int n, boolean add) {
        int i = 0;
        for (; i <= n - L; i += L) {
            put(geluTanhSlope(load(x + 4L * i)), dy + 4L * i, dx + 4L * i, add);
        }
        if (i < n) {
            put(geluTanhSlope(load(x + 4L * i, first(n - i))), dy + 4L * i, dx + 4L * i, n - i, add);
        }
    }

    private static void sigmoidWeighted(long x, long dy, long dx, int n, float factor, boolean add) {
        int i = 0;
        for (; i <= n - L; i += L) {
            put(sigmoidWeightedSlope(load(x + 4L * i).mul(factor)), dy + 4L * i, dx + 4L * i, add);
        }
        if (i < n) {
            FloatVector u = load(x + 4L * i, first(n - i)).mul(factor);
            put(sigmoidWeightedSlope(u), dy + 4L * i, dx + 4L * i, n - i, add);
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

    private static void put(FloatVector slope, long dy, long dx, boolean add) {
        Simd.put(slope.mul(load(dy)), dx, add);
    }

    private static void put(FloatVector slope, long dy, long dx, int n, boolean add) {
        VectorMask<Float> lanes = first(n);
        Simd.put(slope.mul(load(dy, lanes)), dx, lanes, add);
    }
}
