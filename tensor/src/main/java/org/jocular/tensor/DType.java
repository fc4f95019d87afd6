package org.jocular.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Element types, named as in safetensors; stored little-endian. */
public enum DType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether a matrix product reads weights of this type in place. */
    public boolean isWeightType() {
        return this == F32 || this == F16 || this == BF16;
    }

    /** Element {@code index} of {@code data}; exact for all types but I64 and F64 beyond 2⁵³. */
    public double get(MemorySegment data, long index) {
        long at = index * bytes;
        return switch (this) {
            case F64 -> data.get(DOUBLE, at);
            case F32 -> data.get(FLOAT, at);
            case F16 -> Float.float16ToFloat(data.get(SHORT, at));
            case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
            case I64 -> data.get(LONG, at);
            case I32 -> data.get(INT, at);
            case I16 -> data.get(SHORT, at);
            case I8 -> data.get(ValueLayout.JAVA_BYTE, at);
            case U8 -> data.get(ValueLayout.JAVA_BYTE, at) & 0xff;
            case BOOL -> data.get(ValueLayout.JAVA_BYTE, at) == 0 ? 0 : 1;
        };
    }

    /** Stores {@code value} as element {@code index}, rounded to the nearest, ties to even; integers saturate. */
    public void set(MemorySegment data, long index, double value) {
        long at = index * bytes;
        switch (this) {
            case F64 -> data.set(DOUBLE, at, value);
            case F32 -> data.set(FLOAT, at, (float) value);
            case F16 -> data.set(SHORT, at, Float.floatToFloat16((float) value));
            case BF16 -> data.set(SHORT, at, toBf16((float) value));
            case I64 -> data.set(LONG, at, (long) Math.rint(value));
            case I32 -> data.set(INT, at, (int) Math.rint(value));
            case I16 -> data.set(SHORT, at, (short) Math.clamp(Math.rint(value), Short.MIN_VALUE, Short.MAX_VALUE));
            case I8 -> data.set(ValueLayout.JAVA_BYTE, at, (byte) Math.clamp(Math.rint(value), -128, 127));
            case U8 -> data.set(ValueLayout.JAVA_BYTE, at, (byte) (int) Math.clamp(Math.rint(value), 0, 255));
            case BOOL -> data.set(ValueLayout.JAVA_BYTE, at, (byte) (value == 0 ? 0 : 1));
        }
    }

    /** The upper half of a float, rounded to nearest even; a NaN stays one. */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
