package org.jocular.tensor;

import static org.jocular.tensor.RegisterTile.COLUMNS;
import static org.jocular.tensor.RegisterTile.ROWS;
import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention for many queries with online softmax (Milakov &amp; Gimelshein 2018, Dao et al. 2022): keys come in blocks, and running
 * maxima and sums correct what was added up before, so that the scores of one block are all that is ever stored.
 *
 * <p>Everything is transposed: scores are Sᵀ = K·qᵀ, (keys, queries), with one tile of queries across the lanes. Then the softmax needs no
 * sum across lanes, and the weights Pᵀ already lie as the second factor of Oᵀ = Vᵀ·Pᵀ must: nothing is packed between the two products.
 */
final class FlashAttention {
    /** Keys of a block: their scores for one tile of queries fill half of a first-level cache. */
    private static final int BLOCK = 16 * ROWS;

    private final ThreadPool pool;
    private final Scratch[] scratch;

    /** What one thread needs for a head; sizes grow with the keys, never with queries times keys. */
    private static final class Scratch {
        private float[] keys = new float[0];
        private float[] values = new float[0];
        private float[] query = new float[0];
        private float[] output = new float[0];
        private final float[] scores = new float[BLOCK * COLUMNS];
        private final float[] max = new float[COLUMNS];
        private final float[] sum = new float[COLUMNS];

        private void reserve(int keyCount, int headDim) {
            int tiles = (keyCount + ROWS - 1) / ROWS;
            int dimTiles = (headDim + ROWS - 1) / ROWS;
            if (keys.length < tiles * ROWS * headDim) {
                keys = new float[tiles * ROWS * headDim];
            }
            if (values.length < dimTiles * ROWS * keyCount) {
                values = new float[dimTiles * ROWS * keyCount];
            }
            if (query.length < headDim * COLUMNS) {
                query = new float[headDim * COLUMNS];
                output = new float[dimTiles * ROWS * COLUMNS];
            }
        }
    }

    FlashAttention(ThreadPool pool) {
        this.pool = pool;
        scratch = new Scratch[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    void attend(Tensor q, Tensor k, Tensor v, AttentionSpec spec, Tensor y) {
        int queryTiles = ((int) q.rows() + COLUMNS - 1) / COLUMNS;
        // A task is one key/value head with a part of the queries: enough tasks for all threads, few enough that
        // packing the keys pays.
        int parts = Math.clamp((4L * pool.threads() + spec.kvHeads() - 1) / spec.kvHeads(), 1, queryTiles);
        int group = spec.heads() / spec.kvHeads();
        pool.forEach(spec.kvHeads() * parts, (thread, task) -> {
            int kvHead = task / parts;
            int part = task % parts;
            Scratch s = scratch[thread];
            packKeysAndValues(s, k, v, kvHead, k.width() / spec.kvHeads());
            for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
                for (int tile = queryTiles * part / parts; tile < queryTiles * (part + 1) / parts; tile++) {
                    attendTile(s, q, (int) k.rows(), spec, head, tile * COLUMNS, y);
                }
            }
        });
    }

    /** Keys as panels of rows over the head's dimensions, values as panels of dimensions over the keys. */
    private static void packKeysAndValues(Scratch s, Tensor k, Tensor v, int kvHead, int headDim) {
        int keys = (int) k.rows();
        s.reserve(keys, headDim);
        for (int key = 0; key < keys; key++) {
            long offset = 4L * ((long) key * k.width() + kvHead * headDim);
            int keyAt = key / ROWS * ROWS * headDim + key % ROWS;
            for (int d = 0; d < headDim; d++) {
                s.keys[keyAt + d * ROWS] = Simd.getFloat(k.address() + offset + 4L * d);
            }
            for (int d = 0; d < headDim; d++) {
                s.values[d / ROWS * ROWS * keys + key * ROWS + d % ROWS] = Simd.getFloat(v.address() + offset + 4L * d);
            }
        }
    }

    /** One tile of queries from {@code first} on against all keys. */
    private static void attendTile(Scratch s, Tensor q, int keys, AttentionSpec spec, int head, int first, Tensor y) {
        int headDim = q.width() / spec.heads();
        int dimTiles = (headDim + ROWS - 1) / ROWS;
        int queries = Math.min(COLUMNS, (int) q.rows() - first);
        packQueries(s, q, headDim, head, first, queries, spec.scale());
        Arrays.fill(s.max, Float.NEGATIVE_INFINITY);
        Arrays.fill(s.sum, 0);
        Arrays.fill(s.output, 0, dimTiles * ROWS * COLUMNS, 0);
        // The last query of the tile sees the most keys.
        int past = keys - (int) q.rows();
        int visible = spec.causal() ? Math.min(keys, past + first + queries) : keys;
        for (int from = 0; from < visible; from += BLOCK) {
            int n = Math.min(BLOCK, visible - from);
            for (int i = 0; i < n; i += ROWS) {
                int keyAt = (from + i) * headDim;
                RegisterTile.multiply(headDim, s.keys, keyAt, s.query, 0, s.scores, i * COLUMNS, COLUMNS, false);
            }
            mask(s, spec, head, first, queries, (int) q.rows(), keys, from, n);
            softmax(s, n, dimTiles * ROWS);
            for (int d = 0; d < dimTiles; d++) {
                int valueAt = (d * keys + from) * ROWS;
                RegisterTile.multiply(n, s.values, valueAt, s.scores, 0, s.output, d * ROWS * COLUMNS, COLUMNS, true);
            }
        }
        for (int j = 0; j < queries; j++) {
            long to = y.address() + 4L * ((long) (first + j) * y.width() + head * headDim);
            float scale = s.sum[j] == 0 ? 0 : 1 / s.sum[j];
            for (int d = 0; d < headDim; d++) {
                Simd.setFloat(to + 4L * d, s.output[d * COLUMNS + j] * scale);
            }
        }
    }

    private static void packQueries(Scratch s, Tensor q, int headDim, int head, int first, int queries, float scale) {
        Arrays.fill(s.query, 0, headDim * COLUMNS, 0);
        for (int j = 0; j < queries; j++) {
            long from = q.address() + 4L * ((long) (first + j) * q.width() + head * headDim);
            for (int d = 0; d < headDim; d++) {
                s.query[d * COLUMNS + j] = Simd.getFloat(from + 4L * d) * scale;
            }
        }
    }

    /** Adds the bias to the scores of a block, and −∞ where a query may not look. */
    private static void mask(
            Scratch s,
            AttentionSpec spec,
            int head,
            int first,
            int queries,
            int allQueries,
            int keys,
            int from,
            int n) {
        Tensor bias = spec.bias();
        if (bias != null) {
            for (int j = 0; j < queries; j++) {
                long row = bias.address() + 4L * (((long) head * allQueries + first + j) * keys + from);
                for (int i = 0; i < n; i++) {
                    s.scores[i * COLUMNS + j] += Simd.getFloat(row + 4L * i);
                }
            }
        }
        Tensor keyMask = spec.keyMask();
        if (keyMask != null) {
            for (int i = 0; i < n; i++) {
                if (keyMask.get(from + i) == 0) {
                    Arrays.fill(s.scores, i * COLUMNS, (i + 1) * COLUMNS, Float.NEGATIVE_INFINITY);
                }
            }
        }
        if (spec.causal()) {
            int past = keys - allQueries + first;
            for (int i = Math.max(0, past + 1 - from); i < n; i++) {
                // Key from + i is hidden from the queries before it.
                int hidden = Math.min(COLUMNS, from + i - past);
                Arrays.fill(s.scores, i * COLUMNS, i * COLUMNS + hidden, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** Turns the scores of a block into weights relative to the new maximum, and brings sum and output down to it. */
    private static void softmax(Scratch s, int n, int outputRows) {
        for (int j = 0; j < COLUMNS; j += L) {
            FloatVector before = FloatVector.fromArray(F, s.max, j);
            FloatVector max = before;
            for (int i = 0; i < n; i++) {
                max = max.max(FloatVector.fromArray(F, s.scores, i * COLUMNS + j));
            }
            max.intoArray(s.max, j);
            // Where nothing was visible yet, the maximum is −∞ and −∞ − (−∞) is no number: subtract 0 instead.
            FloatVector base = max.blend(0f, max.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
            FloatVector correction = VectorMath.exp(before.sub(base));
            FloatVector sum = FloatVector.fromArray(F, s.sum, j).mul(correction);
            for (int i = 0; i < n; i++) {
                FloatVector weight = VectorMath.exp(
                        FloatVector.fromArray(F, s.scores, i * COLUMNS + j).sub(base));
                weight.intoArray(s.scores, i * COLUMNS + j);
                sum = sum.add(weight);
            }
            sum.intoArray(s.sum, j);
            for (int i = 0; i < outputRows; i++) {
                FloatVector.fromArray(F, s.output, i * COLUMNS + j)
                        .mul(correction)
                        .intoArray(s.output, i * COLUMNS + j);
            }
        }
    }
}
