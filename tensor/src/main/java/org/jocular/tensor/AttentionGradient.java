package org.jocular.tensor;

import static org.jocular.tensor.RegisterTile.COLUMNS;
import static org.jocular.tensor.RegisterTile.ROWS;
import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * The way back through attention, with the weights computed again from q and k (Dao et al. 2022, section 3.1 and appendix B): for one tile of
 * queries at a time, so that memory grows with the keys only.
 *
 * <p>As in {@link FlashAttention} scores are transposed, (keys, queries) with queries across the lanes: dP and dS then lie as the second factor
 * of dqᵀ = kᵀ·dSᵀ must. For dv = Pᵀ·dy and dk = dSᵀ·q they are the first factor, and are turned once.
 */
final class AttentionGradient {
    private final ThreadPool pool;
    private final Scratch[] scratch;

    /** What one thread needs for a head. A panel of dimensions is (rows, ROWS) or (rows, COLUMNS). */
    private static final class Scratch {
        private final Transpose transpose = new Transpose();
        private float[] rows = new float[0];
        private float[] keyRows = new float[0];
        private float[] valueRows = new float[0];
        private float[] keyPanels = new float[0];
        private float[] queryTurned = new float[0];
        private float[] dyTurned = new float[0];
        private float[] queryPanels = new float[0];
        private float[] dyPanels = new float[0];
        private float[] p = new float[0];
        private float[] ds = new float[0];
        private final float[] turned = new float[ROWS * COLUMNS];
        private float[] dq = new float[0];
        private float[] dk = new float[0];
        private float[] dv = new float[0];

        private void reserve(int keys, int headDim) {
            int paddedKeys = AttentionPanels.padded(keys, ROWS);
            int panels = AttentionPanels.padded(headDim, COLUMNS);
            if (p.length < paddedKeys * COLUMNS) {
                p = new float[paddedKeys * COLUMNS];
                ds = new float[paddedKeys * COLUMNS];
            }
            if (dk.length < paddedKeys * panels) {
                dk = new float[paddedKeys * panels];
                dv = new float[paddedKeys * panels];
                keyRows = new float[paddedKeys * panels];
                valueRows = new float[paddedKeys * panels];
                keyPanels = new float[paddedKeys * (panels + ROWS)];
            }
            if (queryPanels.length < panels * COLUMNS) {
                queryPanels = new float[panels * COLUMNS];
                dyPanels = new float[panels * COLUMNS];
                queryTurned = new float[panels * COLUMNS];
                dyTurned = new float[panels * COLUMNS];
                dq = new float[AttentionPanels.padded(headDim, ROWS) * COLUMNS];
                rows = new float[Math.max(ROWS, COLUMNS) * (Transpose.stride(headDim) + ROWS)];
            }
        }
    }

    AttentionGradient(ThreadPool pool) {
        this.pool = pool;
        scratch = new Scratch[pool.threads()];
        Arrays.setAll(scratch, i -> new Scratch());
    }

    /** Operands and results. */
    record Call(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionSpec spec,
            Tensor dy,
            @Nullable Tensor dq,
            @Nullable Tensor dk,
            @Nullable Tensor dv,
            @Nullable Tensor dBias) {
        int keys() {
            return (int) k.rows();
        }

        int queries() {
            return (int) q.rows();
        }

        int headDim() {
            return q.width() / spec.heads();
        }
    }

    void run(Call call) {
        int group = call.spec.heads() / call.spec.kvHeads();
        int headDim = call.headDim();
        int size = AttentionPanels.padded(call.keys(), ROWS) * AttentionPanels.padded(headDim, COLUMNS);
        // All query heads that share a key/value head belong to one task, which alone adds to its gradient.
        pool.forEach(call.spec.kvHeads(), (thread, kvHead) -> {
            Scratch s = scratch[thread];
            s.reserve(call.keys(), headDim);
            packKeys(s, call, kvHead);
            Arrays.fill(s.dk, 0, size, 0);
            Arrays.fill(s.dv, 0, size, 0);
            for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
                for (int first = 0; first < call.queries(); first += COLUMNS) {
                    tile(s, call, head, first);
                }
            }
            if (call.dk != null) {
                AttentionPanels.addPanels(s.dk, headDim, call.spec.scale(), call.dk, kvHead);
            }
            if (call.dv != null) {
                AttentionPanels.addPanels(s.dv, headDim, 1, call.dv, kvHead);
            }
        });
    }

    private static void packKeys(Scratch s, Call call, int kvHead) {
        int headDim = call.headDim();
        int keys = call.keys();
        int stride = Transpose.stride(headDim);
        for (int first = 0; first < keys; first += ROWS) {
            int n = Math.min(ROWS, keys - first);
            FlashAttention.load(s.rows, call.k, first, n, kvHead, headDim);
            s.transpose.rows(s.rows, stride, ROWS, headDim, s.keyRows, first * headDim);
            FlashAttention.load(s.rows, call.v, first, n, kvHead, headDim);
            s.transpose.rows(s.rows, stride, ROWS, headDim, s.valueRows, first * headDim);
        }
        AttentionPanels.cut(call.k, 0, keys, kvHead, headDim, ROWS, keys, s.keyPanels);
    }

    /** One tile of queries from {@code first} on against all keys that it sees. */
    private static void tile(Scratch s, Call call, int head, int first) {
        int headDim = call.headDim();
        int keys = call.keys();
        int queries = Math.min(COLUMNS, call.queries() - first);
        int past = keys - call.queries();
        int visible = call.spec.causal() ? Math.min(keys, past + first + queries) : keys;
        AttentionPanels.turn(s.transpose, s.rows, call.q, first, queries, head, headDim, s.queryTurned);
        AttentionPanels.turn(s.transpose, s.rows, call.dy, first, queries, head, headDim, s.dyTurned);
        for (int i = 0; i < visible; i += ROWS) {
            int at = i * COLUMNS;
            RegisterTile.multiply(headDim, s.keyRows, i * headDim, s.queryTurned, 0, s.p, at, COLUMNS, false);
            RegisterTile.multiply(headDim, s.valueRows, i * headDim, s.dyTurned, 0, s.ds, at, COLUMNS, false);
        }
        AttentionPanels.scale(s.p, visible * COLUMNS, call.spec.scale());
        FlashAttention.mask(s.p, call.spec, head, first, queries, call.queries(), keys, 0, visible);
        for (int j = 0; j < COLUMNS; j += L) {
            softmax(s.p, j, visible);
            slopes(s.p, s.ds, j, visible);
        }
        // The last tile of keys has rows that no query of this tile sees.
        Arrays.fill(s.p, visible * COLUMNS, AttentionPanels.padded(visible, ROWS) * COLUMNS, 0);
        Arrays.fill(s.ds, visible * COLUMNS, AttentionPanels.padded(visible, ROWS) * COLUMNS, 0);
        if (call.dBias != null) {
            addScores(s.ds, call, call.dBias, head, first, queries, visible);
        }
        if (call.dq != null) {
            addQueries(s, call, call.dq, head, first, queries, visible);
        }
        if (call.dv != null) {
            AttentionPanels.cut(call.dy, first, queries, head, headDim, COLUMNS, COLUMNS, s.dyPanels);
            addProduct(s, s.p, visible, queries, s.dyPanels, headDim, AttentionPanels.padded(keys, ROWS), s.dv);
        }
        if (call.dk != null) {
            AttentionPanels.cut(call.q, first, queries, head, headDim, COLUMNS, COLUMNS, s.queryPanels);
            addProduct(s, s.ds, visible, queries, s.queryPanels, headDim, AttentionPanels.padded(keys, ROWS), s.dk);
        }
    }

    /** dq += scale · dS · k. */
    private static void addQueries(Scratch s, Call call, Tensor dq, int head, int first, int queries, int visible) {
        int headDim = call.headDim();
        for (int d = 0; d < headDim; d += ROWS) {
            int at = d * call.keys();
            RegisterTile.multiply(visible, s.keyPanels, at, s.ds, 0, s.dq, d * COLUMNS, COLUMNS, false);
        }
        int stride = AttentionPanels.padded(headDim, ROWS);
        s.transpose.rows(s.dq, COLUMNS, stride, queries, s.rows, 0);
        for (int j = 0; j < queries; j++) {
            long to = dq.address() + 4L * ((long) (first + j) * dq.width() + head * headDim);
            AttentionPanels.add(s.rows, j * stride, headDim, call.spec.scale(), to);
        }
    }

    /** sum (keys, headDim) += weights (keys, queries) · x (queries, headDim), the sum in panels. */
    private static void addProduct(
            Scratch s, float[] weights, int visible, int queries, float[] x, int headDim, int span, float[] sum) {
        for (int i = 0; i < visible; i += ROWS) {
            s.transpose.rows(weights, i * COLUMNS, COLUMNS, ROWS, queries, s.turned, 0);
            for (int d = 0; d < headDim; d += COLUMNS) {
                int at = d * span + i * COLUMNS;
                RegisterTile.multiply(queries, s.turned, 0, x, d * COLUMNS, sum, at, COLUMNS, true);
            }
        }
    }

    private static void addScores(float[] ds, Call call, Tensor dBias, int head, int first, int queries, int visible) {
        for (int j = 0; j < queries; j++) {
            long row = ((long) head * call.queries() + first + j) * call.keys();
            for (int i = 0; i < visible; i++) {
                long to = dBias.address() + 4L * (row + i);
                Simd.setFloat(to, Simd.getFloat(to) + ds[i * COLUMNS + j]);
            }
        }
    }

    /** Over the keys, for one vector of queries; zeros for a query that sees nothing. */
    private static void softmax(float[] p, int j, int n) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i++) {
            FloatVector x = FloatVector.fromArray(F, p, i * COLUMNS + j);
            max = max.blend(x, x.compare(VectorOperators.GT, max));
        }
        FloatVector base = max.blend(0f, max.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < n; i++) {
            int at = i * COLUMNS + j;
            FloatVector weight = VectorMath.exp(FloatVector.fromArray(F, p, at).sub(base));
            weight.intoArray(p, at);
            sum = sum.add(weight);
        }
        FloatVector factor = FloatVector.broadcast(F, 1f).div(sum).blend(0f, sum.eq(0f));
        for (int i = 0; i < n; i++) {
            int at = i * COLUMNS + j;
            FloatVector.fromArray(F, p, at).mul(factor).intoArray(p, at);
        }
    }

    /** dS = P · (dP − Σ P · dP), in the place of dP. */
    private static void slopes(float[] p, float[] dp, int j, int n) {
        FloatVector mean = FloatVector.zero(F);
        for (int i = 0; i < n; i++) {
            int at = i * COLUMNS + j;
            mean = FloatVector.fromArray(F, p, at).fma(FloatVector.fromArray(F, dp, at), mean);
        }
        for (int i = 0; i < n; i++) {
            int at = i * COLUMNS + j;
            FloatVector d = FloatVector.fromArray(F, dp, at).sub(mean);
            FloatVector.fromArray(F, p, at).mul(d).intoArray(dp, at);
        }
    }
}
