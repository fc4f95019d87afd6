package org.jocular.weights;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;

/**
 * What a checkpoint says about one tensor.
 *
 * @param name  full name, as in the file
 * @param dtype as in the file; may be a type that can be listed but not computed with, such as {@code F8_E4M3}
 * @param shape sizes of all axes, outermost first; empty for a scalar
 * @param bytes size of the data
 * @param file  where the data lies
 */
public record TensorInfo(String name, String dtype, List<Long> shape, long bytes, Path file) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** A tensor of that type and shape. */
    static TensorInfo of(String name, DType dtype, List<Long> shape, Path file) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        return new TensorInfo(name, dtype.name(), shape, Math.multiplyExact(elements, dtype.bytes()), file);
    }

    /** The same tensor under another name. */
    TensorInfo named(String other) {
        return new TensorInfo(other, dtype, shape, bytes, file);
    }

    /** Number of elements. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Whether its elements are fractions that can be computed with. */
    boolean isFloating() {
        return dtype.equals("F64") || dtype.equals("F32") || dtype.equals("F16") || dtype.equals("BF16");
    }

    /** The shape as {@link Tensor} has it. */
    long[] sizes() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * The type as {@link Tensor} has it.
     *
     * @throws BadInput if it is one that cannot be computed with
     */
    DType type() {
        for (DType type : DType.values()) {
            if (type.name().equals(dtype)) {
                return type;
            }
        }
        throw Bad.file(
                file,
                "has tensor %s in the type %s, which cannot be computed with; expected one of %s"
                        .formatted(Bad.quote(name), dtype, Arrays.toString(DType.values())));
    }
}
