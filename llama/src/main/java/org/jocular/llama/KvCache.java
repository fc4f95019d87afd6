package org.jocular.llama;

import java.lang.foreign.Arena;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;

/** Keys and values of the tokens that one sequence has seen so far, for each layer (capacity, width). The caller owns it. */
public final class KvCache implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Tensor[] keys;
    private final Tensor[] values;
    private final int capacity;
    private int length;

    /**
     * @param width of the keys of one token: heads · headDim
     * @param capacity tokens that fit
     */
    public KvCache(int layers, int width, int capacity) {
        this.capacity = capacity;
        keys = new Tensor[layers];
        values = new Tensor[layers];
        for (int layer = 0; layer < layers; layer++) {
            keys[layer] = Tensor.zeros(arena, DType.F32, capacity, width);
            values[layer] = Tensor.zeros(arena, DType.F32, capacity, width);
        }
    }

    public Tensor keys(int layer) {
        return keys[layer];
    }

    public Tensor values(int layer) {
        return values[layer];
    }

    /** Tokens that are in the cache. */
    public int length() {
        return length;
    }

    public int capacity() {
        return capacity;
    }

    /** Counts {@code tokens} whose keys and values were written in all layers. */
    void advance(int tokens) {
        if (length + tokens > capacity) {
            throw new IllegalStateException("%d and %d tokens in a cache for %d".formatted(length, tokens, capacity));
        }
        length += tokens;
    }

    /** Forgets all tokens from position {@code newLength} on. */
    public void truncate(int newLength) {
        length = Math.min(length, newLength);
    }

    /** Takes over what a smaller cache of the same model holds. */
    void copyFrom(KvCache smaller) {
        for (int layer = 0; layer < keys.length; layer++) {
            keys[layer]
                    .slice(0, smaller.length)
                    .data()
                    .copyFrom(smaller.keys[layer].slice(0, smaller.length).data());
            values[layer]
                    .slice(0, smaller.length)
                    .data()
                    .copyFrom(smaller.values[layer].slice(0, smaller.length).data());
        }
        length = smaller.length;
    }

    @Override
    public void close() {
        arena.close();
    }
}
