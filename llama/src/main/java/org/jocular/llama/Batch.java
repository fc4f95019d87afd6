package org.jocular.llama;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Which rows one pass computes: further rows of one request or of many, each a token or a piece of a picture that follows some row of its own
 * cache. All rows go through a linear layer together, so the weights are read once; attention is for each request by itself, and nothing is
 * padded.
 */
public final class Batch implements Rows {
    private final List<Part> parts = new ArrayList<>();
    private int rows;

    /**
     * The rows of one request.
     *
     * @param from the first of them in the pass
     * @param at the first of them in the cache
     * @param following for each the cache's row before it
     * @param positions of each in its sequence
     * @param mask what each sees of the cache and of these rows, (rows, at + rows); null where each sees all before it
     */
    record Part(
            KvCache cache,
            int from,
            int at,
            int[] following,
            int[] positions,
            @Nullable Tensor mask) {
        int rows() {
            return following.length;
        }

        /** Position of a row of the cache, these rows included. */
        int position(int row) {
            return row < at ? cache.position(row) : positions[row - at];
        }
    }

    /** The next rows of one chain. */
    public static Batch of(KvCache cache, int rows) {
        Batch batch = new Batch();
        batch.addChain(cache, rows);
        return batch;
    }

    /** Adds the next rows of a chain, below those that were added before. */
    public void addChain(KvCache cache, int chain) {
        add(
                cache,
                IntStream.range(cache.length() - 1, cache.length() + chain - 1).toArray());
    }

    /**
     * Adds rows of a request, which must not be in the batch yet.
     *
     * @param following for each the row of the cache before it; a row of these has the number cache.length() + i
     */
    void add(KvCache cache, int[] following) {
        cache.reserve(following.length);
        parts.add(new Part(cache, rows, cache.length(), following, cache.place(following), cache.mask(following)));
        rows += following.length;
    }

    List<Part> parts() {
        return parts;
    }

    public int rows() {
        return rows;
    }

    @Override
    public int[] positions() {
        return parts.stream().flatMapToInt(part -> IntStream.of(part.positions)).toArray();
    }

    @Override
    public int[] askedPositions() {
        return positions();
    }

    /** All: which row a search goes on from is its own business. */
    @Override
    public Tensor asked(Ops ops, Tensor x) {
        return x;
    }

    /** Causal attention of each request's rows to its cache, in which their keys and values are written. */
    @Override
    public Tensor attend(Ops ops, int layer, Tensor q, Tensor k, Tensor v, AttentionSpec spec) {
        return each(ops, q, (part, queries) -> {
            Tensor keys = ops.write(part.cache.keys(layer), part.at, rows(ops, part, k)); // (at + rows, width)
            Tensor values = ops.write(part.cache.values(layer), part.at, rows(ops, part, v));
            return ops.attention(queries, keys, values, part.mask == null ? spec : spec.with(spec.bias(), part.mask));
        });
    }

    /** Does something for each request with its rows of x, and puts the results together. */
    Tensor each(Ops ops, Tensor x, BiFunction<Part, Tensor, Tensor> body) {
        Tensor[] results = new Tensor[parts.size()];
        for (int i = 0; i < results.length; i++) {
            results[i] = body.apply(parts.get(i), rows(ops, parts.get(i), x));
        }
        return results.length == 1 ? results[0] : ops.concat(results);
    }

    Tensor rows(Ops ops, Part part, Tensor x) {
        return parts.size() == 1 ? x : ops.rows(x, part.from, part.from + part.rows());
    }

    /** To be called when the keys and values of all layers were written. */
    @Override
    public void advance() {
        parts.forEach(part -> part.cache.advance(part.following, part.positions));
    }
}
