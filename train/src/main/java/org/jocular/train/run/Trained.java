package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorInfo;

/** Writes a model whose parameters have moved over the one that it was. */
final class Trained {
    private Trained() {}

    static void write(Path directory, Parameters parameters) {
        Path file = directory.resolve("model.safetensors");
        try (Arena arena = Arena.ofShared();
                Checkpoint before = Checkpoint.open(file)) {
            Map<String, Tensor> tensors = new TreeMap<>();
            for (TensorInfo info : before.tensors()) {
                Parameter trained = parameters.get(info.name());
                Tensor stored = before.tensor(info.name(), arena);
                // The shape is the file's: models see some tensors under another one.
                tensors.put(
                        info.name(), trained == null ? stored : trained.value().reshape(stored.shape()));
            }
            SafetensorsWriter.write(file, tensors);
        }
    }
}
