package org.jocular.systems;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Checkpoint.Ignored;
import org.jocular.weights.TensorInfo;

/**
 * What the files of a model hold, to be shown and to be noted beside results.
 *
 * @param tensors in the order of the files
 * @param ignored those that the model does not need, and why
 */
public record StoredWeights(List<TensorInfo> tensors, List<Ignored> ignored) {
    public StoredWeights {
        tensors = List.copyOf(tensors);
        ignored = List.copyOf(ignored);
    }

    static StoredWeights of(Checkpoint checkpoint) {
        return new StoredWeights(checkpoint.tensors(), checkpoint.ignored());
    }

    public List<Path> files() {
        return tensors.stream().map(TensorInfo::file).distinct().toList();
    }

    public long parameters() {
        return tensors.stream().mapToLong(TensorInfo::elements).sum();
    }

    public long bytes() {
        return tensors.stream().mapToLong(TensorInfo::bytes).sum();
    }

    /** How many tensors have which type. */
    public Map<String, Integer> types() {
        Map<String, Integer> types = new TreeMap<>();
        tensors.forEach(tensor -> types.merge(tensor.dtype(), 1, Integer::sum));
        return types;
    }

    /** The type that most of the bytes have, as in the files: what decides the speed of reading them; empty without tensors. */
    public String dtype() {
        return tensors.stream()
                .collect(Collectors.groupingBy(
                        TensorInfo::dtype, TreeMap::new, Collectors.summingLong(TensorInfo::bytes)))
                .entrySet()
                .stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse("");
    }
}
