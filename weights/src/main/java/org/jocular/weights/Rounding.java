package org.jocular.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;

/**
 * Numbers into and out of tensors, each rounded once: to the nearest, ties to even. Halves go through arrays, which
 * is four times as fast as {@link DType#get} and {@link DType#set}: a model has billions of them.
 */
final class Rounding {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Rounding() {}

    /** Copies elements {@code from} and following into {@code values}, exactly. */
    static void read(Tensor tensor, long from, double[] values, int count) {
        DType dtype = tensor.dtype();
        if (dtype != DType.F16 && dtype != DType.BF16) {
            for (int i = 0; i < count; i++) {
                values[i] = dtype.get(tensor.data(), from + i);
            }
            return;
        }
        short[] stored = new short[count];
        MemorySegment.copy(tensor.data(), SHORT, from * Short.BYTES, stored, 0, count);
        if (dtype == DType.F16) {
            for (int i = 0; i < count; i++) {
                values[i] = Float.float16ToFloat(stored[i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                values[i] = Float.intBitsToFloat(stored[i] << 16);
            }
        }
    }

    /**
     * Stores {@code values} as elements {@code from} and following.
     *
     * @param info of the tensor, for messages
     * @throws BadInput if the type has no room for a finite value
     */
    static void write(double[] values, int count, Tensor tensor, long from, TensorInfo info) {
        DType dtype = tensor.dtype();
        double tooLarge = tooLarge(dtype);
        for (int i = 0; i < count; i++) {
            if (Math.abs(values[i]) >= tooLarge && Double.isFinite(values[i])) {
                throw Bad.file(
                        info.file(),
                        "has tensor %s whose element %d is %s, which overflows %s"
                                .formatted(Bad.quote(info.name()), from + i, values[i], dtype));
            }
        }
        if (dtype != DType.F16 && dtype != DType.BF16) {
            for (int i = 0; i < count; i++) {
                dtype.set(tensor.data(), from + i, values[i]);
            }
            return;
        }
        short[] stored = new short[count];
        for (int i = 0; i < count; i++) {
            // Two roundings to the nearest, first to a float, may end beside the nearest.
            float odd = toOdd(values[i]);
            stored[i] = dtype == DType.F16 ? Float.floatToFloat16(odd) : DType.toBf16(odd);
        }
        MemorySegment.copy(stored, 0, tensor.data(), SHORT, from * Short.BYTES, count);
    }

    /** The least number that rounds to infinity: beyond the largest finite one by half of its last place. */
    private static double tooLarge(DType dtype) {
        return switch (dtype) {
            case F16 -> 0x1.ffep15;
            case BF16 -> 0x1.ffp127;
            case F32 -> 0x1.ffffffp127;
            default -> Double.POSITIVE_INFINITY;
        };
    }

    /**
     * Rounds to a float that keeps the direction: an inexact result is the neighbour whose last bit is 1. Rounding that to a type with at
     * least two bits less gives what rounding {@code value} itself would (Boldo and Melquiond 2008, theorem 3).
     */
    static float toOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || Double.isNaN(value)) {
            return nearest;
        }
        int bits = Float.floatToRawIntBits(nearest);
        int towardsZero = Math.abs((double) nearest) > Math.abs(value) ? bits - 1 : bits;
        return Float.intBitsToFloat(towardsZero | 1);
    }
}
