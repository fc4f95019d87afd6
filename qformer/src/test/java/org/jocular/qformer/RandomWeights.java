package org.jocular.qformer;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;

/** Weights that are made when they are asked for, in the type given, and kept under their full names. */
record RandomWeights(Arena arena, DType dtype, String path, Map<String, Tensor> made) implements Weights {
    static RandomWeights of(Arena arena, DType dtype) {
        return new RandomWeights(arena, dtype, "", new LinkedHashMap<>());
    }

    /** One that was asked for, by its full name. */
    Tensor get(String name) {
        return Objects.requireNonNull(made.get(name), name);
    }

    @Override
    public RandomWeights at(String name) {
        return new RandomWeights(arena, dtype, path(name), made);
    }

    @Override
    public boolean has(String name) {
        return true;
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        return made.computeIfAbsent(path(name), key -> {
            Random random = new Random(key.hashCode());
            Tensor tensor = Tensor.zeros(arena, dtype, shape);
            boolean norm = shape.length == 1 && key.endsWith("weight");
            for (long i = 0; i < tensor.elements(); i++) {
                dtype.set(tensor.data(), i, (norm ? 1 : 0) + 0.2 * random.nextGaussian());
            }
            return tensor;
        });
    }

    @Override
    public Tensor floats(String name, long... shape) {
        return tensor(name, shape).to(DType.F32, arena);
    }
}
