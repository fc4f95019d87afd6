package org.jocular.tokenizers;

import java.nio.charset.StandardCharsets;
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

    private final Node trie = new Node();
    /** By id. */
    private final double[] scores;

    private final double unknownScore;
    private final int unkId;
    private final boolean singlePrecision;

    private static final class Node {
        final Map<Integer, Node> children = new HashMap<>(2);
        int id = -1;
    }

    /**
     * @param scores by id
     * @param singlePrecision sums are kept in float, as google/sentencepiece does, not in double, as
     *     huggingface/tokenizers does: ties depend on it
     */
    private UnigramEncoder(
            Map<String, Integer> pieces, double[] scores, double worst, int unkId, boolean singlePrecision) {
        this.scores = scores;
        this.unknownScore = worst - UNKNOWN_PENALTY;
        this.unkId = unkId;
        this.singlePrecision = singlePrecision;
        for (Map.Entry<String, Integer> entry : pieces.entrySet()) {
            Node node = trie;
            for (int codePoint : entry.getKey().codePoints().toArray()) {
                node = node.children.computeIfAbsent(codePoint, c -> new Node());
            }
            node.id = entry.getValue();
        }
    }

    /** As huggingface/tokenizers, where special pieces are pieces like any other. */
    static UnigramEncoder ofJson(Map<String, Integer> pieces, double[] scores, int unkId) {
        double worst = Arrays.stream(scores).min().orElse(0);
        return new UnigramEncoder(pieces, scores, worst, unkId, false);
    }

    /** As google/sentencepiece. */
    static UnigramEncoder of(Vocabulary vocabulary) {
        float worst = Float.MAX_VALUE;
        float best = -Float.MAX_VALUE;
        double[] scores = new double[vocabulary.size()];
        Map<String, Integer> usable = new HashMap<>(vocabulary.textPieces());
        usable.values().removeIf(id -> vocabulary.type(id) == PieceType.UNUSED);
        for (int id : usable.values()) {
            scores[id] = vocabulary.score(id);
            if (vocabulary.type(id) == PieceType.NORMAL) {
                worst = Math.min(worst, vocabulary.score(id));
                best = Math.max(best, vocabulary.score(id));
            }
        }
        for (Map.Entry<String, Integer> entry : usable.entrySet()) {
            if (vocabulary.type(entry.getValue()) == PieceType.USER_DEFINED) {
                scores[entry.getValue()] = userDefinedScore(entry.getKey(), best);
            }
        }
        return new UnigramEncoder(usable, scores, worst, vocabulary.unkId(), true);
    }

    /** User-defined symbols get a bonus by which they always win. */
    private static double userDefinedScore(String symbol, float best) {
        int bytes = symbol.getBytes(StandardCharsets.UTF_8).length;
        return bytes * best - 0.1;
    }

    @Override
    public List<Segment> segment(String normalized) {
        int length = normalized.length();
        double[] best = new double[length + 1];
        int[] from = new int[length + 1];
        int[] ids = new int[length + 1];
        Arrays.fill(from, -1);
        for (int start = 0; start < length; ) {
            int oneCharacter = start + Character.charCount(normalized.codePointAt(start));
            boolean covered = false;
            Node node = trie;
            for (int at = start; at < length; ) {
                int codePoint = normalized.codePointAt(at);
                @Nullable Node child = node.children.get(codePoint);
                if (child == null) {
                    break;
                }
                node = child;
                at += Character.charCount(codePoint);
                if (node.id < 0) {
                    continue;
                }
                covered |= at == oneCharacter;
                double sum = scores[node.id] + best[start];
                if (from[at] < 0 || sum > best[at]) {
                    best[at] = kept(sum);
                    from[at] = start;
                    ids[at] = node.id;
                }
            }
            double unknown = kept(unknownScore + best[start]);
            if (!covered && (from[oneCharacter] < 0 || unknown > best[oneCharacter])) {
                best[oneCharacter] = unknown;
                from[oneCharacter] = start;
                ids[oneCharacter] = unkId;
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

    private double kept(double sum) {
        return singlePrecision ? (float) sum : sum;
    }
}
