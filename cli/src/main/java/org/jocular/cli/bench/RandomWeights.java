package org.jocular.cli.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.LongStream;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;

/**
 * Weights of any name and shape, drawn from a normal distribution with a standard deviation of 0.02, as a trained model's are roughly.
 *
 * @param pool a few million of them, of which every tensor is made
 */
record RandomWeights(Arena arena, DType dtype, MemorySegment pool, String path) implements Weights {
    private static final int POOL = 1 << 22;

    static RandomWeights of(Arena arena, DType dtype) {
        return new RandomWeights(arena, dtype, pool(arena, dtype), "");
    }

    /** 4 million random weights. */
    static MemorySegment pool(Arena arena, DType dtype) {
        Random random = new Random(1);
        MemorySegment pool = arena.allocate((long) POOL * dtype.bytes(), 64);
        for (int i = 0; i < POOL; i++) {
            dtype.set(pool, i, random.nextGaussian() * 0.02);
        }
        return pool;
    }

    @Override
    public Weights at(String name) {
        return new RandomWeights(arena, dtype, pool, path(name));
    }

    @Override
    public boolean has(String name) {
        return true;
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        long bytes = LongStream.of(shape).reduce(dtype.bytes(), Math::multiplyExact);
        MemorySegment data = arena.allocate(bytes, 64);
        LongStream.range(0, (bytes + pool.byteSize() - 1) / pool.byteSize())
                .parallel()
                .forEach(i -> {
                    long from = i * pool.byteSize();
                    long n = Math.min(pool.byteSize(), bytes - from);
                    MemorySegment.copy(pool, 0, data, from, n);
                });
        return new Tensor(dtype, data, shape);
    }

    /** Norms and biases: around 1, so that activations neither vanish nor grow. */
    @Override
    public Tensor floats(String name, long... shape) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, shape);
        boolean norm = name.equals("weight") && shape.length == 1;
        for (long i = 0; i < tensor.elements(); i++) {
            double value = dtype.get(pool, i % POOL);
            tensor.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (norm ? 1 + value : value));
        }
        return tensor;
    }
}
