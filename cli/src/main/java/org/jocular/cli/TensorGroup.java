package org.jocular.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jocular.systems.StoredWeights;
import org.jocular.weights.TensorInfo;

/** Tensors of one part of a model: those whose names agree up to the first number, or else up to the last word. */
record TensorGroup(String prefix, StoredWeights weights) {
    static List<TensorGroup> of(List<TensorInfo> tensors) {
        Map<String, List<TensorInfo>> groups = new TreeMap<>();
        for (TensorInfo tensor : tensors) {
            groups.computeIfAbsent(prefix(tensor.name()), prefix -> new ArrayList<>())
                    .add(tensor);
        }
        return groups.entrySet().stream()
                .map(entry -> new TensorGroup(entry.getKey(), new StoredWeights(entry.getValue(), List.of())))
                .toList();
    }

    private static String prefix(String name) {
        String upToNumber = name.replaceFirst("\\.\\d+(\\..*)?$", "");
        String prefix = upToNumber.equals(name) ? name.replaceFirst("\\.[^.]*$", "") : upToNumber + ".*";
        return Console.printable(prefix);
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("prefix", prefix);
        fields.put("tensors", weights.tensors().size());
        fields.put("parameters", weights.parameters());
        return fields;
    }
}
