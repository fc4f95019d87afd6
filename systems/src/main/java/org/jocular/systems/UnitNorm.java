package org.jocular.systems;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;

/**
 * A norm as PyTorch creates it, weights 1 and biases 0: MiniGPT-4 with LLaMA-2 loads no {@code ln_vision}, and so normalises without scaling
 * (minigpt4.py, init_vision_encoder).
 */
record UnitNorm(String path) implements Weights {
    private static final String NORM = "vision_model.post_layernorm";

    @Override
    public Weights at(String name) {
        return new UnitNorm(path(name));
    }

    @Override
    public boolean has(String name) {
        return path(name).equals(NORM + ".weight") || path(name).equals(NORM + ".bias");
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        if (!has(name)) {
            throw new BadInput("no file holds tensor \"%s\", expected with shape %s"
                    .formatted(path(name), Arrays.toString(shape)));
        }
        float[] values = new float[Math.toIntExact(shape[0])];
        Arrays.fill(values, name.equals("weight") ? 1 : 0);
        return Tensor.of(Arena.ofAuto(), values, shape);
    }

    @Override
    public Tensor floats(String name, long... shape) {
        return tensor(name, shape);
    }
}
