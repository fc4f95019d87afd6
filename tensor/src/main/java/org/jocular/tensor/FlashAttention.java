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
        private final Transpose transpose = new Transpose();
        private float[] rows = new float[0];
        private float[] keys = new float[0];
        private float[] values = new float[0];
        private float[] query = new float[0];
        private float[] output = new float[0];
        private final float[] scores = new float[(BLOCK + 1) * COLUMNS];
        private final float[] max = new float[COLUMNS];
        private final float[] sum = new float[COLUMNS];
        private final float[] base = new float[COLUMNS];
        private final float[] blockSum = new float[COLUMNS];
        private final float[] correction = new float[COLUMNS];

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
                // For rows of keys, of queries, and of output: on NEON a tile is higher than wide.
                rows = new float[Math.max(ROWS, COLUMNS) * (Transpose.stride(headDim) + ROWS)];
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
        for (int first = 0; first < keys; first += ROWS) {
            load(s.rows, k, first, Math.min(ROWS, keys - first), kvHead, headDim);
            s.transpose.rows(s.rows, Transpose.stride(headDim), ROWS, headDim, s.keys, first * headDim);
        }
        for (int key = 0; key < keys; key++) {
            long from = v.address() + 4L * ((long) key * v.width() + kvHead * headDim);
            for (int d = 0; d < headDim; d += ROWS) {
                Simd.copy(from + 4L * d, s.values, d * keys + key * ROWS, Math.min(ROWS, headDim - d));
            }
        }
    }

    /** One head of some rows of x, one row after the other. */
    static void load(float[] rows, Tensor x, int first, int n, int head, int headDim) {
        for (int i = 0; i < n; i++) {
            long from = x.address() + 4L * ((long) (first + i) * x.width() + head * headDim);
            Simd.copy(from, rows, i * Transpose.stride(headDim), headDim);
        }
    }

    /** One tile of queries from {@code first} on against all keys. */
    private static void attendTile(Scratch s, Tensor q, int keys, AttentionSpec spec, int head, int first, Tensor y) {
        int headDim = q.width() / spec.heads();
        int dimTiles = (headDim + ROWS - 1) / ROWS;
        int queries = Math.min(COLUMNS, (int) q.rows() - first);
        load(s.rows, q, first, queries, head, headDim);
        s.transpose.rows(s.rows, Transpose.stride(headDim), COLUMNS, headDim, s.query, 0);
        scale(s.query, headDim * COLUMNS, spec.scale());
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
            mask(s.scores, spec, head, first, queries, (int) q.rows(), keys, from, n);
            softmax(s, n, dimTiles * ROWS);
            for (int d = 0; d < dimTiles; d++) {
                int valueAt = (d * keys + from) * ROWS;
                RegisterTile.multiply(n, s.values, valueAt, s.scores, 0, s.output, d * ROWS * COLUMNS, COLUMNS, true);
            }
        }
        normalise(s, dimTiles * ROWS);
        s.transpose.rows(s.output, COLUMNS, dimTiles * ROWS, queries, s.rows, 0);
        for (int j = 0; j < queries; j++) {
            long to = y.address() + 4L * ((long) (first + j) * y.width() + head * headDim);
            Simd.copy(s.rows, j * dimTiles * ROWS, to, headDim);
        }
    }

    private static void scale(float[] values, int n, float factor) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, values, i).mul(factor).intoArray(values, i);
        }
    }

    /** Divides by the sums; a query that saw nothing gets zeros. */
    private static void normalise(Scratch s, int outputRows) {
        for (int j = 0; j < COLUMNS; j += L) {
            FloatVector sum = FloatVector.fromArray(F, s.sum, j);
            FloatVector factor = FloatVector.broadcast(F, 1f).div(sum).blend(0f, sum.eq(0f));
            for (int i = 0; i < outputRows; i++) {
                int at = i * COLUMNS + j;
                FloatVector.fromArray(F, s.output, at).mul(factor).intoArray(s.output, at);
            }
        }
    }

    /** Adds the bias to the scores of a block, and −∞ where a query may not look. */
    static void mask(
            float[] scores,
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
                    scores[i * COLUMNS + j] += Simd.getFloat(row + 4L * i);
                }
            }
        }
        Tensor mask = spec.mask();
        if (mask != null) {
            for (int j = 0; j < queries; j++) {
                long row = mask.address() + spec.maskRow(first + j, keys) + from;
                for (int i = 0; i < n; i++) {
                    if (Simd.getByte(row + i) == 0) {
                        scores[i * COLUMNS + j] = Float.NEGATIVE_INFINITY;
                    }
                }
            }
        }
        if (spec.causal()) {
            int past = keys - allQueries + first;
            for (int i = Math.max(0, past + 1 - from); i < n; i++) {
                // Key from + i is hidden from the queries before it.
                int hidden = Math.min(COLUMNS, from + i - past);
                Arrays.fill(scores, i * COLUMNS, i * COLUMNS + hidden, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** Turns the scores of a block into weights relative to the new maximum, and brings sum and output down to it. */
    private static void softmax(Scratch s, int n, int outputRows) {
        maxima(s, n);
        for (int j = 0; j < COLUMNS; j += L) {
            // The old maximum lies behind the last score: what becomes of it is the correction for what was added up
            // before.
            exponentials(s.scores, j, n, s.base, s.blockSum);
            exponentials(s.scores, n * COLUMNS + j, 1, s.base, s.correction);
        }
        for (int j = 0; j < COLUMNS; j += L) {
            FloatVector correction = FloatVector.fromArray(F, s.correction, j);
            FloatVector before = FloatVector.fromArray(F, s.sum, j).mul(correction);
            before.add(FloatVector.fromArray(F, s.blockSum, j)).intoArray(s.sum, j);
            for (int i = 0; i < outputRows; i++) {
                int at = i * COLUMNS + j;
                FloatVector.fromArray(F, s.output, at).mul(correction).intoArray(s.output, at);
            }
        }
    }

    /** Both vectors of a tile at once, because each step waits for the one before. */
    private static void maxima(Scratch s, int n) {
        FloatVector a = FloatVector.fromArray(F, s.max, 0);
        FloatVector b = FloatVector.fromArray(F, s.max, L);
        a.intoArray(s.scores, n * COLUMNS);
        b.intoArray(s.scores, n * COLUMNS + L);
        for (int i = 0; i < n; i++) {
            FloatVector c = FloatVector.fromArray(F, s.scores, i * COLUMNS);
            FloatVector d = FloatVector.fromArray(F, s.scores, i * COLUMNS + L);
            a = a.blend(c, c.compare(VectorOperators.GT, a));
            b = b.blend(d, d.compare(VectorOperators.GT, b));
        }
        a.intoArray(s.max, 0);
        b.intoArray(s.max, L);
        // Where nothing was visible yet, the maximum is −∞ and −∞ − (−∞) is no number: subtract 0 instead.
        a.blend(0f, a.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY)).intoArray(s.base, 0);
        b.blend(0f, b.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY)).intoArray(s.base, L);
    }

    /** A method of its own, so that the exponential is inlined once and its vectors stay in registers. */
    private static void exponentials(float[] scores, int from, int n, float[] base, float[] sums) {
        int j = from % COLUMNS;
        FloatVector max = FloatVector.fromArray(F, base, j);
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < n; i++) {
            int at = from + i * COLUMNS;
            FloatVector weight =
                    VectorMath.exp(FloatVector.fromArray(F, scores, at).sub(max));
            weight.intoArray(scores, at);
            sum = sum.add(weight);
        }
        sum.intoArray(sums, j);
    }
}
