package org.jocular.tokenizers;

import java.util.List;

/** Cuts normalised text into pieces of a vocabulary. */
sealed interface Segmenter permits BpeEncoder, UnigramEncoder, WordLookup {

    /** A piece: the characters from {@code start} to before {@code end} of the normalised text, and its id. */
    record Segment(int start, int end, int id) {}

    /** Segments in order, without gaps; a character that no piece covers has the unknown id. */
    List<Segment> segment(String normalized);
}
