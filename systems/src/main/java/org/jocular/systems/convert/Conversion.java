package org.jocular.systems.convert;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jocular.systems.HubConfig;
import org.jocular.systems.Layout;
import org.jocular.systems.Sources;
import org.jocular.systems.StoredWeights;
import org.jocular.systems.Systems;
import org.jocular.systems.TextOnly;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.vit.ImageProcessor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Retyped;
import org.jocular.weights.ShardWriter;
import org.jocular.weights.TensorFile;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;

/**
 * Writes a model of any layout as the hub would: safetensors under the hub's names, config.json, tokenizer and the other small files.
 *
 * <p>The model is loaded as strictly as to be run, which tells what it takes and under which names; then one tensor after the other is read,
 * or computed, and written. The result is loaded once more before it takes its name.
 */
public final class Conversion {
    /** Room for the small files. */
    private static final long BESIDE_WEIGHTS = 32L << 20;

    private Conversion() {}

    /**
     * How to write.
     *
     * @param dtype of all weights; null for the types that they have
     * @param maxShardBytes most bytes of tensors in a file
     */
    public record Settings(@Nullable DType dtype, long maxShardBytes) {}

    /** Hears how far it is. */
    @FunctionalInterface
    public interface Progress {
        void written(long bytes, long ofBytes);
    }

    /**
     * What was written.
     *
     * @param system one of {@link Systems#NAMES}, or the {@code model_type} of a language model alone
     * @param layout that of the source
     * @param written the tensors in their order, with the files that they came from
     * @param leftOut everything else that the source holds
     * @param files the names of the files in the new directory, sorted
     */
    public record Result(
            String system, String layout, StoredWeights written, List<LeftOut> leftOut, List<String> files) {}

    /**
     * Converts a model.
     *
     * @param out a directory that is not there or empty; after a failure it is as it was
     * @throws BadInput if the source is incomplete or wrong, or the target cannot be written
     */
    public static Result run(Origin origin, Path out, Settings settings, Progress progress) {
        return run(origin, out, settings, UnaryOperator.identity(), progress);
    }

    /**
     * The same with other values in the place of some: trained ones.
     *
     * @param replaced given the model's tensors under the hub's names, those that are to be written; names and shapes stay
     */
    public static Result run(
            Origin origin, Path out, Settings settings, UnaryOperator<TensorFile> replaced, Progress progress) {
        PartialDirectory.check(out, origin.inputs());
        Layout layout = Layout.of(origin.directory());
        Sources.Opener opener = origin.opener(layout);
        try (Loaded loaded = load(layout, opener)) {
            HubTensors taken = new HubTensors(origin.directory(), loaded.sources);
            TensorFile changed = replaced.apply(taken);
            TensorFile tensors = settings.dtype == null ? changed : Retyped.file(changed, settings.dtype);
            StoredWeights written = new StoredWeights(tensors.tensors(), List.of());
            try (PartialDirectory partial = PartialDirectory.make(out, written.bytes() + BESIDE_WEIGHTS)) {
                ShardWriter.write(
                        partial.path(), settings.maxShardBytes, new Watched(tensors, written.bytes(), progress));
                SideFiles files = new SideFiles(partial.path());
                files.tokenizers(layout, opener);
                files.generation(origin.textDirectories(layout), loaded.eosTokenIds);
                files.pictures(layout, loaded.processor);
                files.presets(layout);
                files.json("config.json", TypeFields.in(loaded.config, written));
                load(Layout.of(partial.path()), Checkpoint::open).close();
                partial.publish();
            }
            return new Result(layout.system(), layout.name(), written, taken.leftOut(), PartialDirectory.files(out));
        }
    }

    /** A system, or a language model alone. */
    private record Loaded(
            Sources sources,
            HubConfig config,
            @Nullable ImageProcessor processor,
            @Nullable List<Integer> eosTokenIds) implements AutoCloseable {
        @Override
        public void close() {
            sources.close();
        }
    }

    private static Loaded load(Layout layout, Sources.Opener opener) {
        if (layout.kind() == Layout.Kind.LANGUAGE_MODEL) {
            TextOnly text = TextOnly.load(layout, opener);
            return new Loaded(text.sources(), text.config(), null, null);
        }
        VisionLanguageModel model = Systems.load(layout.directory(), opener);
        return new Loaded(
                model.parts().sources(),
                model.parts().config(),
                model.imageProcessor(),
                model.generation().eosTokenIds());
    }

    /** Counts what is taken. */
    private static final class Watched implements TensorFile {
        private final TensorFile tensors;
        private final long all;
        private final Progress progress;
        private long taken;

        Watched(TensorFile tensors, long all, Progress progress) {
            this.tensors = tensors;
            this.all = all;
            this.progress = progress;
        }

        @Override
        public Path file() {
            return tensors.file();
        }

        @Override
        public List<TensorInfo> tensors() {
            return tensors.tensors();
        }

        @Override
        public Tensor tensor(String name, Arena arena) {
            Tensor tensor = tensors.tensor(name, arena);
            taken += tensor.data().byteSize();
            progress.written(taken, all);
            return tensor;
        }
    }
}
