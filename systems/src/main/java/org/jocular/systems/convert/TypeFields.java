package org.jocular.systems.convert;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jocular.systems.HubConfig;
import org.jocular.systems.StoredWeights;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code torch_dtype} and {@code dtype}, its name since transformers 4.56, made true to what was written. */
final class TypeFields {
    private static final String OLD = "torch_dtype";
    private static final String NEW = "dtype";

    /** As PyTorch calls them. */
    private static final Map<String, String> NAMES =
            Map.of("F64", "float64", "F32", "float32", "F16", "float16", "BF16", "bfloat16");

    private static final Map<String, Predicate<String>> PARTS = Map.of(
            "text_config", starts("language_model\\."),
            "vision_config", starts("vision_tower\\.|vision_model\\.|visual_encoder\\.|ln_vision\\."),
            "qformer_config", starts("qformer\\.|query_tokens"),
            "visual_abstractor_config", starts("abstractor\\.|query_tokens"));

    private TypeFields() {}

    /** The config with the type that most of the bytes have, as a whole and in each part that names one. */
    static ObjectNode in(HubConfig config, StoredWeights written) {
        ObjectNode json = config.json().deepCopy();
        String whole = NAMES.get(written.dtype());
        if (whole != null) {
            json.put(OLD, whole);
        }
        replace(json, written);
        PARTS.forEach((name, belongs) -> {
            JsonNode part = json.path(name);
            if (part instanceof ObjectNode object) {
                replace(
                        object,
                        new StoredWeights(
                                written.tensors().stream()
                                        .filter(tensor -> belongs.test(tensor.name()))
                                        .toList(),
                                List.of()));
            }
        });
        return json;
    }

    private static void replace(ObjectNode object, StoredWeights weights) {
        String type = NAMES.get(weights.dtype());
        for (String field : List.of(OLD, NEW)) {
            if (type != null && object.hasNonNull(field)) {
                object.put(field, type);
            }
        }
    }

    private static Predicate<String> starts(String regex) {
        return Pattern.compile("(?:" + regex + ").*").asMatchPredicate();
    }
}
