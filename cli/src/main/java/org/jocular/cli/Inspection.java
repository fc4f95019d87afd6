package org.jocular.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jocular.systems.StoredWeights;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.weights.Checkpoint.Ignored;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.Safetensors;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;

/**
 * What lies in a file or directory, as far as it can be read: unlike loading, this goes on where something is missing.
 *
 * @param config of a directory that has one
 * @param weights as far as they are there; what is not needed of them only where {@code system} is known
 * @param missing one sentence for each thing that is missing or broken
 * @param system what it can be run as, or null
 * @param obstacle where nothing is missing: why it cannot be run, or null
 */
record Inspection(
        Path path,
        @Nullable Fields config,
        StoredWeights weights,
        List<String> missing,
        @Nullable String system,
        @Nullable String obstacle) {

    private static final String INDEX = "model.safetensors.index.json";

    static Inspection of(Path path) {
        Reading reading = new Reading();
        if (!Files.isDirectory(path)) {
            reading.open(path, Set.of());
            return reading.result(path);
        }
        reading.config(path.resolve("config.json"));
        reading.weights(path);
        reading.tokenizer(path);
        if (reading.config != null && reading.missing.isEmpty()) {
            reading.system(path);
        }
        return reading.result(path);
    }

    /** Nothing of it makes sense. */
    boolean isUnreadable() {
        return config == null && weights.tensors().isEmpty();
    }

    private static final class Reading {
        private final List<TensorInfo> tensors = new ArrayList<>();
        private final List<String> missing = new ArrayList<>();
        private List<Ignored> ignored = List.of();
        private @Nullable Fields config;
        private @Nullable String system;
        private @Nullable String obstacle;

        Inspection result(Path path) {
            return new Inspection(
                    path, config, new StoredWeights(tensors, ignored), List.copyOf(missing), system, obstacle);
        }

        void config(Path file) {
            if (!Files.exists(file)) {
                missing.add("config.json is missing");
                return;
            }
            try {
                config = JsonFile.read(file);
            } catch (BadInput e) {
                missing.add(String.valueOf(e.getMessage()));
            }
        }

        void weights(Path directory) {
            Path single = directory.resolve("model.safetensors");
            Path index = directory.resolve(INDEX);
            if (Files.exists(single)) {
                safetensors(single, Set.of());
            } else if (Files.exists(index)) {
                shards(directory, index);
            } else {
                loose(directory);
            }
        }

        private void shards(Path directory, Path index) {
            Map<String, Set<String>> shards = new TreeMap<>();
            try {
                Fields places = JsonFile.read(index).object("weight_map");
                for (String tensor : places.names()) {
                    shards.computeIfAbsent(places.text(tensor), shard -> new HashSet<>())
                            .add(tensor);
                }
            } catch (BadInput e) {
                missing.add(String.valueOf(e.getMessage()));
            }
            shards.forEach((shard, expected) -> safetensors(directory.resolve(shard), expected));
        }

        /** Weights without one of the usual names: whatever is there, except beside PyTorch's, which are the weights then. */
        private void loose(Path directory) {
            List<String> names = new ArrayList<>();
            try (Stream<Path> children = Files.list(directory)) {
                children.sorted().forEach(child -> names.add(String.valueOf(child.getFileName())));
            } catch (IOException e) {
                throw new BadInput("%s cannot be read: %s".formatted(directory, e.getMessage()), e);
            }
            List<String> pickles = names.stream()
                    .filter(name -> name.endsWith(".bin") || name.endsWith(".pth") || name.endsWith(".pt"))
                    .toList();
            pickles.forEach(name -> missing.add(name + " is a PyTorch file, which this version does not read"));
            if (pickles.isEmpty()) {
                names.stream()
                        .filter(name -> name.endsWith(".safetensors"))
                        .forEach(name -> safetensors(directory.resolve(name), Set.of()));
            }
            if (pickles.isEmpty() && tensors.isEmpty()) {
                missing.add("weights are missing: neither model.safetensors nor " + INDEX + " is there");
            }
        }

        private void safetensors(Path file, Set<String> expected) {
            if (!Files.exists(file)) {
                missing.add("%s is missing, with %d tensors".formatted(file.getFileName(), expected.size()));
                return;
            }
            try {
                open(file, expected);
            } catch (BadInput e) {
                missing.add(String.valueOf(e.getMessage()));
            }
        }

        void open(Path file, Set<String> expected) {
            try (Arena arena = Arena.ofConfined()) {
                List<TensorInfo> found = Safetensors.open(file, arena).tensors();
                tensors.addAll(found);
                Set<String> absent = new TreeSet<>(expected);
                found.forEach(tensor -> absent.remove(tensor.name()));
                if (!absent.isEmpty()) {
                    missing.add("%s lacks %d tensors, such as %s"
                            .formatted(
                                    file.getFileName(),
                                    absent.size(),
                                    absent.iterator().next()));
                }
            }
        }

        void tokenizer(Path directory) {
            try {
                Tokenizers.load(directory);
            } catch (IllegalArgumentException e) {
                missing.add(String.valueOf(e.getMessage()));
            }
        }

        /** Loads the model, which costs no more than its files' headers. */
        void system(Path directory) {
            try (VisionLanguageModel model = Systems.load(directory)) {
                system = model.system();
                ignored = model.weights().ignored();
            } catch (BadInput e) {
                obstacle = e.getMessage();
            }
        }
    }
}
