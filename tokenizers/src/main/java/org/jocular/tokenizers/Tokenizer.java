package org.jocular.tokenizers;

import java.util.List;

/**
 * Text to token ids and back. Implementations are immutable and may be shared between threads.
 *
 * <p>Special ids are -1 where the vocabulary has none.
 */
public interface Tokenizer {

    /** Ids of {@code text}; no special tokens are put around it, but those written in it are recognised. */
    int[] encode(String text);

    /** As {@link #encode(String)}, with the special tokens that the model's own configuration puts around a text. */
    default int[] encode(String text, boolean addSpecial) {
        return addSpecial ? specialTokens().around(encode(text)) : encode(text);
    }

    /**
     * As {@link #encode(String, boolean)} with special tokens, and at most {@code maxLength} ids, those included. Which
     * end of a text that is too long is lost, the configuration says: InstructBLIP's Q-Former reads the last 128 ids of
     * an instruction ({@code blip2_vicuna_instruct.py}, {@code max_txt_len} and {@code truncation_side}).
     *
     * @throws IllegalArgumentException if {@code maxLength} does not even hold the special tokens
     */
    default int[] encode(String text, int maxLength) {
        return specialTokens().around(encode(text), maxLength);
    }

    /** What {@link #encode(String, boolean)} puts around a text. */
    default SpecialTokens specialTokens() {
        return SpecialTokens.NONE;
    }

    /** A decoder for ids that arrive one by one; with {@code skipSpecial}, special tokens leave no trace. */
    StreamDecoder streamDecoder(boolean skipSpecial);

    /**
     * Text of {@code ids}. An id outside the vocabulary renders as nothing, because models whose embedding table is
     * padded can produce one.
     */
    default String decode(int[] ids, boolean skipSpecial) {
        StreamDecoder decoder = streamDecoder(skipSpecial);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.feed(id));
        }
        return text.append(decoder.flush()).toString();
    }

    /**
     * Words of {@code text} for which the vocabulary has nothing but the unknown token, each once, as the text is prepared
     * (in small letters, say). Empty where every character has pieces, by its bytes if need be.
     */
    default List<String> unknownWords(String text) {
        return List.of();
    }

    /** All words in the order of their ids, where a piece is a word and a word is a piece; else empty. */
    default List<String> words() {
        return List.of();
    }

    /** One more than the largest id, added tokens included. */
    int vocabSize();

    /**
     * The piece as the vocabulary spells it, for example {@code ▁the}, {@code Ġthe}, {@code ##ing} or {@code <0x0A>}.
     *
     * @throws IllegalArgumentException if no piece has this id
     */
    String piece(int id);

    /** The id of a piece as the vocabulary spells it, or -1. */
    int id(String piece);

    int bosId();

    int eosId();

    int unkId();

    int padId();
}
