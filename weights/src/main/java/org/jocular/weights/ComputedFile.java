package org.jocular.weights;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jocular.tensor.Tensor;

/** Tensors that are made from those of other files when they are asked for, one at a time and into the asker's arena. */
final class ComputedFile implements TensorFile {
    private final Path file;
    private final List<Beside> beside;
    private final SequencedMap<String, Computed> tensors = new LinkedHashMap<>();

    /** An empty file; {@link #add} fills it. */
    ComputedFile(Path file, List<Beside> beside) {
        this.file = file;
        this.beside = List.copyOf(beside);
    }

    /** How to make a tensor: as its info says, in {@code arena} or in the place of another file. */
    @FunctionalInterface
    interface Recipe {
        Tensor make(Arena arena);
    }

    private record Computed(TensorInfo info, Recipe recipe) {}

    void add(TensorInfo info, Recipe recipe) {
        if (tensors.put(info.name(), new Computed(info, recipe)) != null) {
            throw Bad.file(info.file(), "would have tensor %s twice".formatted(Bad.quote(info.name())));
        }
    }

    /** A tensor of another file as it is. */
    void add(TensorInfo info, TensorFile from) {
        add(info, arena -> from.tensor(info.name(), arena));
    }

    /** What a file says about its tensors, by name. */
    static SequencedMap<String, TensorInfo> infos(TensorFile file) {
        SequencedMap<String, TensorInfo> infos = new LinkedHashMap<>();
        file.tensors().forEach(info -> infos.put(info.name(), info));
        return infos;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<TensorInfo> tensors() {
        return tensors.values().stream().map(Computed::info).toList();
    }

    @Override
    public Tensor tensor(String name, Arena arena) {
        Computed computed = tensors.get(name);
        if (computed == null) {
            throw Bad.file(file, "has no tensor " + Bad.quote(name));
        }
        return computed.recipe.make(arena);
    }

    @Override
    public List<Beside> beside() {
        return beside;
    }
}
