package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jocular.tokenizers.SentencePieceModel.PieceType;

/**
 * Byte-pair encoding as SentencePiece does it: start from characters, and of all neighbours whose concatenation is a
 * piece merge the pair with the best score, the leftmost among equals, until none is left; O(n log n).
 * Kudo &amp; Richardson 2018 (arXiv 1808.06226), section 3.1; {@code bpe_model.cc}.
 */
final class BpeEncoder implements Segmenter {
    private static final int NONE = -1;

    private final Vocabulary vocabulary;
    private final PrefixMatcher userDefined;

    BpeEncoder(Vocabulary vocabulary, PrefixMatcher userDefined) {
        this.vocabulary = vocabulary;
        this.userDefined = userDefined;
    }

    /** Two neighbours that may be merged; {@code end} tells whether both are still as they were. */
    private record Pair(float score, int left, int right, int end) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byScore = Float.compare(other.score, score);
            return byScore != 0 ? byScore : Integer.compare(left, other.left);
        }
    }

    @Override
    public List<Segment> segment(String normalized) {
        if (normalized.isEmpty()) {
            return List.of();
        }
        Symbols symbols = new Symbols(normalized);
        for (int i = 1; i < symbols.count; i++) {
            symbols.offer(i - 1, i);
        }
        while (!symbols.agenda.isEmpty()) {
            symbols.merge(symbols.agenda.remove());
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i != NONE; i = symbols.next[i]) {
            symbols.resegment(symbols.start[i], symbols.end[i], segments);
        }
        return segments;
    }

    /** A doubly linked list of symbols, each a stretch of the text, and the agenda of possible merges. */
    private final class Symbols {
        final String text;
        final int[] start;
        final int[] end;
        final int[] previous;
        final int[] next;
        final boolean[] frozen;
        final int count;
        final PriorityQueue<Pair> agenda;
        /** How a piece that must not be used came about: the length of its left half. */
        final Map<String, Integer> leftOfUnused = new HashMap<>();

        Symbols(String text) {
            this.text = text;
            int capacity = text.length();
            start = new int[capacity];
            end = new int[capacity];
            previous = new int[capacity];
            next = new int[capacity];
            frozen = new boolean[capacity];
            agenda = new PriorityQueue<>(capacity);
            int symbols = 0;
            for (int at = 0; at < text.length(); at = end[symbols++]) {
                int userDefinedLength = userDefined.longest(text, at);
                frozen[symbols] = userDefinedLength > 0;
                start[symbols] = at;
                end[symbols] =
                        at + (userDefinedLength > 0 ? userDefinedLength : Character.charCount(text.codePointAt(at)));
                previous[symbols] = symbols - 1;
                next[symbols] = end[symbols] == text.length() ? NONE : symbols + 1;
            }
            count = symbols;
        }

        void offer(int left, int right) {
            if (left == NONE || right == NONE || frozen[left] || frozen[right]) {
                return;
            }
            String merged = text.substring(start[left], end[right]);
            int id = vocabulary.fromText(merged);
            if (id < 0) {
                return;
            }
            agenda.add(new Pair(vocabulary.score(id), left, right, end[right]));
            if (vocabulary.type(id) == PieceType.UNUSED) {
                leftOfUnused.put(merged, end[left] - start[left]);
            }
        }

        void merge(Pair pair) {
            // A merge moves the left one's link and the right one's end: both unchanged, so nobody touched the two.
            if (next[pair.left] != pair.right || end[pair.right] != pair.end) {
                return;
            }
            end[pair.left] = pair.end;
            int after = next[pair.right];
            next[pair.left] = after;
            next[pair.right] = NONE;
            if (after != NONE) {
                previous[after] = pair.left;
            }
            offer(previous[pair.left], pair.left);
            offer(pair.left, after);
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
}
