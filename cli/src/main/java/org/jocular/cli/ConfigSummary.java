package org.jocular.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Fields;

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

    private static final List<String> PARTS =
            List.of("vision_config", "visual_config", "qformer_config", "text_config");

    private ConfigSummary() {}

    /** Part by part; the model's own fields come under {@code model}. */
    static Map<String, Map<String, Object>> of(Fields config) {
        Map<String, Map<String, Object>> parts = new LinkedHashMap<>();
        parts.put("model", fields(config));
        for (String part : PARTS) {
            if (config.isObject(part)) {
                parts.put(part.replace("_config", ""), fields(config.object(part)));
            }
        }
        return parts;
    }

    private static Map<String, Object> fields(Fields fields) {
        Map<String, Object> found = new LinkedHashMap<>();
        for (String name : FIELDS) {
            if (fields.isText(name)) {
                found.put(name, fields.text(name));
            } else if (fields.has(name)) {
                putNumber(found, fields, name);
            }
        }
        return found;
    }

    private static void putNumber(Map<String, Object> found, Fields fields, String name) {
        try {
            double number = fields.number(name);
            found.put(name, number == Math.rint(number) ? (Object) (long) number : (Object) number);
        } catch (BadInput e) {
            // A list or an object: whether a model can have that, loading tells; a summary only leaves it out.
        }
    }
}
