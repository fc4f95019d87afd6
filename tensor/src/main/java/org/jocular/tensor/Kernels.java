package org.jocular.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of {@link Ops}, with shapes already checked and results already allocated. {@link ReferenceKernels} and
 * {@link SimdKernels} are twins: the same data go through both in the tests, at awkward sizes.
 *
 * <p>y is the result, F32 and without overlap with any input.
 */
interface Kernels extends AutoCloseable {
    void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y);

    void layerNorm(Tensor x, Tensor weight, Tensor bias, float eps, Tensor y);

    void rmsNorm(Tensor x, Tensor weight, float eps, Tensor y);

    void attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec, Tensor y);

    void rope(Tensor x, Rope rope, int[] positions, Tensor y);

    void embedding(Tensor table, int[] ids, Tensor y);

    void add(Tensor a, Tensor b, Tensor y);

    void multiply(Tensor a, Tensor b, Tensor y);

    void activate(Tensor x, Activation activation, Tensor y);

    /** The backward side, on the same threads. */
    GradientKernels gradients();

    @Override
    void close();
}
