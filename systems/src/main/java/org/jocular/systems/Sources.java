package org.jocular.systems;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.QkvBiases;
import org.jocular.weights.Retyped;
import org.jocular.weights.TensorFile;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;

/** The checkpoints that a model is made of, in the order of opening. Closing it unmaps them all. */
public final class Sources implements AutoCloseable {
    private final Opener opener;
    private final List<Source> sources = new ArrayList<>();

    /** How the weights at a path are opened: as they are, or with something added to them. */
    @FunctionalInterface
    public interface Opener {
        Checkpoint open(Path path);

        /** Where the tokenizer of a model directory lies: an adapter has that of its base. */
        default Path tokenizer(Path directory) {
            return directory;
        }
    }

    /**
     * One of the checkpoints.
     *
     * @param mergedBiases the type in which the file has EVA's biases, which the checkpoint has merged, in F32; null where it has none, or of
     *     several types
     */
    public record Source(Checkpoint checkpoint, @Nullable DType mergedBiases) {
        /** What the model took, under the names of its code and in the types of the files: merging changed those of the biases. */
        public TensorFile loaded() {
            TensorFile loaded = checkpoint.loaded();
            return mergedBiases == null ? loaded : new OwnTypes(loaded, Retyped.file(loaded, mergedBiases));
        }
    }

    /** Merged biases from the one file, all other tensors from the other. */
    private record OwnTypes(TensorFile loaded, TensorFile biases) implements TensorFile {
        private static boolean isMerged(String name) {
            return name.endsWith(".qkv.bias");
        }

        @Override
        public Path file() {
            return loaded.file();
        }

        @Override
        public List<TensorInfo> tensors() {
            List<TensorInfo> own = loaded.tensors();
            List<TensorInfo> retyped = biases.tensors();
            return IntStream.range(0, own.size())
                    .mapToObj(i -> isMerged(own.get(i).name()) ? retyped.get(i) : own.get(i))
                    .toList();
        }

        @Override
        public Tensor tensor(String name, Arena arena) {
            return isMerged(name) ? biases.tensor(name, arena) : loaded.tensor(name, arena);
        }
    }

    Sources(Opener opener) {
        this.opener = opener;
    }

    Checkpoint open(Path path) {
        return add(opener.open(path));
    }

    /** A file in LAVIS's layout of EVA's biases, with the hub's. */
    Checkpoint openMerged(Path path) {
        Checkpoint stored = opener.open(path);
        Set<String> types = stored.tensors().stream()
                .filter(info -> info.name().endsWith(".q_bias") || info.name().endsWith(".v_bias"))
                .map(TensorInfo::dtype)
                .collect(Collectors.toSet());
        Checkpoint merged = QkvBiases.merged(stored);
        sources.add(
                new Source(merged, types.size() == 1 ? dtype(types.iterator().next()) : null));
        return merged;
    }

    private static @Nullable DType dtype(String name) {
        return Stream.of(DType.values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    Checkpoint add(Checkpoint checkpoint) {
        sources.add(new Source(checkpoint, null));
        return checkpoint;
    }

    Path tokenizer(Path directory) {
        return opener.tokenizer(directory);
    }

    /** The checkpoints, in the order of opening. */
    public List<Source> all() {
        return List.copyOf(sources);
    }

    /** What the files hold; to be asked when loading has ended. */
    StoredWeights stored() {
        return new StoredWeights(
                sources.stream()
                        .flatMap(source -> source.checkpoint.tensors().stream())
                        .toList(),
                sources.stream()
                        .flatMap(source -> source.checkpoint.ignored().stream())
                        .toList());
    }

    /**
     * Weights that are one part of a whole.
     *
     * @param names those that it ought to have: it speaks for them where nobody has them
     */
    record Share(Pattern names, Weights weights) {
        static Share of(String names, Weights weights) {
            return new Share(Pattern.compile(names), weights);
        }

        Share at(String name) {
            return new Share(names, weights.at(name));
        }
    }

    /** Each tensor from the first of these that has it; the last ought to have what no other names. */
    static Weights joined(Share... shares) {
        return new Joined("", List.of(shares));
    }

    @Override
    public void close() {
        sources.reversed().forEach(source -> source.checkpoint.close());
        sources.clear();
    }

    private record Joined(String path, List<Share> shares) implements Weights {
        private Weights holder(String name) {
            return shares.stream()
                    .filter(share -> share.weights.has(name))
                    .findFirst()
                    .or(() -> shares.stream()
                            .filter(share -> share.names.matcher(path(name)).lookingAt())
                            .findFirst())
                    .orElse(shares.getLast())
                    .weights;
        }

        @Override
        public Weights at(String name) {
            return new Joined(
                    path(name), shares.stream().map(share -> share.at(name)).toList());
        }

        @Override
        public boolean has(String name) {
            return shares.stream().anyMatch(share -> share.weights.has(name));
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
