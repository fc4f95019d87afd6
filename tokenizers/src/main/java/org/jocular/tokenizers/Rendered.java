package org.jocular.tokenizers;

import java.util.function.IntFunction;

/** What an id contributes to the text. */
sealed interface Rendered {
    /** A piece of the vocabulary; what its characters stand for, the decoder knows. */
    record Text(String text) implements Rendered {}

    /** An added token, taken as it is, wherever it stands. */
    record Literal(String text) implements Rendered {}

    /** One byte of a character that has no piece. */
    record RawByte(byte value) implements Rendered {}

    /** As if the id were not there. */
    record Nothing() implements Rendered {}

    /** Puts texts together; a decoder is given what each id contributes. */
    interface Decoding {
        StreamDecoder open(IntFunction<Rendered> render);
    }
}
