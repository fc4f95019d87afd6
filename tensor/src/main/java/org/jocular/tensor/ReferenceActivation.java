package org.jocular.tensor;

/** Activations and their derivatives in double. */
final class ReferenceActivation {
    private ReferenceActivation() {}

    static double value(double x, Activation activation) {
        return switch (activation) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case GELU -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
            case SILU -> x / (1 + Math.exp(-x));
        };
    }

    /** 2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!: all terms have one sign, so no digits are lost. Beyond 6 it is 1 to the last one. */
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** Its derivative. */
    static double slope(double x, Activation activation) {
        return switch (activation) {
            case NONE -> 1;
            case RELU -> x > 0 ? 1 : 0;
            case GELU -> 0.5 * (1 + erf(x / Math.sqrt(2))) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
            case GELU_TANH -> {
                double tanh = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
                double inner = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
                yield 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * inner;
            }
            case QUICK_GELU -> sigmoidSlope(x, 1.702);
            case SILU -> sigmoidSlope(x, 1);
        };
    }

    private static double sigmoidSlope(double x, double factor) {
        double sigmoid = 1 / (1 + Math.exp(-factor * x));
        return sigmoid + factor * x * sigmoid * (1 - sigmoid);
    }
}
