package org.jocular.tokenizers;

import java.util.Map;
import java.util.stream.IntStream;

/**
 * The longest piece that fits, again and again; a word that cannot be covered is unknown as a whole. Wu et al. 2016
 * (arXiv 1609.08144), section 4.1; {@code WordpieceTokenizer} in {@code tokenization_bert.py}.
 */
final class WordPieceModel implements WordModel {
    private final Map<String, Integer> vocabulary;
    private final String continuing;
    private final int maxCharacters;
    private final int unknown;
    private final int longestPiece;

    /**
     * @param continuing with this begin pieces that do not begin a word, {@code ##}
     * @param maxCharacters a longer word is unknown
     */
    WordPieceModel(Map<String, Integer> vocabulary, String continuing, int maxCharacters, int unknown) {
        this.vocabulary = vocabulary;
        this.continuing = continuing;
        this.maxCharacters = maxCharacters;
        this.unknown = unknown;
        this.longestPiece =
                vocabulary.keySet().stream().mapToInt(String::length).max().orElse(0);
    }

    @Override
    public int[] encode(String word) {
        if (word.codePointCount(0, word.length()) > maxCharacters) {
            return new int[] {unknown};
        }
        IntStream.Builder ids = IntStream.builder();
        for (int start = 0; start < word.length(); ) {
            String prefix = start == 0 ? "" : continuing;
            int end = Math.min(word.length(), start + longestPiece);
            Integer id = null;
            while (end > start && (id = vocabulary.get(prefix + word.substring(start, end))) == null) {
                end--;
            }
            if (id == null) {
                return new int[] {unknown};
            }
            ids.add(id);
            start = end;
        }
        return ids.build().toArray();
    }

    @Override
    public int unknown() {
        return unknown;
    }

    @Override
    public Map<String, Integer> vocabulary() {
        return vocabulary;
    }
}
