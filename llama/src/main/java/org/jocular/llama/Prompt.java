package org.jocular.llama;

import org.jocular.tensor.Tensor;

/**
 * What a language model is given to answer: one row for each token, and for each row of a picture.
 *
 * @param ids one a row, as the reference has them; at rows of a picture the id that stands for it
 * @param pictures one a row: 0 for text, otherwise a number that tells the pictures apart
 * @param embeddings (ids.length, width)
 */
public record Prompt(int[] ids, long[] pictures, Tensor embeddings) {
    public Prompt {
        if (ids.length != pictures.length || ids.length != embeddings.rows()) {
            throw new IllegalArgumentException(
                    "%d ids, %d pictures, %s".formatted(ids.length, pictures.length, embeddings));
        }
    }

    public int length() {
        return ids.length;
    }
}
