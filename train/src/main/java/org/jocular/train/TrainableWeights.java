package org.jocular.train;

import java.util.function.Predicate;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;

/**
 * Weights in which some tensors are trainable F32 copies, so that a model is loaded for training by the code that loads it for anything else:
 * {@code Systems.load(directory, path -> Checkpoint.through(Checkpoint.open(path), w -> new TrainableWeights(w, parameters, names)))}.
 *
 * @param trained whether a tensor is trained, by its full name in the model's code
 */
public record TrainableWeights(Weights weights, Parameters parameters, Predicate<String> trained) implements Weights {
    @Override
    public String path() {
        return weights.path();
    }

    @Override
    public Weights at(String name) {
        return new TrainableWeights(weights.at(name), parameters, trained);
    }

    @Override
    public boolean has(String name) {
        return weights.has(name);
    }

    @Override
    public long[] shape(String name, long... expected) {
        return weights.shape(name, expected);
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Tensor stored = weights.tensor(name, shape);
        return trained.test(path(name)) ? parameters.add(path(name), stored).value() : stored;
    }

    @Override
    public Tensor floats(String name, long... shape) {
        return trained.test(path(name)) ? tensor(name, shape) : weights.floats(name, shape);
    }
}
