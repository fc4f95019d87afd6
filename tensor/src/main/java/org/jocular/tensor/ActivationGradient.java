package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;
import static org.jocular.tensor.Simd.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** dx += dy · activation′(x) on vectors, one loop each as in {@link VectorMath}. */
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
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            store(load(dx + 4L * i, lanes).add(load(dy + 4L * i, lanes)), dx + 4L * i, lanes);
        }
    }

    private static void relu(long x, long dy, long dx, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector d = load(dy + 4L * i, lanes);
            VectorMask<Float> positive = load(x + 4L * i, lanes).compare(VectorOperators.GT, 0f);
            store(load(dx + 4L * i, lanes).add(d.blend(0f, positive.not())), dx + 4L * i, lanes);
        }
    }

    /** Φ(x) + x · φ(x). */
    private static void gelu(long x, long dy, long dx, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector v = load(x + 4L * i, lanes);
            FloatVector density = VectorMath.exp(v.mul(v).mul(-0.5f)).mul(0.3989422804f);
            FloatVector slope = v.mul(density)
                    .add(VectorMath.erf(v.mul(0.70710678f)).add(1f).mul(0.5f));
            plus(slope, dy, dx, i, lanes);
        }
    }

    /** Of x · σ(u(x)), u = 2√(2/π)(x + 0.044715x³). */
    private static void geluTanh(long x, long dy, long dx, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector v = load(x + 4L * i, lanes);
            FloatVector square = v.mul(v);
            FloatVector u = square.mul(v).mul(0.044715f).add(v).mul(1.5957691216057308f);
            FloatVector inner = square.mul(0.134145f).add(1f).mul(1.5957691216057308f);
            FloatVector s = VectorMath.sigmoid(u);
            FloatVector slope =
                    FloatVector.broadcast(F, 1f).sub(s).mul(s).mul(v).fma(inner, s);
            plus(slope, dy, dx, i, lanes);
        }
    }

    /** Of x · σ(factor · x). */
    private static void sigmoidWeighted(long x, long dy, long dx, int n, float factor) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector u = load(x + 4L * i, lanes).mul(factor);
            FloatVector s = VectorMath.sigmoid(u);
            FloatVector slope = FloatVector.broadcast(F, 1f).sub(s).mul(s).fma(u, s);
            plus(slope, dy, dx, i, lanes);
        }
    }

    private static void plus(FloatVector slope, long dy, long dx, int i, VectorMask<Float> lanes) {
        FloatVector sum = slope.fma(load(dy + 4L * i, lanes), load(dx + 4L * i, lanes));
        store(sum, dx + 4L * i, lanes);
    }
}
