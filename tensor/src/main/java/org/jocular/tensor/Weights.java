package org.jocular.tensor;

/**
 * The tensors below one path of a checkpoint, so that a layer is loaded with the checkpoint's own names at the point of use:
 * {@code weights.at("self_attn").linear("q_proj", width, width)}.
 *
 * <p>Asking for a tensor that is missing or has another shape throws {@link BadInput} with the tensor's name, expected and found shape,
 * and the file. Every tensor that is asked for counts as used; what nobody asked for is an error at the end of loading.
 */
public interface Weights {
    /** Full path, without a dot at the end; empty at the root. */
    String path();

    /** The tensors below {@code name}. */
    Weights at(String name);

    /** Whether there is a tensor of that name. */
    boolean has(String name);

    /**
     * The stored shape of a tensor, where a file may hold another than the model needs: positions of another picture size. Weights that
     * come from no file have the expected one.
     *
     * @throws BadInput if there is none of that name
     */
    default long[] shape(String name, long... expected) {
        return expected;
    }

    /** A tensor in its stored type, in place. */
    Tensor tensor(String name, long... shape);

    /** A small tensor as F32: biases, norms, positions. A copy where it is stored in another type. */
    Tensor floats(String name, long... shape);

    /** The full path of {@code name}. */
    default String path(String name) {
        return path().isEmpty() ? name : path() + "." + name;
    }

    /** A linear layer with bias. */
    default Linear linear(String name, long in, long out) {
        Weights layer = at(name);
        return new Linear(layer.path(), layer.tensor("weight", out, in), layer.floats("bias", out));
    }

    /** A linear layer without bias. */
    default Linear linearWithoutBias(String name, long in, long out) {
        Weights layer = at(name);
        return new Linear(layer.path(), layer.tensor("weight", out, in), null);
    }

    /** A table of vectors. */
    default Embedding embedding(String name, long vocabulary, long width) {
        Weights table = at(name);
        return new Embedding(table.path(), table.tensor("weight", vocabulary, width));
    }

    default LayerNorm layerNorm(String name, long width, float eps) {
        Weights layer = at(name);
        return new LayerNorm(layer.path(), layer.floats("weight", width), layer.floats("bias", width), eps);
    }

    default RmsNorm rmsNorm(String name, long width, float eps) {
        Weights layer = at(name);
        return new RmsNorm(layer.path(), layer.floats("weight", width), eps);
    }
}
