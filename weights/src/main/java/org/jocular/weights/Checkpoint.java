package org.jocular.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Leftovers.Leftover;
import org.jspecify.annotations.Nullable;

/**
 * All tensors of a model: one file or the shards of a directory, safetensors or PyTorch's, mapped until {@link #close()}; or tensors computed
 * from those of other checkpoints ({@link QkvBiases}, {@link Delta}, {@link Lora}, {@link Retyped}).
 *
 * <p>Loading is strict. A tensor that is missing or has another shape is an error when it is asked for; one that nobody asked for is an
 * error in {@link #finish}, unless {@link Leftovers} knows why.
 *
 * <p>Tensors lie in the files' mappings where a file holds them as they are. Those that must be computed are computed when a model first
 * takes them and kept until {@link #close()}, since the model does; {@link #tensor(String, Arena)} computes into the caller's arena
 * instead, so whoever writes a checkpoint needs memory for one tensor at a time.
 */
public final class Checkpoint implements TensorFile, AutoCloseable {
    private static final int NAMED_AT_MOST = 5;

    private final Path path;
    private final Arena arena;
    private final Map<String, Stored> tensors;
    private final List<Beside> beside;
    private final List<Checkpoint> sources;
    private final boolean namesOnly;
    private final UnaryOperator<Weights> view;
    private final Map<String, Tensor> taken = new ConcurrentHashMap<>();
    private final Set<String> used = ConcurrentHashMap.newKeySet();
    private final Map<String, String> loaded = Collections.synchronizedMap(new LinkedHashMap<>());
    private @Nullable MemorySegment zeros;
    private volatile List<Ignored> ignored = List.of();

    private Checkpoint(
            Path path,
            Arena arena,
            List<? extends TensorFile> files,
            List<Checkpoint> sources,
            boolean namesOnly,
            UnaryOperator<Weights> view) {
        this.path = path;
        this.view = view;
        this.arena = arena;
        this.tensors = new LinkedHashMap<>();
        files.forEach(file -> file.tensors().forEach(info -> tensors.put(info.name(), new Stored(info, file))));
        this.beside = files.stream().flatMap(file -> file.beside().stream()).toList();
        this.sources = sources;
        this.namesOnly = namesOnly;
    }

    private record Stored(TensorInfo info, TensorFile file) {}

    /** A tensor that the model does not need, and why. */
    public record Ignored(String name, String why) {}

    /**
     * Opens a file of weights, or a directory with {@code model.safetensors}, {@code pytorch_model.bin}, or the index and the shards of
     * either.
     *
     * @throws BadInput naming what is missing, broken or contradicts the index
     */
    @SuppressWarnings("MustBeClosedChecker") // The checkpoint owns the arena and closes it.
    public static Checkpoint open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            return new Checkpoint(path, arena, TensorFiles.at(path, arena), List.of(), false, UnaryOperator.identity());
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /**
     * A checkpoint of tensors that are computed from those of others, which are closed with it, or here where this fails.
     *
     * @param others  more checkpoints, to be opened
     * @param combine makes the tensors, given those in the order of {@code others}
     */
    @SuppressWarnings("MustBeClosedChecker") // The checkpoint owns the arena and closes it.
    static Checkpoint computed(Checkpoint source, List<Path> others, Function<List<Checkpoint>, TensorFile> combine) {
        List<Checkpoint> sources = new ArrayList<>(List.of(source));
        try {
            others.forEach(path -> sources.add(open(path)));
            TensorFile computed = combine.apply(sources.subList(1, sources.size()));
            return new Checkpoint(
                    computed.file(), Arena.ofShared(), List.of(computed), List.copyOf(sources), false, source.view);
        } catch (RuntimeException | Error e) {
            sources.forEach(Checkpoint::close);
            throw e;
        }
    }

    /**
     * A checkpoint from which a model can be loaded to learn what it takes, and under which names, at no cost: every tensor that it is
     * given is zero. {@link #loaded()} and {@link #tensor(String, Arena)} have the true values, one at a time.
     *
     * @param source is closed with the result
     */
    @SuppressWarnings("MustBeClosedChecker") // The checkpoint owns the arena and closes it.
    public static Checkpoint namesOnly(Checkpoint source) {
        return new Checkpoint(source.path, Arena.ofShared(), List.of(source), List.of(source), true, source.view);
    }

    /**
     * A checkpoint whose tensors models are given through a wrapper: trainable copies in the place of some, or a note of which were taken. The
     * wrapper sees the names of the models' code.
     *
     * @param source is closed with the result
     */
    @SuppressWarnings("MustBeClosedChecker") // The checkpoint owns the arena and closes it.
    public static Checkpoint through(Checkpoint source, UnaryOperator<Weights> view) {
        return new Checkpoint(source.path, Arena.ofShared(), List.of(source), List.of(source), false, view);
    }

    /** The file or directory that was opened. */
    @Override
    public Path file() {
        return path;
    }

    /** All tensors, shard after shard. */
    @Override
    public List<TensorInfo> tensors() {
        return tensors.values().stream().map(Stored::info).toList();
    }

    /** A tensor by the file's own name; nothing is noted about its use. */
    @Override
    public Tensor tensor(String name, Arena scratch) {
        Tensor kept = namesOnly ? null : taken.get(name);
        return kept != null ? kept : stored(name, null).file.tensor(name, scratch);
    }

    @Override
    public List<Beside> beside() {
        return beside;
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
        return view.apply(new CheckpointView(this, fileName, ""));
    }

    /**
     * The tensors that models took so far, in the order of taking, in their stored types, under the names that the models' code uses: what
     * the same model looks like in the layout of the code. One that was taken under two names comes under both.
     */
    public TensorFile loaded() {
        ComputedFile renamed = new ComputedFile(path, List.of());
        synchronized (loaded) {
            loaded.forEach((codeName, name) ->
                    renamed.add(stored(name, null).info.named(codeName), arena -> tensor(name, arena)));
        }
        return renamed;
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
        beside.forEach(other -> covered.add(new Ignored(other.name(), "beside the weights")));
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
        sources.forEach(Checkpoint::close);
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

    private Stored stored(String name, long @Nullable [] expected) {
        Stored stored = tensors.get(name);
        if (stored == null) {
            String near = NearestName.of(name, tensors.keySet());
            throw Bad.file(
                    path,
                    "lacks tensor %s%s%s"
                            .formatted(
                                    Bad.quote(name),
                                    expected == null ? "" : ", expected with shape " + Arrays.toString(expected),
                                    near == null ? "" : "; it has " + Bad.quote(near) + " instead"));
        }
        return stored;
    }

    TensorInfo info(String name, long[] expected) {
        return stored(name, expected).info;
    }

    Tensor floats(Tensor tensor) {
        return tensor.to(DType.F32, arena);
    }

    /** Takes the tensor {@code name}, which the code calls {@code codeName}. */
    Tensor load(String codeName, String name, long[] shape) {
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
        Tensor tensor =
                taken.computeIfAbsent(name, any -> namesOnly ? zeros(stored.info) : stored.file.tensor(name, arena));
        used.add(name);
        loaded.put(codeName, name);
        return tensor;
    }

    /** All share one piece of memory, as large as the largest. */
    private Tensor zeros(TensorInfo info) {
        synchronized (taken) {
            if (zeros == null) {
                long largest = tensors.values().stream()
                        .mapToLong(stored -> stored.info.bytes())
                        .max()
                        .orElse(0);
                zeros = arena.allocate(largest, 64);
            }
            return new Tensor(info.type(), zeros.asSlice(0, info.bytes()), info.sizes());
        }
    }
}
