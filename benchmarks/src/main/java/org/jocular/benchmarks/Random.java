package org.jocular.benchmarks;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;

/** Values to compute with. */
final class Random {
    private Random() {}

    static Tensor tensor(Arena arena, DType dtype, long... shape) {
        Tensor tensor = Tensor.zeros(arena, dtype, shape);
        SplittableRandom random = new SplittableRandom(1);
        for (long i = 0; i < tensor.elements(); i++) {
            dtype.set(tensor.data(), i, random.nextDouble(-0.05, 0.05));
        }
        return tensor;
    }
}
