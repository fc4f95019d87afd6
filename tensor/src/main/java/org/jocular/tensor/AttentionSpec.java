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
 * @param keyMask one U8 a key, 0 where the key is padding and nobody may look
 */
public record AttentionSpec(
        int heads,
        int kvHeads,
        float scale,
        boolean causal,
        @Nullable Tensor bias,
        @Nullable Tensor keyMask) {
    /** Every query sees every key. */
    public static AttentionSpec bidirectional(int heads, int headDim) {
        return new AttentionSpec(heads, heads, (float) (1 / Math.sqrt(headDim)), false, null, null);
    }

    /** Each query sees the keys up to its own position. */
    public static AttentionSpec causal(int heads, int kvHeads, int headDim) {
        return new AttentionSpec(heads, kvHeads, (float) (1 / Math.sqrt(headDim)), true, null, null);
    }
}
