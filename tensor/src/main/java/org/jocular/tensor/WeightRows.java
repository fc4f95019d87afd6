package org.jocular.tensor;

import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.getShort;

import jdk.incubator.vector.VectorOperators;

/**
 * Reads weights in their stored type: a stretch of one row becomes floats in a buffer that stays in the first-level cache.
 *
 * <p>The loop for F16 is plain because C2 turns it into vector loads and conversions ({@code vcvtph2ps}), at several times the speed at
 * which memory delivers. Shifting F16 bits into place and multiplying by 2¹¹² is no better: subnormal halves become subnormal floats, on which
 * Intel cores spend 150 cycles each.
 */
final class WeightRows {
    private WeightRows() {}

    /**
     * Elements {@code from} to {@code from + n} of a row into {@code out}.
     *
     * @param weight F32, F16 or BF16
     */
    static void decode(Tensor weight, long row, int from, int n, float[] out, int at) {
        long address = weight.address()
                + (row * weight.width() + from) * weight.dtype().bytes();
        switch (weight.dtype()) {
            case F32 -> decodeF32(address, n, out, at);
            case F16 -> decodeF16(address, n, out, at);
            case BF16 -> decodeBf16(address, n, out, at);
            default -> throw new IllegalArgumentException("no weights of " + weight.dtype());
        }
    }

    private static void decodeF32(long address, int n, float[] out, int at) {
        Simd.copy(address, out, at, n);
    }

    private static void decodeF16(long address, int n, float[] out, int at) {
        for (int i = 0; i < n; i++) {
            out[at + i] = Float.float16ToFloat(getShort(address + 2L * i));
        }
    }

    /** BF16 is the upper half of a float. C2 does not see that by itself. */
    private static void decodeBf16(long address, int n, float[] out, int at) {
        int i = 0;
        for (; i <= n - L; i += L) {
            Simd.loadShorts(address + 2L * i)
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(out, at + i);
        }
        for (; i < n; i++) {
            out[at + i] = Float.intBitsToFloat(getShort(address + 2L * i) << 16);
        }
    }
}
