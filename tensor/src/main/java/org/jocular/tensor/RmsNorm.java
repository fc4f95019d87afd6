package org.jocular.tensor;

/**
 * Root-mean-square normalisation; Zhang &amp; Sennrich 2019.
 *
 * @param name module path, for traces
 */
public record RmsNorm(String name, Tensor weight, float eps) {
    /** (rows, width) to the same. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.named(name, ops.rmsNorm(x, weight, eps));
    }
}
