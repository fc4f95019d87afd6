package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;
import static org.jocular.tensor.Simd.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Exponential, error function and activations on vectors. */
final class VectorMath {
    private VectorMath() {}

    /**
     * eˣ to 2 units in the last place: x = n·ln 2 + r, a polynomial in r, times 2ⁿ (the coefficients of Cephes' expf). Below −87.3 it is 0, as
     * a softmax wants it for −∞ too; above 88 it stays finite; a NaN stays one.
     *
     * <p>Comparisons and blends, because the minimum and maximum of Java order −0 and NaN, which costs five instructions each.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector c = x.blend(88f, x.compare(VectorOperators.GT, 88f));
        // Adding 1.5·2²³ rounds to the nearest integer, which then stands in the low bits.
        FloatVector shifted = c.mul(1.44269504f).add(12582912f);
        FloatVector whole = shifted.sub(12582912f);
        FloatVector r = whole.mul(-0.693359375f).add(c).sub(whole.mul(-2.12194440e-4f));
        FloatVector p = FloatVector.broadcast(F, 1.9875691500e-4f);
        p = p.fma(r, FloatVector.broadcast(F, 1.3981999507e-3f));
        p = p.fma(r, FloatVector.broadcast(F, 8.3334519073e-3f));
        p = p.fma(r, FloatVector.broadcast(F, 4.1665795894e-2f));
        p = p.fma(r, FloatVector.broadcast(F, 1.6666665459e-1f));
        p = p.fma(r, FloatVector.broadcast(F, 5.0000001201e-1f));
        p = p.fma(r.mul(r), r).add(1f);
        // The constant takes away what was added above and brings in the exponent's bias of 127.
        FloatVector power = shifted.reinterpretAsInts()
                .sub(0x4b400000 - 127)
                .lanewise(VectorOperators.LSHL, 23)
                .reinterpretAsFloats();
        return p.mul(power).blend(0f, x.compare(VectorOperators.LT, -87.3f));
    }

    /** The error function to 4 units in the last place: an odd rational approximation on [−4, 4] (the coefficients of Eigen's erf). */
    static FloatVector erf(FloatVector x) {
        FloatVector c = x.blend(4f, x.compare(VectorOperators.GT, 4f)).blend(-4f, x.compare(VectorOperators.LT, -4f));
        FloatVector s = c.mul(c);
        FloatVector p = FloatVector.broadcast(F, -2.72614225801306e-10f);
        p = p.fma(s, FloatVector.broadcast(F, 2.77068142495902e-08f));
        p = p.fma(s, FloatVector.broadcast(F, -2.10102402082508e-06f));
        p = p.fma(s, FloatVector.broadcast(F, -5.69250639462346e-05f));
        p = p.fma(s, FloatVector.broadcast(F, -7.34990630326855e-04f));
        p = p.fma(s, FloatVector.broadcast(F, -2.95459980854025e-03f));
        p = p.fma(s, FloatVector.broadcast(F, -1.60960333262415e-02f));
        FloatVector q = FloatVector.broadcast(F, -1.45660718464996e-05f);
        q = q.fma(s, FloatVector.broadcast(F, -2.13374055278905e-04f));
        q = q.fma(s, FloatVector.broadcast(F, -1.68282697438203e-03f));
        q = q.fma(s, FloatVector.broadcast(F, -7.37332916720468e-03f));
        q = q.fma(s, FloatVector.broadcast(F, -1.42647390514189e-02f));
        return c.mul(p).div(q);
    }

    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(F, 1f).div(exp(x.neg()).add(1f));
    }

    /** One method per loop, and one mask for body and tail, so that each stays small enough for C2 to keep its vectors in registers. */
    static void activate(long from, long to, int n, Activation activation) {
        switch (activation) {
            case NONE -> {
                if (from != to) {
                    Simd.copy(from, to, 4L * n);
                }
            }
            case RELU -> relu(from, to, n);
            case GELU -> gelu(from, to, n);
            case GELU_TANH -> geluTanh(from, to, n);
            case QUICK_GELU -> sigmoidWeighted(from, to, n, 1.702f);
            case SILU -> sigmoidWeighted(from, to, n, 1f);
        }
    }

    private static void relu(long from, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector x = load(from + 4L * i, lanes);
            store(x.blend(0f, x.compare(VectorOperators.LT, 0f)), to + 4L * i, lanes);
        }
    }

    private static void gelu(long from, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector x = load(from + 4L * i, lanes);
            store(x.mul(0.5f).mul(erf(x.mul(0.70710678f)).add(1f)), to + 4L * i, lanes);
        }
    }

    /** With tanh u = 2σ(2u) − 1. */
    private static void geluTanh(long from, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector x = load(from + 4L * i, lanes);
            FloatVector u = x.mul(x).mul(x).mul(0.044715f).add(x).mul(1.5957691216057308f);
            store(x.mul(sigmoid(u)), to + 4L * i, lanes);
        }
    }

    /** x · σ(factor · x). */
    private static void sigmoidWeighted(long from, long to, int n, float factor) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector x = load(from + 4L * i, lanes);
            store(x.mul(sigmoid(x.mul(factor))), to + 4L * i, lanes);
        }
    }
}
