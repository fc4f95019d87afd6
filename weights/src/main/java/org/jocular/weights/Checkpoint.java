package org.jocular.weights;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Leftovers.Leftover;

/**
 * All tensors of a model: one safetensors file, or the shards of a directory, mapped until {@link #close()}.
 *
 * <p>Loading is strict. A tensor that is missing or has another shape is an error when it is asked for; one that nobody asked for is an
 * error in {@link #finish}, unless {@link Leftovers} knows why.
 */
public final class Checkpoint implements AutoCloseable {
    static final String SINGLE = "model.safetensors";
    private static final int NAMED_AT_MOST = 5;

    private final Path path;
    private final Arena arena;
    private final Map<String, Stored> tensors;
    private final Set<String> used = ConcurrentHashMap.newKeySet();
    private volatile List<Ignored> ignored = List.of();

    private Checkpoint(Path path, Arena arena, Map<String, Stored> tensors) {
        this.path = path;
        this.arena = arena;
        this.tensors = tensors;
    }

    private record Stored(TensorInfo info, Safetensors file) {}

    /** A tensor that the model does not need, and why. */
    public record Ignored(String name, String why) {}

    /**
     * Opens a {@code .safetensors} file, or a directory with {@code model.safetensors} or with {@code model.safetensors.index.json} and its
     * shards.
     *
     * @throws BadInput naming what is missing, broken or contradicts the index
     */
    @SuppressWarnings("MustBeClosedChecker") // The checkpoint owns the arena and closes it.
    public static Checkpoint open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            return new Checkpoint(path, arena, tensors(path, arena));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static Map<String, Stored> tensors(Path path, Arena arena) {
        if (!Files.isDirectory(path)) {
            return single(path, arena);
        }
        Path single = path.resolve(SINGLE);
        Path index = path.resolve(ShardIndex.NAME);
        // Where both lie there, transformers takes the single file too (modeling_utils.py).
        if (Files.exists(single)) {
            return single(single, arena);
        }
        if (Files.exists(index)) {
            return sharded(path, ShardIndex.read(index), arena);
        }
        boolean pickled = Files.exists(path.resolve("pytorch_model.bin"))
                || Files.exists(path.resolve("pytorch_model.bin.index.json"));
        throw Bad.file(
                path,
                "has neither %s nor %s%s"
                        .formatted(
                                SINGLE, ShardIndex.NAME, pickled ? ", only pytorch_model.bin, a PyTorch pickle" : ""));
    }

    private static Map<String, Stored> single(Path path, Arena arena) {
        Map<String, Stored> tensors = new LinkedHashMap<>();
        Safetensors file = Safetensors.open(path, arena);
        file.tensors().forEach(info -> tensors.put(info.name(), new Stored(info, file)));
        return tensors;
    }

    private static Map<String, Stored> sharded(Path directory, ShardIndex index, Arena arena) {
        Map<String, Stored> tensors = new LinkedHashMap<>();
        index.shards().forEach((shard, aTensor) -> {
            Path path = directory.resolve(shard);
            if (!Files.exists(path)) {
                throw Bad.file(
                        index.file(),
                        "places tensor %s in %s, which is missing".formatted(Bad.quote(aTensor), Bad.quote(shard)));
            }
            Safetensors file = Safetensors.open(path, arena);
            for (TensorInfo info : file.tensors()) {
                String place = index.shardOf().get(info.name());
                if (!shard.equals(place)) {
                    throw Bad.file(
                            path,
                            "has tensor %s, which %s %s"
                                    .formatted(
                                            Bad.quote(info.name()),
                                            ShardIndex.NAME,
                                            place == null ? "does not name" : "places in " + Bad.quote(place)));
                }
                tensors.put(info.name(), new Stored(info, file));
            }
        });
        index.shardOf().forEach((tensor, shard) -> {
            if (!tensors.containsKey(tensor)) {
                throw Bad.file(
                        directory.resolve(shard),
                        "lacks tensor %s, which %s places there".formatted(Bad.quote(tensor), ShardIndex.NAME));
            }
        });
        return tensors;
    }

    /** The file or directory that was opened. */
    public Path path() {
        return path;
    }

    /** All tensors, shard after shard, in the order of their data. */
    public List<TensorInfo> tensors() {
        return tensors.values().stream().map(Stored::info).toList();
    }

    /** Whether the checkpoint has a tensor of this name, the file's own. */
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** Bytes of all tensors. */
    public long totalBytes() {
        return tensors.values().stream()
                .mapToLong(stored -> stored.info.bytes())
                .sum();
    }

    /** All tensors under their own names. */
    public Weights root() {
        return root(UnaryOperator.identity());
    }

    /**
     * All tensors under the names that a model's code uses, where the file has others. Errors speak of the file's own names.
     *
     * @param fileName from the code's full name to the file's, for instance {@link Renaming#prefixes}
     */
    public Weights root(UnaryOperator<String> fileName) {
        return new View(this, fileName, "");
    }

    /**
     * Ends loading: every tensor must have been used, or be one of the {@link Leftovers#BUFFERS}, or be covered by {@code known}.
     *
     * @throws BadInput naming up to five unused tensors, how many there are, and where
     */
    public void finish(Leftover... known) {
        List<Leftover> leftovers =
                Stream.concat(Leftovers.BUFFERS.stream(), Stream.of(known)).toList();
        List<Ignored> covered = new ArrayList<>();
        List<TensorInfo> unused = new ArrayList<>();
        for (Stored stored : tensors.values()) {
            String name = stored.info.name();
            if (used.contains(name)) {
                continue;
            }
            leftovers.stream()
                    .filter(leftover -> leftover.covers().test(name))
                    .findFirst()
                    .ifPresentOrElse(
                            leftover -> covered.add(new Ignored(name, leftover.why())), () -> unused.add(stored.info));
        }
        ignored = List.copyOf(covered);
        if (!unused.isEmpty()) {
            throw unused(unused);
        }
    }

    /** After {@link #finish}: what the file has beyond the model, and why. */
    public List<Ignored> ignored() {
        return ignored;
    }

    /** Unmaps the files: no tensor of this checkpoint may be used afterwards. */
    @Override
    public void close() {
        arena.close();
    }

    private BadInput unused(List<TensorInfo> unused) {
        List<Path> files = unused.stream().map(TensorInfo::file).distinct().toList();
        List<String> names = unused.stream()
                .limit(NAMED_AT_MOST)
                .map(info -> Bad.quote(info.name()))
                .toList();
        return Bad.file(
                files.size() == 1 ? files.getFirst() : path,
                "holds %d tensor%s that the model does not use: %s%s"
                        .formatted(
                                unused.size(),
                                unused.size() == 1 ? "" : "s",
                                String.join(", ", names),
                                unused.size() > NAMED_AT_MOST ? ", …" : ""));
    }

    private Stored stored(String name, long[] expected) {
        Stored stored = tensors.get(name);
        if (stored == null) {
            String near = NearestName.of(name, tensors.keySet());
            throw Bad.file(
                    path,
                    "lacks tensor %s, expected with shape %s%s"
                            .formatted(
                                    Bad.quote(name),
                                    Arrays.toString(expected),
                                    near == null ? "" : "; it has " + Bad.quote(near) + " instead"));
        }
        return stored;
    }

    private Tensor load(String name, long[] shape) {
        Stored stored = stored(name, shape);
        List<Long> expected = LongStream.of(shape).boxed().toList();
        if (!stored.info.shape().equals(expected)) {
            throw Bad.file(
                    stored.info.file(),
                    "has tensor %s with shape %s, expected %s"
                            .formatted(
                                    Bad.quote(name),
                                    Bad.shorten(stored.info.shape().toString()),
                                    expected));
        }
        Tensor tensor = stored.file.tensor(name);
        used.add(name);
        return tensor;
    }

    private record View(Checkpoint checkpoint, UnaryOperator<String> fileName, String path) implements Weights {
        @Override
        public Weights at(String name) {
            return new View(checkpoint, fileName, path(name));
        }

        @Override
        public boolean has(String name) {
            return checkpoint.has(fileName.apply(path(name)));
        }

        @Override
        public long[] shape(String name, long... expected) {
            return checkpoint.stored(fileName.apply(path(name)), expected).info.shape().stream()
                    .mapToLong(Long::longValue)
                    .toArray();
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            return checkpoint.load(fileName.apply(path(name)), shape);
        }

        @Override
        public Tensor floats(String name, long... shape) {
            return tensor(name, shape).to(DType.F32, checkpoint.arena);
        }
    }
}
