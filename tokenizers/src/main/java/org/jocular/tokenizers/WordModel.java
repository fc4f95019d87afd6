package org.jocular.tokenizers;

import java.util.Map;

/** Cuts one word, or a text that was not cut into words, into pieces; {@code models} of huggingface/tokenizers. */
sealed interface WordModel permits MergeBpeModel, UnigramModel, WordPieceModel {

    /** Ids of the pieces of {@code word}. */
    int[] encode(String word);

    /** The id of what is not in the vocabulary, -1 where there is none. */
    int unknown();

    /** Ids by piece. */
    Map<String, Integer> vocabulary();
}
