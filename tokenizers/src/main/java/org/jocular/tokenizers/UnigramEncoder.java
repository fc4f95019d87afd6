package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tokenizers.SentencePieceModel.PieceType;
import org.jspecify.annotations.Nullable;

/**
 * The segmentation with the highest sum of piece scores, by Viterbi; Kudo 2018 (arXiv 1804.10959), section 3.2;
 * {@code unigram_model.cc}, {@code EncodeOptimized}.
 */
final class UnigramEncoder implements Segmenter {
    /** An unknown character costs this much more than the worst piece. */
    private static final float UNKNOWN_PENALTY = 10;

    private final Vocabulary vocabulary;
    private final Node trie = new Node();
    private final float unknownScore;
    private final float maxScore;

    private static final class Node {
        final Map<Integer, Node> children = new HashMap<>(2);
        int id = -1;
    }

    UnigramEncoder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        float min = Float.MAX_VALUE;
        float max = -Float.MAX_VALUE;
        for (Map.Entry<String, Integer> entry : vocabulary.textPieces().entrySet()) {
            Node node = trie;
            for (int codePoint : entry.getKey().codePoints().toArray()) {
                node = node.children.computeIfAbsent(codePoint, c -> new Node());
            }
            node.id = entry.getValue();
            if (vocabulary.type(node.id) == PieceType.NORMAL) {
                min = Math.min(min, vocabulary.score(node.id));
                max = Math.max(max, vocabulary.score(node.id));
            }
        }
        this.unknownScore = min - UNKNOWN_PENALTY;
        this.maxScore = max;
    }

    @Override
    public List<Segment> segment(String normalized) {
        int length = normalized.length();
        float[] best = new float[length + 1];
        int[] from = new int[length + 1];
        int[] ids = new int[length + 1];
        Arrays.fill(from, -1);
        for (int start = 0; start < length; ) {
            int oneCharacter = start + Character.charCount(normalized.codePointAt(start));
            boolean covered = false;
            Node node = trie;
            int bytes = 0;
            for (int at = start; at < length; ) {
                int codePoint = normalized.codePointAt(at);
                @Nullable Node child = node.children.get(codePoint);
                if (child == null) {
                    break;
                }
                node = child;
                at += Character.charCount(codePoint);
                bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
                if (node.id < 0 || vocabulary.type(node.id) == PieceType.UNUSED) {
                    continue;
                }
                // User-defined symbols get a bonus by which they always win. Sums are compared in double and kept in
                // float, as in the original: ties depend on it.
                double score = vocabulary.type(node.id) == PieceType.USER_DEFINED
                        ? bytes * maxScore - 0.1
                        : vocabulary.score(node.id);
                covered |= at == oneCharacter;
                if (from[at] < 0 || score + best[start] > best[at]) {
                    best[at] = (float) (score + best[start]);
                    from[at] = start;
                    ids[at] = node.id;
                }
            }
            float unknown = unknownScore + best[start];
            if (!covered && (from[oneCharacter] < 0 || unknown > best[oneCharacter])) {
                best[oneCharacter] = unknown;
                from[oneCharacter] = start;
                ids[oneCharacter] = vocabulary.unkId();
            }
            start = oneCharacter;
        }
        List<Segment> segments = new ArrayList<>();
        for (int end = length; end > 0; end = from[end]) {
            segments.add(new Segment(from[end], end, ids[end]));
        }
        Collections.reverse(segments);
        return segments;
    }
}
