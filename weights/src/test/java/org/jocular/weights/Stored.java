package org.jocular.weights;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;

/** Small checkpoints for tests: tensors by name, written as safetensors. */
final class Stored implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** A vector or a matrix of that many columns; the values in the order of its rows. */
    Stored add(String name, DType dtype, int columns, double... values) {
        long[] shape = columns == 0 ? new long[] {values.length} : new long[] {values.length / columns, columns};
        Tensor tensor = Tensor.zeros(arena, dtype, shape);
        for (int i = 0; i < values.length; i++) {
            dtype.set(tensor.data(), i, values[i]);
        }
        tensors.put(name, tensor);
        return this;
    }

    /** Writes the file and forgets the tensors. */
    Path to(Path file) {
        SafetensorsWriter.write(file, tensors);
        close();
        return file;
    }

    @Override
    public void close() {
        arena.close();
    }
}
