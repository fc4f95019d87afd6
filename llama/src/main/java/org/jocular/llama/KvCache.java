package org.jocular.llama;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jocular.tensor.DType;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of a prompt and of everything that was continued from it, for each layer (capacity, width). The caller owns it.
 *
 * <p>Rows form a tree: each knows the row before it in its sequence. A prompt is a chain; beams and candidates branch from its end, share its
 * rows, and a beam that is dropped costs nothing. So no key is ever copied while searching, and one pass serves all branches.
 */
public final class KvCache implements AutoCloseable {
    private final int width;
    private Arena arena = Arena.ofShared();
    private Tensor[] keys;
    private Tensor[] values;
    private final Tensor[] crossKeys;
    private final Tensor[] crossValues;
    private int[] parents;
    private int[] positions;
    private int capacity;
    private int length;
    private final Arena crossArena = Arena.ofShared();

    /**
     * @param width of the keys of one token: heads · headDim
     * @param capacity rows that fit at first
     */
    public KvCache(int layers, int width, int capacity) {
        this.width = width;
        this.capacity = capacity;
        keys = zeros(layers, capacity);
        values = zeros(layers, capacity);
        crossKeys = new Tensor[layers];
        crossValues = new Tensor[layers];
        parents = new int[capacity];
        positions = new int[capacity];
    }

    private Tensor[] zeros(int layers, int rows) {
        Tensor[] tensors = new Tensor[layers];
        Arrays.setAll(tensors, layer -> Tensor.zeros(arena, DType.F32, rows, width));
        return tensors;
    }

    public Tensor keys(int layer) {
        return keys[layer];
    }

    public Tensor values(int layer) {
        return values[layer];
    }

    /** Keys and values of an encoder's output, which all rows see; for models that have an encoder. */
    void cross(Ops ops, int layer, Tensor crossKey, Tensor crossValue) {
        crossKeys[layer] = ops.keep(crossKey, crossArena);
        crossValues[layer] = ops.keep(crossValue, crossArena);
    }

    /** Rows of the encoder's output; 0 before there is one. */
    int encoded() {
        Tensor last = crossValues.length == 0 ? null : crossValues[crossValues.length - 1];
        return last == null ? 0 : (int) last.rows();
    }

    Tensor crossKeys(int layer) {
        return crossKeys[layer];
    }

    Tensor crossValues(int layer) {
        return crossValues[layer];
    }

    /** Rows that are in the cache. */
    public int length() {
        return length;
    }

    /** How many rows precede one in its sequence. */
    int position(int row) {
        return positions[row];
    }

    /** The row before one in its sequence, −1 at the beginning. */
    int parent(int row) {
        return parents[row];
    }

    /**
     * Where rows would stand that follow others.
     *
     * @param following for each new row the one before it, which may be a new one too
     * @return their positions
     */
    int[] place(int[] following) {
        int[] placed = new int[following.length];
        for (int i = 0; i < following.length; i++) {
            int parent = following[i];
            if (parent >= length + i || parent < -1) {
                throw new IllegalArgumentException("row %d follows row %d".formatted(length + i, parent));
            }
            placed[i] = parent < 0 ? 0 : 1 + (parent < length ? positions[parent] : placed[parent - length]);
        }
        return placed;
    }

    /** What each of these new rows sees: (rows, all rows) of 1 and 0; null if they continue the only chain there is. */
    @Nullable
    Tensor mask(int[] following) {
        int all = length + following.length;
        boolean chain = isChain();
        for (int i = 0; i < following.length; i++) {
            chain &= following[i] == length + i - 1;
        }
        if (chain) {
            return null;
        }
        Tensor mask = Tensor.zeros(Arena.ofAuto(), DType.U8, following.length, all);
        for (int i = 0; i < following.length; i++) {
            for (int row = length + i; row >= 0; row = row < length ? parents[row] : following[row - length]) {
                mask.data().set(ValueLayout.JAVA_BYTE, (long) i * all + row, (byte) 1);
            }
        }
        return mask;
    }

    private boolean isChain() {
        return length == 0 || positions[length - 1] == length - 1;
    }

    /** Counts rows whose keys and values were written in all layers, {@code placed} by {@link #place}. */
    void advance(int[] following, int[] placed) {
        System.arraycopy(following, 0, parents, length, following.length);
        System.arraycopy(placed, 0, positions, length, placed.length);
        length += following.length;
    }

    /** Forgets all rows from {@code newLength} on. */
    public void truncate(int newLength) {
        length = Math.min(length, newLength);
    }

    /**
     * Makes room for further rows: by forgetting what none of the leaves follows, else by growing.
     *
     * @param leaves the rows that will be continued; changed to where they stand afterwards
     */
    void reserve(int rows, int[] leaves) {
        if (length + rows <= capacity) {
            return;
        }
        keepAncestors(leaves);
        // A search that has just filled the cache will soon again: so much that forgetting is rare.
        int wanted = length + 4 * rows;
        if (wanted > capacity) {
            grow(Math.max(length + rows, isChain() ? length + rows : wanted + wanted / 4));
        }
    }

    /** Makes room for further rows of a chain. */
    public void reserve(int rows) {
        if (length + rows > capacity) {
            grow(length + rows);
        }
    }

    private void keepAncestors(int[] leaves) {
        boolean[] live = new boolean[length];
        for (int leaf : leaves) {
            for (int row = leaf; row >= 0 && !live[row]; row = parents[row]) {
                live[row] = true;
            }
        }
        int[] moved = new int[length];
        int kept = 0;
        for (int row = 0; row < length; row++) {
            if (live[row]) {
                move(row, kept);
                parents[kept] = parents[row] < 0 ? -1 : moved[parents[row]];
                positions[kept] = positions[row];
                moved[row] = kept++;
            }
        }
        length = kept;
        Arrays.setAll(leaves, i -> moved[leaves[i]]);
    }

    private void move(int from, int to) {
        if (from != to) {
            for (int layer = 0; layer < keys.length; layer++) {
                copy(keys[layer], from, keys[layer], to, 1);
                copy(values[layer], from, values[layer], to, 1);
            }
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // The cache owns the arena and closes it.
    private void grow(int newCapacity) {
        Arena before = arena;
        Tensor[] oldKeys = keys;
        Tensor[] oldValues = values;
        int layers = keys.length;
        arena = Arena.ofShared();
        keys = zeros(layers, newCapacity);
        values = zeros(layers, newCapacity);
        for (int layer = 0; layer < layers; layer++) {
            copy(oldKeys[layer], 0, keys[layer], 0, length);
            copy(oldValues[layer], 0, values[layer], 0, length);
        }
        parents = Arrays.copyOf(parents, newCapacity);
        positions = Arrays.copyOf(positions, newCapacity);
        capacity = newCapacity;
        before.close();
    }

    private static void copy(Tensor from, int at, Tensor to, int toAt, int rows) {
        to.slice(toAt, toAt + rows).data().copyFrom(from.slice(at, at + rows).data());
    }

    @Override
    public void close() {
        arena.close();
        crossArena.close();
    }
}
