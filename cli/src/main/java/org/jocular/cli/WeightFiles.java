package org.jocular.cli;

import java.io.IOException;
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
import org.jocular.tensor.BadInput;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.TensorFile.Beside;
import org.jocular.weights.TensorInfo;

/** Lists what files of weights hold, as far as they can be read: unlike loading, this goes on where one is missing or broken. */
final class WeightFiles {
    /** In transformers' order: the first that is there counts. */
    private static final List<String> USUAL = List.of(
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");

    private final List<TensorInfo> tensors = new ArrayList<>();
    private final List<BesideWeights> beside = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    /** Something in a file that is no weight. */
    record BesideWeights(Path file, String name, String what) {}

    /** Whether the weights of a model stand there under one of the usual names. */
    static boolean areUsualIn(Path directory) {
        return USUAL.stream().anyMatch(name -> Files.exists(directory.resolve(name)));
    }

    List<TensorInfo> tensors() {
        return tensors;
    }

    List<BesideWeights> beside() {
        return beside;
    }

    /** One sentence for each thing that is missing or broken. */
    List<String> missing() {
        return missing;
    }

    /** Reads a file, or the weights of a directory. */
    void read(Path path) {
        if (!Files.isDirectory(path)) {
            file(path, Set.of());
            return;
        }
        Path usual = USUAL.stream()
                .map(path::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
        if (usual == null) {
            loose(path);
        } else if (usual.toString().endsWith(".json")) {
            shards(path, usual);
        } else {
            file(usual, Set.of());
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
        shards.forEach((shard, expected) -> file(directory.resolve(shard), expected));
    }

    /** Weights without one of the usual names: whatever is there. */
    private void loose(Path directory) {
        List<Path> files;
        try (Stream<Path> children = Files.list(directory)) {
            files = children.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(safetensors|bin|pth|pt)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(directory, e.getMessage()), e);
        }
        files.forEach(file -> file(file, Set.of()));
        if (files.isEmpty()) {
            missing.add(
                    "weights are missing: there is none of %s in %s".formatted(String.join(", ", USUAL), directory));
        }
    }

    private void file(Path file, Set<String> expected) {
        if (!Files.exists(file)) {
            missing.add(
                    expected.isEmpty()
                            ? file + " is missing"
                            : "%s is missing, with %d tensors".formatted(file, expected.size()));
            return;
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            tensors.addAll(checkpoint.tensors());
            for (Beside other : checkpoint.beside()) {
                beside.add(new BesideWeights(file, other.name(), other.what()));
            }
            Set<String> absent = new TreeSet<>(expected);
            checkpoint.tensors().forEach(tensor -> absent.remove(tensor.name()));
            if (!absent.isEmpty()) {
                missing.add("%s lacks %d tensors, such as %s"
                        .formatted(file, absent.size(), absent.iterator().next()));
            }
        } catch (BadInput e) {
            missing.add(String.valueOf(e.getMessage()));
        }
    }
}
