package org.jocular.llama;

import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** A language model that reads the prompt in an encoder, and writes in a decoder that looks at what the encoder made of it: T5. */
public non-sealed interface EncoderDecoderLm extends LanguageModel {
    /**
     * Reads a prompt, and puts the keys and values that the decoder's layers look at into its cache.
     *
     * @param embeddings (rows, width), given away as in {@link Ops#block}
     * @return (rows, width), the encoder's output
     */
    Tensor encode(Ops ops, Tensor embeddings, KvCache cache);

    /** The token that stands before the first one that the decoder writes. */
    int decoderStartTokenId();
}
