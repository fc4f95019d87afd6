package org.jocular.llama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jspecify.annotations.Nullable;

/**
 * T5's positions: for each head, a learned number for each range of distances is added to the scores of attention; Raffel et al. 2020,
 * section 2.1; reference {@code T5Attention.compute_bias} in {@code modeling_t5.py}.
 *
 * @param table (buckets, heads), F32
 * @param maxDistance from here on all distances are in one bucket
 * @param bidirectional whether keys after the query have buckets of their own: half of them
 */
record RelativeBias(Tensor table, int maxDistance, boolean bidirectional) {
    /** @param weights of the attention that holds the table: that of a stack's first layer */
    static RelativeBias load(Weights weights, T5.Config config, boolean bidirectional) {
        Tensor table = weights.floats(
                "relative_attention_bias.weight", config.relativeAttentionNumBuckets(), config.numHeads());
        return new RelativeBias(table, config.relativeAttentionMaxDistance(), bidirectional);
    }

    /** Attention of all rows of a prompt to each other. */
    AttentionSpec ofPrompt(int rows) {
        int[] positions = IntStream.range(0, rows).toArray();
        return spec(positions, positions, false, null);
    }

    /** Attention of a request's rows to its cache: by positions in the sequence, whatever rows of other branches lie between. */
    AttentionSpec of(Batch.Part part) {
        int[] keys =
                IntStream.range(0, part.at() + part.rows()).map(part::position).toArray();
        return spec(part.positions(), keys, part.mask() == null, part.mask());
    }

    private AttentionSpec spec(int[] queries, int[] keys, boolean causal, @Nullable Tensor mask) {
        return new AttentionSpec(table.width(), table.width(), 1, causal, scores(queries, keys), mask);
    }

    /**
     * What is added to the scores. It is made here and not by the pass, because it depends on a constant of the weights and on positions only,
     * which are known before: the same tensor serves all layers of a stack, and no executor needs an operation for it.
     *
     * @param queries their positions
     * @param keys their positions
     * @return (heads, queries, keys)
     */
    private Tensor scores(int[] queries, int[] keys) {
        int heads = table.width();
        float[] learned = table.toFloats();
        Tensor bias = Tensor.zeros(Arena.ofAuto(), DType.F32, heads, queries.length, keys.length);
        MemorySegment data = bias.data();
        int[] bucket = new int[keys.length];
        for (int query = 0; query < queries.length; query++) {
            for (int key = 0; key < keys.length; key++) {
                bucket[key] = bucket(keys[key] - queries[query]);
            }
            for (int head = 0; head < heads; head++) {
                long row = ((long) head * queries.length + query) * keys.length;
                for (int key = 0; key < keys.length; key++) {
                    data.setAtIndex(ValueLayout.JAVA_FLOAT, row + key, learned[bucket[key] * heads + head]);
                }
            }
        }
        return bias;
    }

    /** @param distance position of the key less that of the query */
    int bucket(int distance) {
        int buckets = (int) table.rows();
        if (!bidirectional) {
            return sideBucket(Math.max(-distance, 0), buckets);
        }
        int side = buckets / 2;
        return (distance > 0 ? side : 0) + sideBucket(Math.abs(distance), side);
    }

    /** One bucket for each of the first half of the buckets' number, then wider and wider ones, as the logarithm grows. */
    private int sideBucket(int distance, int buckets) {
        int exact = buckets / 2;
        if (distance < exact) {
            return distance;
        }
        // In float, as the reference computes: 16, 32, 64 lie on borders, and must fall to the same side.
        float ratio = (float) Math.log(distance / (float) exact) / (float) Math.log(maxDistance / (double) exact);
        return Math.min(buckets - 1, exact + (int) (ratio * (buckets - exact)));
    }
}
