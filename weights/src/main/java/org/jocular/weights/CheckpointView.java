package org.jocular.weights;

import java.util.function.UnaryOperator;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;

/**
 * The tensors of a checkpoint below one path.
 *
 * @param fileName from the code's full name to the file's
 */
record CheckpointView(Checkpoint checkpoint, UnaryOperator<String> fileName, String path) implements Weights {
    @Override
    public Weights at(String name) {
        return new CheckpointView(checkpoint, fileName, path(name));
    }

    @Override
    public boolean has(String name) {
        return checkpoint.has(fileName.apply(path(name)));
    }

    @Override
    public long[] shape(String name, long... expected) {
        return checkpoint.info(fileName.apply(path(name)), expected).sizes();
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        return checkpoint.load(path(name), fileName.apply(path(name)), shape);
    }

    @Override
    public Tensor floats(String name, long... shape) {
        return checkpoint.floats(tensor(name, shape));
    }
}
