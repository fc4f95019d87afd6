package org.jocular.train.pretraining;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.train.FreshValues;
import org.jocular.train.Objective;
import org.jocular.train.RandomValues;

/**
 * Heads that belong to no model: made when they are asked for, trained and saved with the model's own tensors, and left behind at the end.
 *
 * @param parameters to which they are added
 */
record FreshWeights(String path, Parameters parameters, long seed) implements Weights {
    static FreshWeights root(Parameters parameters, long seed) {
        return new FreshWeights(Objective.HEADS, parameters, seed);
    }

    @Override
    public FreshWeights at(String name) {
        return new FreshWeights(path(name), parameters, seed);
    }

    @Override
    public boolean has(String name) {
        return true;
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        String full = path(name);
        Parameter weight = full.endsWith("bias") ? parameters.get(FreshValues.weightOf(full)) : null;
        int[] sizes = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
        long[] weightShape = weight == null ? null : weight.value().shape();
        return add(full, FreshValues.of(seed, full, sizes, weightShape), shape);
    }

    @Override
    public Tensor floats(String name, long... shape) {
        return tensor(name, shape);
    }

    /** One that begins as Gaussian numbers. */
    Tensor gaussian(String name, double deviation, int rows, int width) {
        return add(path(name), new RandomValues(seed, path(name)).gaussian(rows * width, deviation), rows, width);
    }

    /** One number. */
    Tensor scalar(String name, float value) {
        return add(path(name), new float[] {value}, 1, 1);
    }

    private Tensor add(String full, float[] values, long... shape) {
        try (Arena arena = Arena.ofConfined()) {
            return parameters.add(full, Tensor.of(arena, values, shape)).value();
        }
    }
}
