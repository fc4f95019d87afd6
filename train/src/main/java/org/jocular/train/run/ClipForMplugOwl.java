package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jocular.tensor.Tensor;
import org.jocular.train.recipe.Stage;
import org.jocular.weights.Checkpoint;

/**
 * CLIP's tower under mPLUG-Owl's names: mPLUG-Owl's training began with it, Ye et al. 2023, section 3.1. Queries, keys and values of a head lie
 * together there; the norm at the end is CLIP's where its file has one.
 */
final class ClipForMplugOwl {
    private static final String PART = "vision_model";

    private ClipForMplugOwl() {}

    /** Whether a stage asks mPLUG-Owl's tower of a checkpoint that has CLIP's. */
    static boolean fits(Stage stage, Stage.Start start, Checkpoint checkpoint) {
        return stage.model().contains("mplug-owl")
                && start.part().equals(PART)
                && checkpoint.has(start.as() + ".embeddings.class_embedding");
    }

    /**
     * @param prefix where the tower stands
     * @param heads  of its attention
     * @param own    mPLUG-Owl's tensors, for their shapes
     */
    static Map<String, Tensor> tensors(
            Checkpoint clip, String prefix, Map<String, Tensor> own, int heads, Arena arena) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        own.forEach((name, tensor) -> {
            if (name.startsWith(PART + ".")) {
                String there = prefix + name.substring(PART.length());
                if (there.contains(".query_key_value.")) {
                    tensors.put(name, fused(clip, there, tensor, heads, arena));
                } else if (clip.has(renamed(there))) {
                    float[] values = clip.tensor(renamed(there), arena).toFloats();
                    tensors.put(name, Tensor.of(arena, values, tensor.shape()));
                }
            }
        });
        return tensors;
    }

    private static String renamed(String name) {
        return name.replace("embeddings.cls_token", "embeddings.class_embedding")
                .replace("embeddings.patch_embed.", "embeddings.patch_embedding.")
                .replaceAll("embeddings\\.position_embedding$", "embeddings.position_embedding.weight")
                .replace("embeddings.pre_layernorm.", "pre_layrnorm.")
                .replace(".input_layernorm.", ".layer_norm1.")
                .replace(".post_attention_layernorm.", ".layer_norm2.")
                .replace(".self_attn.dense.", ".self_attn.out_proj.");
    }

    /** Rows in the order [heads, 3, headDim]. */
    private static Tensor fused(Checkpoint clip, String name, Tensor shape, int heads, Arena arena) {
        float[] fused = new float[Math.toIntExact(shape.elements())];
        String[] parts = {"q_proj", "k_proj", "v_proj"};
        for (int part = 0; part < parts.length; part++) {
            float[] rows = clip.tensor(name.replace("query_key_value", parts[part]), arena)
                    .toFloats();
            int head = rows.length / heads;
            for (int i = 0; i < heads; i++) {
                System.arraycopy(rows, i * head, fused, (3 * i + part) * head, head);
            }
        }
        return Tensor.of(arena, fused, shape.shape());
    }
}
