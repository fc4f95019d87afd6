package org.jocular.train.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.train.Optimizer;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.SafetensorsWriter;

/**
 * Everything that a stage needs to go on as if nothing had happened: parameters, the optimiser's means, how many steps were made. One file, which
 * appears whole or not at all.
 */
record TrainingState(Path directory, Parameters parameters, Optimizer optimizer) {
    private static final String NAME = "training-state.safetensors";
    private static final String STEPS = "steps";

    private Path file() {
        return directory.resolve(NAME);
    }

    private Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new TreeMap<>(optimizer.state());
        for (Parameter parameter : parameters.all()) {
            tensors.put("value." + parameter.name(), parameter.value());
        }
        return tensors;
    }

    void save(int steps) {
        Map<String, Tensor> tensors = tensors();
        try (Arena arena = Arena.ofConfined()) {
            Tensor done = Tensor.of(arena, new float[] {steps}, 1);
            tensors.put(STEPS, done);
            SafetensorsWriter.write(file(), tensors);
        }
    }

    /** Puts everything back, and returns how many steps were made; 0 where nothing was saved. */
    int load() {
        if (!Files.exists(file())) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined();
                Checkpoint saved = Checkpoint.open(file())) {
            Map<String, Tensor> tensors = tensors();
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                Tensor stored = saved.tensor(entry.getKey(), arena);
                if (!stored.hasShape(entry.getValue().shape())) {
                    throw new BadInput(
                            "%s has %s as %s, expected %s".formatted(file(), entry.getKey(), stored, entry.getValue()));
                }
                entry.getValue().data().copyFrom(stored.data());
            }
            int steps = (int) saved.tensor(STEPS, arena).get(0);
            optimizer.resume(steps);
            return steps;
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
