package org.jocular.tokenizers;

import java.util.PriorityQueue;

/**
 * The loop of byte-pair encoding: of all neighbours that may merge the best pair goes first, the leftmost among equals,
 * until none is left; O(n log n). What a symbol is, and which pair is best, the two kinds of models say.
 */
final class MergeLoop {
    /** The rank of a pair that does not merge. */
    static final long NEVER = Long.MAX_VALUE;

    static final int NONE = -1;

    private MergeLoop() {}

    /** Symbols are numbered from the left; a merge leaves the left one's number. */
    interface Rule {
        /** How soon two neighbours merge, the smallest number first; {@link #NEVER} where they do not. */
        long rank(int left, int right);

        /** {@code left} takes up {@code right}, at the rank that {@link #rank} gave. */
        void merge(int left, int right, long rank);
    }

    /** {@code after} is the right one's neighbour: where it is still the same, neither of the two has grown. */
    private record Pair(long rank, int left, int right, int after) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byRank = Long.compare(rank, other.rank);
            return byRank != 0 ? byRank : Integer.compare(left, other.left);
        }
    }

    /**
     * Merges until no pair is left.
     *
     * @param count number of symbols at the start, at least 1
     * @return by symbol, its successor in the end; symbol 0 is always the first, {@link #NONE} ends the list
     */
    static int[] run(int count, Rule rule) {
        int[] previous = new int[count];
        int[] next = new int[count];
        for (int i = 0; i < count; i++) {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : NONE;
        }
        PriorityQueue<Pair> agenda = new PriorityQueue<>();
        for (int i = 1; i < count; i++) {
            offer(agenda, rule, i - 1, i, next);
        }
        while (!agenda.isEmpty()) {
            Pair pair = agenda.remove();
            if (next[pair.left] != pair.right || next[pair.right] != pair.after) {
                continue; // one of the two has been merged since
            }
            rule.merge(pair.left, pair.right, pair.rank);
            next[pair.left] = pair.after;
            next[pair.right] = NONE;
            if (pair.after != NONE) {
                previous[pair.after] = pair.left;
            }
            offer(agenda, rule, previous[pair.left], pair.left, next);
            offer(agenda, rule, pair.left, pair.after, next);
        }
        return next;
    }

    private static void offer(PriorityQueue<Pair> agenda, Rule rule, int left, int right, int[] next) {
        long rank = left == NONE || right == NONE ? NEVER : rule.rank(left, right);
        if (rank != NEVER) {
            agenda.add(new Pair(rank, left, right, next[right]));
        }
    }
}
