package org.jocular.tokenizers;

/**
 * Decodes ids one at a time, for text that is shown while it is generated. The chunks of {@link #feed} followed by
 * {@link #flush} are together exactly what {@link Tokenizer#decode} gives for all the ids. Not for use by several
 * threads.
 */
public interface StreamDecoder {

    /** The text that became certain with this id; empty while a character is still incomplete. */
    String feed(int id);

    /** What was still held back; an incomplete character becomes U+FFFD. The decoder then starts anew. */
    String flush();
}
