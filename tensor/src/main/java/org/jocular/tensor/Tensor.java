package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Elements of one type in row-major order, in native memory that an {@link Arena} owns: a mapped file, a cache, a forward pass.
 *
 * <p>A tensor is a view and costs nothing to make. Sizes and offsets are {@code long}: a tensor over 2 GiB simply works.
 */
public final class Tensor {
    private final DType dtype;
    private final long[] shape;
    private final MemorySegment data;

    /**
     * A view of {@code data}, which must be native memory of exactly the shape's size.
     *
     * @throws IllegalArgumentException if the size differs or the memory lies on the Java heap
     */
    public Tensor(DType dtype, MemorySegment data, long... shape) {
        if (!data.isNative()) {
            throw new IllegalArgumentException("a tensor needs native memory");
        }
        long bytes = Math.multiplyExact(elements(shape), dtype.bytes());
        if (bytes != data.byteSize()) {
            throw new IllegalArgumentException("a tensor %s %s needs %d bytes, not %d"
                    .formatted(dtype, Arrays.toString(shape), bytes, data.byteSize()));
        }
        this.dtype = dtype;
        this.shape = shape.clone();
        this.data = data;
    }

    /** A new tensor of zeros. */
    public static Tensor zeros(Arena arena, DType dtype, long... shape) {
        return new Tensor(dtype, arena.allocate(elements(shape) * dtype.bytes(), 64), shape);
    }

    /** A new F32 tensor that holds a copy of {@code values}. */
    public static Tensor of(Arena arena, float[] values, long... shape) {
        Tensor tensor = zeros(arena, DType.F32, shape);
        MemorySegment.copy(values, 0, tensor.data, ValueLayout.JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    public DType dtype() {
        return dtype;
    }

    /** Sizes of all axes, outermost first. */
    public long[] shape() {
        return shape.clone();
    }

    /** Size of the last axis; 1 for a scalar. */
    public int width() {
        return shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
    }

    /** Product of all axes but the last: how many rows of {@link #width()} there are. */
    public long rows() {
        long rows = 1;
        for (int axis = 0; axis < shape.length - 1; axis++) {
            rows *= shape[axis];
        }
        return rows;
    }

    /** Number of elements. */
    public long elements() {
        return data.byteSize() / dtype.bytes();
    }

    public MemorySegment data() {
        return data;
    }

    /** Whether the shape is exactly this one. */
    public boolean hasShape(long... expected) {
        return Arrays.equals(shape, expected);
    }

    /** The same elements under another shape of equal size. */
    public Tensor reshape(long... newShape) {
        return new Tensor(dtype, data, newShape);
    }

    /** Rows {@code from} (inclusive) to {@code to} (exclusive) of the first axis, in place. */
    public Tensor slice(long from, long to) {
        if (from < 0 || to < from || to > shape[0]) {
            throw new IndexOutOfBoundsException("rows %d to %d of %s".formatted(from, to, this));
        }
        long stride = shape[0] == 0 ? 0 : data.byteSize() / shape[0];
        long[] sliced = shape.clone();
        sliced[0] = to - from;
        return new Tensor(dtype, data.asSlice(from * stride, (to - from) * stride), sliced);
    }

    /** Element {@code index} in row-major order. */
    public double get(long index) {
        return dtype.get(data, index);
    }

    /** A copy of all elements as floats; for results and small tensors, since an array holds at most 2³¹ − 1 of them. */
    public float[] toFloats() {
        float[] values = new float[Math.toIntExact(elements())];
        if (dtype == DType.F32) {
            MemorySegment.copy(data, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
        } else {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) dtype.get(data, i);
            }
        }
        return values;
    }

    /** A copy in another type, or this tensor itself where it has that type already. */
    public Tensor to(DType target, Arena arena) {
        if (dtype == target) {
            return this;
        }
        Tensor converted = zeros(arena, target, shape);
        long n = elements();
        for (long i = 0; i < n; i++) {
            target.set(converted.data, i, dtype.get(data, i));
        }
        return converted;
    }

    /** Type and shape, for messages: {@code F16[32000, 4096]}. */
    @Override
    public String toString() {
        return dtype + Arrays.toString(shape);
    }

    /** Product of the axes. */
    static long elements(long... shape) {
        long elements = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
            }
            elements = Math.multiplyExact(elements, size);
        }
        return elements;
    }

    /** Where the first element lies. Kernels read through absolute addresses; {@link HostOps} checks first that the memory lives. */
    long address() {
        return data.address();
    }
}
