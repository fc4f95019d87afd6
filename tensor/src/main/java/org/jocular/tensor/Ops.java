package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One forward pass. Model code is written against this interface alone and never reads a tensor's values, so the same code can be
 * executed, recorded for a device, differentiated or traced.
 *
 * <p>Activations are F32 matrices (rows, width). Every result belongs to the pass and is gone when it closes; {@link #keep} and
 * {@link #read} take something out. Shapes that do not fit are programming errors: {@link IllegalArgumentException}.
 */
public interface Ops extends AutoCloseable {
    /**
     * y = activation(x · weightᵀ + bias).
     *
     * @param x (rows, in)
     * @param weight (out, in), F32, F16 or BF16, read in place
     * @param bias (out), F32
     * @return (rows, out)
     */
    Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation);

    /** (x − mean) / √(variance + eps) · weight + bias over each row; Ba et al. 2016. Statistics in F32 or better. */
    Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, float eps);

    /** x / √(mean(x²) + eps) · weight over each row; Zhang &amp; Sennrich 2019. */
    Tensor rmsNorm(Tensor x, Tensor weight, float eps);

    /**
     * softmax(scale · q·kᵀ + bias, masked) · v for each head; memory does not grow with queries × keys.
     *
     * @param q (queries, heads · headDim)
     * @param k (keys, kvHeads · headDim)
     * @param v (keys, kvHeads · headDim)
     * @return (queries, heads · headDim)
     */
    Tensor attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec);

    /**
     * Turns each head of each row by its position.
     *
     * @param x (rows, heads · rope.headDim())
     * @param positions one a row
     */
    Tensor rope(Tensor x, Rope rope, int[] positions);

    /**
     * Rows of a table.
     *
     * @param table (vocabulary, width), F32, F16 or BF16
     * @return (ids.length, width)
     */
    Tensor embedding(Tensor table, int[] ids);

    /** a + b; b has a's shape, or one row that is added to every row of a. */
    Tensor add(Tensor a, Tensor b);

    /** a · b, element by element; b as in {@link #add}. */
    Tensor multiply(Tensor a, Tensor b);

    /** The activation of every element. */
    Tensor activate(Tensor x, Activation activation);

    /**
     * The squares that a convolution with kernel = stride = size sees, so that it becomes a {@link #linear}.
     *
     * @param pixels (channels, height, width), or of several pictures (pictures, channels, height, width)
     * @return (height/size · width/size, channels · size · size), patches in reading order, the first picture's first
     */
    Tensor patches(Tensor pixels, int size);

    /** Rows {@code from} to {@code to} (exclusive) of x. */
    Tensor rows(Tensor x, long from, long to);

    /** All rows of all parts, one below the other. */
    Tensor concat(Tensor... parts);

    /**
     * Copies rows into {@code destination}, a tensor that outlives the pass (a key/value cache), from row {@code at} on; the only
     * operation that changes a tensor.
     *
     * @return rows 0 to at + rows of the destination
     */
    Tensor write(Tensor destination, long at, Tensor rows);

    /**
     * Runs {@code body} on x, keeps its result, and frees everything else that it computed. The unit by which executors bound memory,
     * cut a recording into pieces, or recompute for a gradient: usually a layer.
     *
     * @param x given away: the caller must not use it afterwards
     */
    Tensor block(Tensor x, UnaryOperator<Tensor> body);

    /** Tells whoever traces that this is the value of a module; otherwise does nothing. Returns x. */
    default Tensor named(String name, Tensor x) {
        return x;
    }

    /** The values of a tensor of this pass: here a recorded pass is run. */
    float[] read(Tensor x);

    /** A copy that lives as long as {@code arena}. */
    Tensor keep(Tensor x, Arena arena);

    /** Ends the pass and frees what it computed. */
    @Override
    void close();
}
