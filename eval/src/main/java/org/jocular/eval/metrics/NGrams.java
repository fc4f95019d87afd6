package org.jocular.eval.metrics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The n-grams of one to four words of tokenised captions ({@code precook} of pycocoevalcap's scorers). An n-gram is
 * known by a number: that of its first n−1 words and of its last word make a key of 64 bits, so that the references of
 * thousands of images fit in arrays of integers.
 */
final class NGrams {
    static final int ORDERS = 4;

    private static final int NOTHING = -1;

    private final Map<String, Integer> words = new HashMap<>();
    private final Map<Long, Integer> ids = new HashMap<>();

    /**
     * The n-grams of one caption.
     *
     * @param length in words
     * @param ids    by n−1: the n-grams that occur, ascending
     * @param counts by n−1: how often each of them occurs
     */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Bag(int length, int[][] ids, int[][] counts) {
        /** How often an n-gram of {@code order} + 1 words occurs. */
        int count(int order, int id) {
            int at = Arrays.binarySearch(ids[order], id);
            return at < 0 ? 0 : counts[order][at];
        }
    }

    /** Distinct n-grams seen so far; their numbers lie below. */
    int size() {
        return ids.size();
    }

    /** Counts the n-grams of a caption; words end at any white space, no-break spaces too. */
    Bag count(String caption) {
        List<String> tokens = Python.split(caption);
        int length = tokens.size();
        int[] prefixes = new int[length]; // number of the n-gram that begins at each word
        Arrays.fill(prefixes, NOTHING);
        int[][] ids = new int[ORDERS][];
        int[][] counts = new int[ORDERS][];
        for (int order = 0; order < ORDERS; order++) {
            int[] found = new int[Math.max(0, length - order)];
            for (int i = 0; i < found.length; i++) {
                int word = words.computeIfAbsent(tokens.get(i + order), key -> words.size());
                long key = (long) prefixes[i] << 32 | word;
                prefixes[i] = this.ids.computeIfAbsent(key, k -> this.ids.size());
                found[i] = prefixes[i];
            }
            Arrays.sort(found);
            ids[order] = Arrays.stream(found).distinct().toArray();
            counts[order] = new int[ids[order].length];
            int at = -1;
            for (int i = 0; i < found.length; i++) {
                at += i == 0 || found[i] != found[i - 1] ? 1 : 0;
                counts[order][at]++;
            }
        }
        return new Bag(length, ids, counts);
    }
}
