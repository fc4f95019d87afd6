package org.jocular.systems.convert;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jocular.systems.Layout;
import org.jocular.systems.Sources;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Delta;
import org.jocular.weights.Lora;
import org.jspecify.annotations.Nullable;

/**
 * Where a model comes from: a directory as it is, or one whose language model arises from a base and what was published beside it.
 *
 * @param directory of the config.json or jocular.json
 * @param base weights that take the place of the directory's own; null where it has its own
 * @param delta to be added to the base, or null
 * @param adapter low-rank matrices to be merged, or null
 */
public record Origin(
        Path directory,
        @Nullable Path base,
        @Nullable Path delta,
        @Nullable Path adapter) {
    private static final String CONFIG = "config.json";

    /** A model that lies there complete. */
    public static Origin model(Path directory) {
        return new Origin(directory, null, null, null);
    }

    /** Vicuna v0 and LLaVA v0: everything but the base's share of the weights lies beside the delta. */
    public static Origin delta(Path base, Path delta) {
        return new Origin(delta, base, delta, null);
    }

    /**
     * A model and an adapter. LLaVA's adapters belong to a plain Vicuna and have the config.json of the whole; others have none, and the
     * model is of the kind of its base.
     */
    public static Origin adapter(Path base, Path adapter) {
        boolean whole = Files.exists(adapter.resolve(CONFIG));
        return new Origin(whole ? adapter : base, whole ? base : null, null, adapter);
    }

    /** All that is read, which therefore cannot be written to. */
    List<Path> inputs() {
        return Stream.of(directory, base, delta, adapter)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** The directories in which a file of the language model may stand, the first that has it counts. */
    List<Path> textDirectories(Layout layout) {
        Path own = layout.languageModel();
        return adapter != null && base != null && Files.isDirectory(base) ? List.of(own, base) : List.of(own);
    }

    /** Opens for names alone: a tensor is computed when it is written, and not before. */
    Sources.Opener opener(Layout layout) {
        Path languageModel = layout.languageModel();
        return new Sources.Opener() {
            @Override
            public Checkpoint open(Path path) {
                return Checkpoint.namesOnly(path.equals(languageModel) ? languageModel(path) : Checkpoint.open(path));
            }

            @Override
            public Path tokenizer(Path path) {
                return textDirectories(layout).stream()
                        .filter(SideFiles::hasTokenizer)
                        .findFirst()
                        .orElse(path);
            }
        };
    }

    private Checkpoint languageModel(Path path) {
        Checkpoint weights = Checkpoint.open(base == null ? path : base);
        if (delta != null) {
            weights = Delta.applied(weights, delta);
        }
        return adapter == null ? weights : Lora.merged(weights, adapter);
    }
}
