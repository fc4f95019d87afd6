package org.jocular.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of reverse mode, twins as {@link Kernels} are. A name with d before it is the gradient of what follows; dy is that of an
 * operation's result. Everything is added to what is there already, or takes its place where {@code add} is false; null is what nobody needs.
 */
interface GradientKernels {
    /** dx += dy · weight */
    void linearInput(Tensor dy, Tensor weight, Tensor dx, boolean add);

    /** dWeight += dyᵀ · x */
    void linearWeight(Tensor dy, Tensor x, Tensor dWeight);

    /** @param add for dx alone */
    void layerNorm(
            Tensor x,
            Tensor weight,
            float eps,
            Tensor dy,
            @Nullable Tensor dx,
            boolean add,
            @Nullable Tensor dWeight,
            @Nullable Tensor dBias);

    /** @param add for dx alone */
    void rmsNorm(
            Tensor x, Tensor weight, float eps, Tensor dy, @Nullable Tensor dx, boolean add, @Nullable Tensor dWeight);

    /** @param dBias of {@link AttentionSpec#bias} */
    void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionSpec spec,
            Tensor dy,
            @Nullable Tensor dq,
            @Nullable Tensor dk,
            @Nullable Tensor dv,
            @Nullable Tensor dBias);

    /** Turns back. */
    void rope(Rope rope, int[] positions, Tensor dy, Tensor dx, boolean add);

    void embedding(int[] ids, Tensor dy, Tensor dTable);

    /** dx += dy, element by element. */
    void add(Tensor dy, Tensor dx, boolean add);

    /** dRow += Σ rows of dy */
    void addRows(Tensor dy, Tensor dRow);

    /** da += dy · b; b has the shape of dy, or is one row. */
    void multiply(Tensor dy, Tensor b, Tensor da, boolean add);

    /** dRow += Σ rows of dy · a */
    void multiplyRows(Tensor dy, Tensor a, Tensor dRow);

    /** dx += dy · activation′(x) */
    void activate(Tensor x, Activation activation, Tensor dy, Tensor dx, boolean add);

    /** The way back of {@link Ops#patches}; pixels are rarely trained, so one plain loop serves all. */
    default void patches(int size, Tensor dy, Tensor dPixels) {
        long[] shape = dPixels.shape();
        int axes = shape.length;
        int channels = (int) shape[axes - 3];
        int across = (int) shape[axes - 1] / size;
        int each = (int) shape[axes - 2] / size * across;
        int taps = dy.width();
        for (long i = 0; i < dy.elements(); i++) {
            long patch = i / taps;
            int tap = (int) (i % taps);
            long channel = patch / each * channels + tap / (size * size);
            long y = patch % each / across * size + tap / size % size;
            long x = patch % across * size + tap % size;
            long at = (channel * shape[axes - 2] + y) * shape[axes - 1] + x;
            dPixels.dtype().set(dPixels.data(), at, dPixels.get(at) + dy.get(i));
        }
    }

    /**
     * dLogits += weight · (softmax(logits) − one-hot of the target) in each row that has one.
     *
     * @param targets one a row; negative: none
     * @param weights one a row
     * @return Σ −weight · log softmax(logits)[target]
     */
    double crossEntropy(Tensor logits, int[] targets, double[] weights, @Nullable Tensor dLogits);

    /** Σ x², in double. */
    double squares(Tensor x);

    /** One step of {@link AdamW} on one parameter. */
    void adamW(Tensor value, Tensor gradient, Tensor m, Tensor v, AdamW.Step step);
}
