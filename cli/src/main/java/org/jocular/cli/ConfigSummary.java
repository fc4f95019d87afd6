package org.jocular.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The few numbers of a config.json that tell models apart. */
final class ConfigSummary {
    private static final List<String> FIELDS = List.of(
            "model_type",
            "num_hidden_layers",
            "num_layers",
            "hidden_size",
            "d_model",
            "intermediate_size",
            "num_attention_heads",
            "num_key_value_heads",
            "num_heads",
            "hidden_act",
            "image_size",
            "patch_size",
            "vocab_size",
            "max_position_embeddings",
            "num_query_tokens",
            "image_token_index",
            "vision_feature_layer",
            "vision_feature_select_strategy",
            "projector_hidden_act",
            "mm_vision_tower",
            "mm_projector_type",
            "image_aspect_ratio",
            "torch_dtype",
            "dtype", // its name since transformers 4.56
            "transformers_version");

    /** Shown as, and the field. */
    private static final List<Part> PARTS = List.of(
            new Part("vision", "vision_config"),
            new Part("abstractor", "visual_abstractor_config"),
            new Part("qformer", "qformer_config"),
            new Part("text", "text_config"));

    private record Part(String name, String field) {}

    private ConfigSummary() {}

    /** Part by part; the model's own fields come under {@code model}. */
    static Map<String, Map<String, Object>> of(JsonNode config) {
        Map<String, Map<String, Object>> parts = new LinkedHashMap<>();
        parts.put("model", fields(config));
        for (Part part : PARTS) {
            if (config.path(part.field).isObject()) {
                parts.put(part.name, fields(config.path(part.field)));
            }
        }
        return parts;
    }

    /** Texts and numbers; whether a model can have a list or an object there, loading tells. */
    private static Map<String, Object> fields(JsonNode config) {
        Map<String, Object> found = new LinkedHashMap<>();
        for (String name : FIELDS) {
            JsonNode value = config.path(name);
            if (value.isString()) {
                found.put(name, value.stringValue());
            } else if (value.isNumber()) {
                double number = value.doubleValue();
                found.put(name, number == Math.rint(number) ? (Object) (long) number : (Object) number);
            }
        }
        return found;
    }
}
