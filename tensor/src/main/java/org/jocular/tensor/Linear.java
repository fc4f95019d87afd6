package org.jocular.tensor;

import org.jspecify.annotations.Nullable;

/**
 * x · weightᵀ + bias.
 *
 * @param name module path, for traces
 * @param weight (out, in)
 * @param bias (out), F32, or null
 */
public record Linear(String name, Tensor weight, @Nullable Tensor bias) {
    /** (rows, in) to (rows, out). */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.named(name, ops.linear(x, weight, bias, Activation.NONE));
    }

    /** The same followed by an activation in one step; the module's own output never exists, so it has no name in a trace. */
    public Tensor forward(Ops ops, Tensor x, Activation activation) {
        return ops.linear(x, weight, bias, activation);
    }
}
