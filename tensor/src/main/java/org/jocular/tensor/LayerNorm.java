package org.jocular.tensor;

/**
 * Layer normalisation with weight and bias; Ba et al. 2016.
 *
 * @param name module path, for traces
 */
public record LayerNorm(String name, Tensor weight, Tensor bias, float eps) {
    /** (rows, width) to the same. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.named(name, ops.layerNorm(x, weight, bias, eps));
    }
}
