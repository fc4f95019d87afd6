package org.jocular.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Ops#attention} computes beside its three inputs.
 *
 * @param heads number of query heads; the width of q is heads · headDim
 * @param kvHeads number of key and value heads; each serves heads / kvHeads consecutive query heads (grouped-query attention)
 * @param scale factor on q·k, 1/√headDim everywhere but in T5, where it is 1
 * @param causal whether query i of n sees only the keys up to position keys − n + i: the last query sees all of them
 * @param bias added to the scaled scores, (heads, queries, keys); T5's relative positions
 * @param mask one U8 for each query and key, (queries, keys), 0 where that query may not look; or one for each key, (keys), the same for all
 * @param segments where several pictures or texts stand below each other and none sees another; excludes bias and mask
 */
public record AttentionSpec(
        int heads,
        int kvHeads,
        float scale,
        boolean causal,
        @Nullable Tensor bias,
        @Nullable Tensor mask,
        @Nullable Segments segments) {

    /**
     * Rows that belong together.
     *
     * @param queries how many rows of q each segment has, the first segment first
     * @param keys the same of k and v
     */
    public record Segments(int[] queries, int[] keys) {
        /** Of equal sizes; null where there is but one. */
        static @Nullable Segments equal(int segments, int queries, int keys) {
            return segments == 1 ? null : new Segments(repeated(segments, queries), repeated(segments, keys));
        }

        private static int[] repeated(int n, int value) {
            int[] values = new int[n];
            Arrays.fill(values, value);
            return values;
        }

        boolean fit(Tensor q, Tensor k) {
            return queries.length == keys.length
                    && Arrays.stream(queries).sum() == q.rows()
                    && Arrays.stream(keys).sum() == k.rows();
        }
    }

    /** All rows are one segment. */
    public AttentionSpec(
            int heads, int kvHeads, float scale, boolean causal, @Nullable Tensor bias, @Nullable Tensor mask) {
        this(heads, kvHeads, scale, causal, bias, mask, null);
    }

    /** Every query sees every key. */
    public static AttentionSpec bidirectional(int heads, int headDim) {
        return new AttentionSpec(heads, heads, (float) (1 / Math.sqrt(headDim)), false, null, null);
    }

    /** Every query sees every key of its own segment: {@code queries} rows of q belong to {@code keys} rows of k, the next to the next. */
    public static AttentionSpec bidirectional(int heads, int headDim, int segments, int queries, int keys) {
        return bidirectional(heads, headDim).in(Segments.equal(segments, queries, keys));
    }

    /** What is done with the rows of one segment: {@code queries} of q from row {@code at} on, {@code keys} of k and v from row {@code from} on. */
    interface OfSegment {
        void rows(long at, int queries, long from, int keys);
    }

    /** Does something with each segment; with all rows where there are none. */
    void each(Tensor q, Tensor k, OfSegment action) {
        if (segments == null) {
            action.rows(0, (int) q.rows(), 0, (int) k.rows());
            return;
        }
        long at = 0;
        long from = 0;
        for (int i = 0; i < segments.queries.length; i++) {
            action.rows(at, segments.queries[i], from, segments.keys[i]);
            at += segments.queries[i];
            from += segments.keys[i];
        }
    }

    /** The same within segments. */
    public AttentionSpec in(@Nullable Segments newSegments) {
        return new AttentionSpec(heads, kvHeads, scale, causal, bias, mask, newSegments);
    }

    /** The same with another bias and another mask. */
    public AttentionSpec with(@Nullable Tensor newBias, @Nullable Tensor newMask) {
        // A mask says all that a query may see.
        return new AttentionSpec(heads, kvHeads, scale, causal && newMask == null, newBias, newMask, segments);
    }

    /** Where in the mask the keys of one query begin. */
    long maskRow(int query, int keys) {
        return mask == null || mask.shape().length == 1 ? 0 : (long) query * keys;
    }

    /** Each query sees the keys up to its own position. */
    public static AttentionSpec causal(int heads, int kvHeads, int headDim) {
        return new AttentionSpec(heads, kvHeads, (float) (1 / Math.sqrt(headDim)), true, null, null);
    }
}
