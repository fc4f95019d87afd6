package org.jocular.train.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.train.data.DataSpec;
import org.jocular.train.recipe.Stage;
import org.jocular.train.tiny.TinyModels;
import org.jocular.weights.Hashes;
import org.jocular.weights.ModelPaths;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What stages are known by: everything that decides their bytes, all stages before them included. */
final class StageKeys {
    /** Counts up when this program trains in another way. */
    private static final int GENERATION = 1;

    private final Path data;
    private final SequencedMap<String, Object> computer;
    private final FileHashes hashes = new FileHashes();
    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, String> tiny = new HashMap<>();

    /**
     * @param data     the folder that data files are named from
     * @param computer how many threads of which executor: another number adds up in another order
     */
    StageKeys(Path data, SequencedMap<String, Object> computer) {
        this.data = data;
        this.computer = computer;
    }

    /**
     * A stage, and what it is made of.
     *
     * @param data   hashes of its files, by name; pictures are not among them
     * @param models hashes of the models that it begins with and that no stage makes, by name
     */
    record Identity(String key, SequencedMap<String, String> data, SequencedMap<String, String> models) {
        /** Refuses what was made of anything else. */
        void requireSame(Path file, JsonNode before) {
            requireSame(file, before, "data", data);
            requireSame(file, before, "models", models);
            if (!before.path("key").asString("").equals(key)) {
                throw new BadInput(
                        "%s says that this stage was trained otherwise: choose another folder".formatted(file));
            }
        }

        private static void requireSame(Path file, JsonNode before, String field, SequencedMap<String, String> hashes) {
            hashes.forEach((name, hash) -> {
                String was = before.path(field).path(name).asString("");
                if (!was.equals(hash)) {
                    throw new BadInput("%s says that this stage was trained with another %s: choose another folder"
                            .formatted(file, name));
                }
            });
        }
    }

    /**
     * To be asked in the recipe's order.
     *
     * @param dtype to which the model is rounded; null where it is not
     */
    Identity of(Stage stage, @Nullable String dtype) {
        SequencedMap<String, String> files = new TreeMap<>();
        for (DataSpec spec : stage.data()) {
            spec.files().forEach(file -> files.put(file, hashes.of(data.resolve(file))));
        }
        SequencedMap<String, String> models = new TreeMap<>();
        String own = stage.key(name -> {
            String earlier = keys.get(name);
            if (earlier != null || name.equals(Stage.Start.FRESH)) {
                return earlier == null ? name : earlier;
            }
            String hash = model(name);
            models.put(name, hash);
            return hash;
        });
        String key = Hashes.of(List.of(GENERATION, own, files, computer, Objects.requireNonNullElse(dtype, "")));
        keys.put(stage.name(), key);
        return new Identity(key, files, models);
    }

    private String model(String name) {
        return name.startsWith(StageModel.TINY)
                ? tiny.computeIfAbsent(name, this::tiny)
                : hashes.ofModel(ModelPaths.resolve(name));
    }

    /** Of the files that are written for it. */
    private String tiny(String name) {
        try {
            Path folder = Files.createTempDirectory("jocular-");
            try {
                TinyModels.writeFiles(name.substring(StageModel.TINY.length()), folder);
                return hashes.ofModel(folder);
            } finally {
                try (Stream<Path> all = Files.walk(folder)) {
                    for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
