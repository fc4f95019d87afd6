package org.jocular.llama;

import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** A language model that predicts each token from those before it: what generation needs to know of LLaMA or OPT. */
public interface CausalLm {
    /** Width of an embedding. */
    int width();

    /** Size of the vocabulary as the output layer has it. */
    int vocabSize();

    /** How many positions the model can tell apart. */
    int contextLength();

    /** An empty cache for one sequence of up to {@code capacity} tokens. */
    KvCache newCache(int capacity);

    /** (ids.length, width) */
    Tensor embed(Ops ops, int[] ids);

    /**
     * Runs the rows that follow what the cache holds, and adds their keys and values to it.
     *
     * @param embeddings (rows, width), given away as in {@link Ops#block}
     * @return (rows, width), after the last norm
     */
    Tensor forward(Ops ops, Tensor embeddings, KvCache cache);

    /** (rows, width) to (rows, vocabSize). */
    Tensor logits(Ops ops, Tensor hidden);
}
