package org.jocular.tokenizers;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Byte-pair encoding by a list of merges: of all neighbours that a merge names, the earliest merge is applied first,
 * and of its places the leftmost; O(n log n). Sennrich et al. 2016 (arXiv 1508.07909); {@code Word::merge_all} of
 * huggingface/tokenizers.
 */
final class MergeBpe {
    private static final int NONE = -1;

    /** By both halves, left in the upper 32 bits: rank in the upper and the id of the whole in the lower 32 bits. */
    private final Map<Long, Long> merges = new HashMap<>();

    /** {@code rank} is the merge's place in the list. */
    void add(int rank, int left, int right, int whole) {
        merges.put(pack(left, right), pack(rank, whole));
    }

    private static long pack(int upper, int lower) {
        return (long) upper << 32 | lower;
    }

    private record Pair(long rankAndWhole, int left, int right) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byRank = Long.compare(rankAndWhole, other.rankAndWhole);
            return byRank != 0 ? byRank : Integer.compare(left, other.left);
        }
    }

    /** Merges what can be merged. */
    int[] merge(int[] symbols) {
        int[] ids = symbols.clone();
        int[] previous = new int[ids.length];
        int[] next = new int[ids.length];
        PriorityQueue<Pair> agenda = new PriorityQueue<>();
        for (int i = 0; i < ids.length; i++) {
            previous[i] = i - 1;
            next[i] = i + 1 < ids.length ? i + 1 : NONE;
            offer(agenda, ids, i - 1, i);
        }
        while (!agenda.isEmpty()) {
            Pair pair = agenda.remove();
            Long now = next[pair.left] == pair.right ? merges.get(pack(ids[pair.left], ids[pair.right])) : null;
            if (now == null || now != pair.rankAndWhole) {
                continue; // one of the two has been merged since
            }
            ids[pair.left] = (int) pair.rankAndWhole;
            int after = next[pair.right];
            next[pair.left] = after;
            next[pair.right] = NONE;
            if (after != NONE) {
                previous[after] = pair.left;
            }
            offer(agenda, ids, previous[pair.left], pair.left);
            offer(agenda, ids, pair.left, after);
        }
        IntStream.Builder merged = IntStream.builder();
        for (int i = ids.length == 0 ? NONE : 0; i != NONE; i = next[i]) {
            merged.add(ids[i]);
        }
        return merged.build().toArray();
    }

    private void offer(PriorityQueue<Pair> agenda, int[] ids, int left, int right) {
        if (left == NONE || right == NONE) {
            return;
        }
        Long merge = merges.get(pack(ids[left], ids[right]));
        if (merge != null) {
            agenda.add(new Pair(merge, left, right));
        }
    }
}
