package org.jocular.llama;

import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** What generation needs to know of a language model. */
public sealed interface LanguageModel permits CausalLm, EncoderDecoderLm {
    /** Width of an embedding. */
    int width();

    /** Size of the vocabulary as the output layer has it. */
    int vocabSize();

    /** How many positions the model can tell apart. */
    int contextLength();

    /** An empty cache for one request, with room for {@code capacity} rows. */
    KvCache newCache(int capacity);

    /** Embeddings of a prompt's words: (ids.length, width). */
    Tensor embed(Ops ops, int[] ids);

    /** Runs further tokens, one for each row of the batch: (rows, width), after the last norm. */
    Tensor decode(Ops ops, int[] ids, Batch batch);

    /** (rows, width) to (rows, vocabSize). */
    Tensor logits(Ops ops, Tensor hidden);
}
