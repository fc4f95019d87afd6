package org.jocular.tensor;

/**
 * A table of vectors, one for each id.
 *
 * @param name module path, for traces
 * @param weight (vocabulary, width)
 */
public record Embedding(String name, Tensor weight) {
    /** (ids.length, width) */
    public Tensor forward(Ops ops, int[] ids) {
        return ops.named(name, ops.embedding(weight, ids));
    }
}
