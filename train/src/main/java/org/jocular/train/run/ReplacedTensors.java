package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.weights.TensorFile;
import org.jocular.weights.TensorInfo;

/** The tensors of a file, some of them with other values and perhaps in another type. */
final class ReplacedTensors implements TensorFile {
    private final TensorFile tensors;
    private final Map<String, Replacement> replacements = new HashMap<>();

    private record Replacement(TensorInfo info, Function<Arena, Tensor> make) {}

    ReplacedTensors(TensorFile tensors) {
        this.tensors = tensors;
    }

    /** @param like tells the type, and in messages the file */
    void replace(String name, TensorInfo like, Function<Arena, Tensor> make) {
        TensorInfo info = new TensorInfo(name, like.dtype(), like.shape(), like.bytes(), like.file());
        replacements.put(name, new Replacement(info, make));
    }

    /** In F32. */
    void replaceFloats(TensorInfo before, Function<Arena, Tensor> make) {
        TensorInfo info = new TensorInfo(
                before.name(), DType.F32.name(), before.shape(), before.elements() * DType.F32.bytes(), before.file());
        replacements.put(before.name(), new Replacement(info, make));
    }

    @Override
    public Path file() {
        return tensors.file();
    }

    @Override
    public List<TensorInfo> tensors() {
        return tensors.tensors().stream()
                .map(info -> {
                    Replacement replacement = replacements.get(info.name());
                    return replacement == null ? info : replacement.info;
                })
                .toList();
    }

    @Override
    public Tensor tensor(String name, Arena arena) {
        Replacement replacement = replacements.get(name);
        return replacement == null ? tensors.tensor(name, arena) : replacement.make.apply(arena);
    }
}
