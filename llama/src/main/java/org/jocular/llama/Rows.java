package org.jocular.llama;

import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** Which rows one pass of a causal language model computes, and what each of them sees. */
public sealed interface Rows permits Batch, Texts {
    /** Of each row of the pass, in its sequence. */
    int[] positions();

    /** Of each row that is asked for. */
    int[] askedPositions();

    /** Those rows of x, (rows, any), that are asked for: of the others, the last layer's keys and values are all that anybody sees. */
    Tensor asked(Ops ops, Tensor x);

    /**
     * Causal attention within each sequence.
     *
     * @param q of all rows, or of those that are asked for
     */
    Tensor attend(Ops ops, int layer, Tensor q, Tensor k, Tensor v, AttentionSpec spec);

    /** To be called when all layers are through. */
    void advance();
}
