package org.jocular.systems;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.QkvBiases;
import org.jocular.weights.TensorFile;

/** The checkpoints that a model is made of, in the order of opening. Closing it unmaps them all. */
public final class Sources implements AutoCloseable {
    private final Opener opener;
    private final List<Checkpoint> checkpoints = new ArrayList<>();

    /** How the weights at a path are opened: as they are, or with something added to them. */
    @FunctionalInterface
    public interface Opener {
        Checkpoint open(Path path);
    }

    Sources(Opener opener) {
        this.opener = opener;
    }

    Checkpoint open(Path path) {
        return add(opener.open(path));
    }

    /** A file in LAVIS's layout of EVA's biases, with the hub's. */
    Checkpoint openMerged(Path path) {
        return add(QkvBiases.merged(opener.open(path)));
    }

    Checkpoint add(Checkpoint checkpoint) {
        checkpoints.add(checkpoint);
        return checkpoint;
    }

    /** What the files hold; to be asked when loading has ended. */
    StoredWeights stored() {
        return new StoredWeights(
                checkpoints.stream().flatMap(c -> c.tensors().stream()).toList(),
                checkpoints.stream().flatMap(c -> c.ignored().stream()).toList());
    }

    /** What the model took, under the names of its code, checkpoint after checkpoint. */
    List<TensorFile> loaded() {
        return checkpoints.stream().map(Checkpoint::loaded).toList();
    }

    /** Each tensor from the first of these that has it. */
    static Weights joined(Weights... parts) {
        return new Joined(List.of(parts));
    }

    @Override
    public void close() {
        checkpoints.reversed().forEach(Checkpoint::close);
        checkpoints.clear();
    }

    private record Joined(List<Weights> parts) implements Weights {
        private Weights holder(String name) {
            // Where nobody has it, the last one says so.
            return parts.stream().filter(part -> part.has(name)).findFirst().orElse(parts.getLast());
        }

        @Override
        public String path() {
            return parts.getFirst().path();
        }

        @Override
        public Weights at(String name) {
            return new Joined(parts.stream().map(part -> part.at(name)).toList());
        }

        @Override
        public boolean has(String name) {
            return parts.stream().anyMatch(part -> part.has(name));
        }

        @Override
        public long[] shape(String name, long... expected) {
            return holder(name).shape(name, expected);
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            return holder(name).tensor(name, shape);
        }

        @Override
        public Tensor floats(String name, long... shape) {
            return holder(name).floats(name, shape);
        }
    }
}
