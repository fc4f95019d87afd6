package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tokenizers.SentencePieceModel.PieceType;

/**
 * Byte-pair encoding as SentencePiece does it: start from characters, and of all neighbours whose concatenation is a
 * piece merge the pair with the best score, the leftmost among equals, until none is left ({@link MergeLoop}).
 * Kudo &amp; Richardson 2018 (arXiv 1808.06226), section 3.1; {@code bpe_model.cc}.
 */
final class BpeEncoder implements Segmenter {
    private final Vocabulary vocabulary;
    private final PrefixMatcher userDefined;

    BpeEncoder(Vocabulary vocabulary, PrefixMatcher userDefined) {
        this.vocabulary = vocabulary;
        this.userDefined = userDefined;
    }

    @Override
    public List<Segment> segment(String normalized) {
        if (normalized.isEmpty()) {
            return List.of();
        }
        Symbols symbols = new Symbols(normalized);
        int[] next = MergeLoop.run(symbols.count, symbols);
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i != MergeLoop.NONE; i = next[i]) {
            symbols.resegment(symbols.start[i], symbols.end[i], segments);
        }
        return segments;
    }

    /** Each symbol is a stretch of the text. */
    private final class Symbols implements MergeLoop.Rule {
        final String text;
        final int[] start;
        final int[] end;
        final boolean[] frozen;
        final int count;
        /** How a piece that must not be used came about: the length of its left half. */
        final Map<String, Integer> leftOfUnused = new HashMap<>();

        Symbols(String text) {
            this.text = text;
            int capacity = text.length();
            start = new int[capacity];
            end = new int[capacity];
            frozen = new boolean[capacity];
            int symbols = 0;
            for (int at = 0; at < text.length(); at = end[symbols++]) {
                int userDefinedLength = userDefined.longest(text, at);
                frozen[symbols] = userDefinedLength > 0;
                start[symbols] = at;
                end[symbols] =
                        at + (userDefinedLength > 0 ? userDefinedLength : Character.charCount(text.codePointAt(at)));
            }
            count = symbols;
        }

        @Override
        public long rank(int left, int right) {
            if (frozen[left] || frozen[right]) {
                return MergeLoop.NEVER;
            }
            String merged = text.substring(start[left], end[right]);
            int id = vocabulary.fromText(merged);
            if (id < 0) {
                return MergeLoop.NEVER;
            }
            if (vocabulary.type(id) == PieceType.UNUSED) {
                leftOfUnused.put(merged, end[left] - start[left]);
            }
            return descending(vocabulary.score(id));
        }

        @Override
        public void merge(int left, int right, long rank) {
            end[left] = end[right];
        }

        /** Unused pieces take part in merging but are taken apart again afterwards. */
        void resegment(int from, int to, List<Segment> segments) {
            String piece = text.substring(from, to);
            int id = vocabulary.fromText(piece);
            Integer left = id >= 0 && vocabulary.type(id) == PieceType.UNUSED ? leftOfUnused.get(piece) : null;
            if (left == null) {
                segments.add(new Segment(from, to, id < 0 ? vocabulary.unkId() : id));
                return;
            }
            resegment(from, from + left, segments);
            resegment(from + left, to, segments);
        }
    }

    /** A number that is the smaller the higher the score; both zeros are one. */
    private static long descending(float score) {
        int bits = Float.floatToIntBits(0f - score);
        return bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }
}
