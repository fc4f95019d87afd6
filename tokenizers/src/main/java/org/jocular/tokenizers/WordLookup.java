package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts at spaces and looks each word up as a whole: one that is not there is unknown, never made of others. {@code
 * word_model.cc} and {@code SplitIntoWords} of google/sentencepiece.
 */
final class WordLookup implements Segmenter {
    private final Vocabulary vocabulary;
    private final boolean whitespaceAsSuffix;

    WordLookup(Vocabulary vocabulary, boolean whitespaceAsSuffix) {
        this.vocabulary = vocabulary;
        this.whitespaceAsSuffix = whitespaceAsSuffix;
    }

    @Override
    public List<Segment> segment(String normalized) {
        List<Segment> segments = new ArrayList<>();
        int start = 0;
        for (int at = 1; at <= normalized.length(); at++) {
            int space = whitespaceAsSuffix ? at - 1 : at;
            if (at == normalized.length() || normalized.charAt(space) == Normalizer.SPACE_SYMBOL) {
                int id = vocabulary.id(normalized.substring(start, at));
                segments.add(new Segment(start, at, id < 0 ? vocabulary.unkId() : id));
                start = at;
            }
        }
        return segments;
    }
}
