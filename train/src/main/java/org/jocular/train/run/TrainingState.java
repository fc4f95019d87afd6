package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.train.Optimizer;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.SafetensorsWriter;

/**
 * Everything that a stage needs to go on as if nothing had happened: parameters, the optimiser's means, how many steps were made. One file, which
 * appears whole or not at all.
 *
 * @param key of the stage, so that no other training goes on with it
 */
record TrainingState(Path file, String key, Parameters parameters, Optimizer optimizer) {
    /** How far it is, and how many seconds that took. */
    record Reached(int steps, double seconds) {
        static final Reached NOTHING = new Reached(0, 0);
    }

    private String reached() {
        return "reached." + key;
    }

    private Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new TreeMap<>(optimizer.state());
        for (Parameter parameter : parameters.all()) {
            tensors.put("value." + parameter.name(), parameter.value());
        }
        return tensors;
    }

    void save(Reached reached) {
        Map<String, Tensor> tensors = tensors();
        try (Arena arena = Arena.ofConfined()) {
            Tensor values = Tensor.zeros(arena, DType.F64, 2);
            DType.F64.set(values.data(), 0, reached.steps);
            DType.F64.set(values.data(), 1, reached.seconds);
            tensors.put(reached(), values);
            SafetensorsWriter.write(file, tensors);
        }
    }

    /** Puts everything back; nothing happens where nothing was saved. */
    Reached load() {
        if (!Files.exists(file)) {
            return Reached.NOTHING;
        }
        try (Arena arena = Arena.ofConfined();
                Checkpoint saved = Checkpoint.open(file)) {
            Map<String, Tensor> tensors = tensors();
            if (!saved.has(reached()) || saved.tensors().size() != tensors.size() + 1) {
                throw new BadInput(
                        "%s is the state of another training, expected that of this stage: delete it to begin anew"
                                .formatted(file));
            }
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                Tensor stored = saved.tensor(entry.getKey(), arena);
                Tensor here = entry.getValue();
                if (stored.dtype() != here.dtype() || !stored.hasShape(here.shape())) {
                    throw new BadInput("%s has %s as %s, expected %s".formatted(file, entry.getKey(), stored, here));
                }
            }
            // Copied when all is known to fit.
            tensors.forEach((name, here) ->
                    here.data().copyFrom(saved.tensor(name, arena).data()));
            Tensor values = saved.tensor(reached(), arena);
            Reached reached = new Reached((int) values.get(0), values.get(1));
            optimizer.resume(reached.steps);
            return reached;
        }
    }
}
