package org.jocular.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector species of this machine, and loads and stores at absolute addresses.
 *
 * <p>All memory is seen as one segment with constant bounds and scope, so that the checks fold away: a segment per tensor costs three
 * times the time in a matrix-vector product. What would be checked is checked once per operation, in {@link HostOps}.
 */
final class Simd {
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> I = F.withLanes(int.class);

    /** As many shorts as there are floats in a vector. */
    private static final VectorSpecies<Short> HALF =
            VectorSpecies.of(short.class, VectorShape.forBitSize(F.vectorBitSize() / 2));

    /** Lanes of a vector of floats. */
    static final int L = F.length();

    /** Bytes of a vector. */
    static final int B = F.vectorByteSize();

    private static final VectorShuffle<Float> EIGHT_APART = lanesApart(8);
    private static final VectorShuffle<Float> FOUR_APART = lanesApart(4);
    private static final VectorShuffle<Float> TWO_APART = lanesApart(2);
    private static final VectorShuffle<Float> ONE_APART = lanesApart(1);

    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LE);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LE);

    private Simd() {}

    private static VectorShuffle<Float> lanesApart(int distance) {
        return VectorShuffle.fromOp(F, lane -> (lane ^ distance) % L);
    }

    static FloatVector load(long address) {
        return FloatVector.fromMemorySegment(F, MEMORY, address, LE);
    }

    static FloatVector load(long address, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(F, MEMORY, address, LE, mask);
    }

    static IntVector loadInts(long address) {
        return IntVector.fromMemorySegment(I, MEMORY, address, LE);
    }

    /** As many shorts as there are lanes, widened without their sign. */
    static IntVector loadShorts(long address) {
        return (IntVector) ShortVector.fromMemorySegment(HALF, MEMORY, address, LE)
                .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0);
    }

    static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(MEMORY, address, LE);
    }

    static void store(FloatVector vector, long address, VectorMask<Float> mask) {
        vector.intoMemorySegment(MEMORY, address, LE, mask);
    }

    /** Adds to what is there, or takes its place. */
    static void put(FloatVector vector, long address, boolean add) {
        if (add) {
            store(load(address).add(vector), address);
        } else {
            store(vector, address);
        }
    }

    static void put(FloatVector vector, long address, VectorMask<Float> mask, boolean add) {
        if (add) {
            store(load(address, mask).add(vector), address, mask);
        } else {
            store(vector, address, mask);
        }
    }

    static float getFloat(long address) {
        return MEMORY.get(FLOAT, address);
    }

    static byte getByte(long address) {
        return MEMORY.get(ValueLayout.JAVA_BYTE, address);
    }

    static void setFloat(long address, float value) {
        MEMORY.set(FLOAT, address, value);
    }

    static int getInt(long address) {
        return MEMORY.get(INT, address);
    }

    static short getShort(long address) {
        return MEMORY.get(SHORT, address);
    }

    static void copy(long from, float[] to, int at, int n) {
        MemorySegment.copy(MEMORY, FLOAT, from, to, at, n);
    }

    static void copy(float[] from, int at, long to, int n) {
        MemorySegment.copy(from, at, MEMORY, FLOAT, to, n);
    }

    static void copy(long from, long to, long bytes) {
        MemorySegment.copy(MEMORY, from, MEMORY, to, bytes);
    }

    /**
     * The sum of all lanes, halves added to halves. Not {@code reduceLanes}, whose order is not specified: the interpreter adds from left
     * to right and compiled code as a tree, so a result's last digits would depend on how warm the JVM is.
     */
    static float sum(FloatVector vector) {
        FloatVector sum = vector;
        if (L > 8) {
            sum = sum.add(sum.rearrange(EIGHT_APART));
        }
        if (L > 4) {
            sum = sum.add(sum.rearrange(FOUR_APART));
        }
        if (L > 2) {
            sum = sum.add(sum.rearrange(TWO_APART));
        }
        if (L > 1) {
            sum = sum.add(sum.rearrange(ONE_APART));
        }
        return sum.lane(0);
    }

    /** The first {@code lanes} lanes. */
    static VectorMask<Float> first(int lanes) {
        return F.indexInRange(0, lanes);
    }
}
