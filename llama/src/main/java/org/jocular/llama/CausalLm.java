package org.jocular.llama;

import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** A language model that predicts each token from those before it, the prompt's too: LLaMA, OPT. */
public non-sealed interface CausalLm extends LanguageModel {
    /**
     * Runs rows through the model; those of a {@link Batch} add their keys and values to its caches.
     *
     * @param embeddings (rows, width), given away as in {@link Ops#block}
     * @return (rows that are asked for, width), after the last norm
     */
    Tensor forward(Ops ops, Tensor embeddings, Rows rows);

    @Override
    default Tensor decode(Ops ops, int[] ids, Batch batch) {
        return forward(ops, embed(ops, ids), batch);
    }
}
