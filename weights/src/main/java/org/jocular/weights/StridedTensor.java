package org.jocular.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A view of a storage as PyTorch describes it: element (i, j, …) lies at {@code offset} + i·{@code strides[0]} + j·{@code strides[1]} + …
 *
 * @param dtype   the storage's, except where that is untyped
 * @param offset  of the first element, in elements
 * @param strides in elements, one for each axis
 */
record StridedTensor(Pickled.Storage storage, DType dtype, long offset, List<Long> shape, List<Long> strides)
        implements Pickled {
    private static final int MOST_AXES = 64;

    StridedTensor {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
    }

    /** What is wrong with it, or null where all of its elements lie within the storage; overflow counts as wrong. */
    @Nullable
    String fault() {
        if (shape.size() > MOST_AXES || shape.size() != strides.size()) {
            return "%d sizes and %d strides".formatted(shape.size(), strides.size());
        }
        if (offset < 0
                || shape.stream().anyMatch(size -> size < 0)
                || strides.stream().anyMatch(step -> step < 0)) {
            return "offset %d, sizes %s and strides %s, of which none may be negative"
                    .formatted(offset, shape, strides);
        }
        long held = storage.elements() * storage.dtype().bytes() / dtype.bytes();
        try {
            long elements = elements();
            long end = Math.addExact(offset, elements == 0 ? 0 : 1);
            for (int axis = 0; axis < shape.size() && elements > 0; axis++) {
                end = Math.addExact(end, Math.multiplyExact(shape.get(axis) - 1, strides.get(axis)));
            }
            if (end > held) {
                return "elements up to %d of the storage %s, which has %d"
                        .formatted(end, Bad.quote(storage.key()), held);
            }
            // Also keeps a copy from being larger than the file.
            if (elements > held) {
                return "%s elements of the storage %s, which has %d: it repeats some"
                        .formatted(elements, Bad.quote(storage.key()), held);
            }
            return null;
        } catch (ArithmeticException e) {
            return "sizes %s and strides %s, which overflow 64 bits".formatted(shape, strides);
        }
    }

    long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    TensorInfo info(String name, Path file) {
        return TensorInfo.of(name, dtype, shape, file);
    }

    /** In place where the elements follow each other in row-major order, otherwise copied so. */
    Tensor tensor(Arena arena) {
        long bytes = dtype.bytes();
        MemorySegment from = storage.data().asSlice(offset * bytes);
        long size = elements() * bytes;
        MemorySegment elements = isContiguous() ? from.asSlice(0, size) : copy(from, arena.allocate(size, 64));
        return new Tensor(
                dtype, elements, shape.stream().mapToLong(Long::longValue).toArray());
    }

    private boolean isContiguous() {
        long expected = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            if (shape.get(axis) > 1 && strides.get(axis) != expected) {
                return elements() == 0;
            }
            expected *= shape.get(axis);
        }
        return true;
    }

    /** Row by row; {@code position} counts through all axes but the last. */
    private MemorySegment copy(MemorySegment from, MemorySegment to) {
        long bytes = dtype.bytes();
        int last = shape.size() - 1;
        long row = shape.get(last);
        long step = strides.get(last) * bytes;
        long[] position = new long[last];
        long start = 0;
        for (long at = 0; at < to.byteSize(); at += row * bytes) {
            for (long i = 0; i < row; i++) {
                MemorySegment.copy(from, start + i * step, to, at + i * bytes, bytes);
            }
            start += advance(position) * bytes;
        }
        return to;
    }

    /** Moves to the next row; returns how many elements on it begins. */
    private long advance(long[] position) {
        long moved = 0;
        for (int axis = position.length - 1; axis >= 0; axis--) {
            position[axis]++;
            moved += strides.get(axis);
            if (position[axis] < shape.get(axis)) {
                return moved;
            }
            moved -= position[axis] * strides.get(axis);
            position[axis] = 0;
        }
        return moved;
    }

    @Override
    public String what() {
        return "a tensor %s%s".formatted(dtype, shape);
    }
}
