package org.jocular.tokenizers;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Byte-pair encoding by a list of merges: of all neighbours that a merge names, the earliest merge is applied first.
 * Sennrich et al. 2016 (arXiv 1508.07909); {@code Word::merge_all} of huggingface/tokenizers.
 */
final class MergeBpe {
    /** By both halves, left in the upper 32 bits: rank in the upper and the id of the whole in the lower 32 bits. */
    private final Map<Long, Long> merges = new HashMap<>();

    /**
     * Adds a merge to the list.
     *
     * @param rank the merge's place in the list
     * @param vocabulary ids of both halves and of the whole
     * @return false if one of the three is not there, or if a half is empty
     */
    boolean add(int rank, String left, String right, Map<String, Integer> vocabulary) {
        Integer leftId = vocabulary.get(left);
        Integer rightId = vocabulary.get(right);
        Integer wholeId = vocabulary.get(left + right);
        if (leftId == null || rightId == null || wholeId == null || left.isEmpty() || right.isEmpty()) {
            return false;
        }
        merges.put(pack(leftId, rightId), pack(rank, wholeId));
        return true;
    }

    private static long pack(int upper, int lower) {
        return (long) upper << 32 | lower;
    }

    /** Merges what can be merged. */
    int[] merge(int[] symbols) {
        if (symbols.length < 2) {
            return symbols;
        }
        int[] ids = symbols.clone();
        int[] next = MergeLoop.run(ids.length, new MergeLoop.Rule() {
            @Override
            public long rank(int left, int right) {
                Long merge = merges.get(pack(ids[left], ids[right]));
                return merge == null ? MergeLoop.NEVER : merge;
            }

            @Override
            public void merge(int left, int right, long rank) {
                ids[left] = (int) rank;
            }
        });
        IntStream.Builder merged = IntStream.builder();
        for (int i = 0; i != MergeLoop.NONE; i = next[i]) {
            merged.add(ids[i]);
        }
        return merged.build().toArray();
    }
}
