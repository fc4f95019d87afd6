package org.jocular.tensor;

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
 */
public record AttentionSpec(
        int heads,
        int kvHeads,
        float scale,
        boolean causal,
        @Nullable Tensor bias,
        @Nullable Tensor mask) {

    /** Every query sees every key. */
    public static AttentionSpec bidirectional(int heads, int headDim) {
        return new AttentionSpec(heads, heads, (float) (1 / Math.sqrt(headDim)), false, null, null);
    }

    /** The same with another bias and another mask. */
    public AttentionSpec with(@Nullable Tensor newBias, @Nullable Tensor newMask) {
        // A mask says all that a query may see.
        return new AttentionSpec(heads, kvHeads, scale, causal && newMask == null, newBias, newMask);
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
