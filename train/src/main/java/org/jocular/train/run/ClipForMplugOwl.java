package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.util.List;
import org.jocular.tensor.Tensor;
import org.jocular.train.recipe.Stage;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.TensorInfo;

/**
 * CLIP's tower under mPLUG-Owl's names: mPLUG-Owl's training began with it, Ye et al. 2023, section 3.1. Queries, keys and values of a head lie
 * together there; what CLIP's file does not have, such as a norm at the end that nobody trained, stays as it is.
 */
final class ClipForMplugOwl {
    private static final String PART = "vision_model";

    private ClipForMplugOwl() {}

    /** Whether a stage asks mPLUG-Owl's tower of a checkpoint that has CLIP's. */
    static boolean fits(Stage stage, Stage.Start start, Checkpoint other) {
        return stage.model().contains("mplug-owl")
                && start.part().equals(PART)
                && other.has(start.as() + ".embeddings.class_embedding");
    }

    /**
     * Puts CLIP's values in the places of mPLUG-Owl's.
     *
     * @param prefix where CLIP's tower stands
     * @param part   mPLUG-Owl's tower
     */
    static void replace(Checkpoint clip, String prefix, List<TensorInfo> part, ReplacedTensors started) {
        Fields config = JsonFile.read(clip.file().resolve("config.json"));
        int heads = config.object("vision_config").positiveInt("num_attention_heads");
        for (TensorInfo info : part) {
            String there = renamed(prefix + info.name().substring(PART.length()));
            long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
            if (there.contains(".query_key_value.")) {
                started.replaceFloats(info, arena -> Tensor.of(arena, fused(clip, there, heads, arena), shape));
            } else if (clip.has(there)) {
                started.replaceFloats(
                        info,
                        arena -> Tensor.of(arena, clip.tensor(there, arena).toFloats(), shape));
            }
        }
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
    private static float[] fused(Checkpoint clip, String name, int heads, Arena arena) {
        List<float[]> parts = List.of("q_proj", "k_proj", "v_proj").stream()
                .map(part -> clip.tensor(name.replace("query_key_value", part), arena)
                        .toFloats())
                .toList();
        int head = parts.getFirst().length / heads;
        float[] fused = new float[parts.size() * heads * head];
        for (int i = 0; i < heads; i++) {
            for (int part = 0; part < parts.size(); part++) {
                System.arraycopy(parts.get(part), i * head, fused, (parts.size() * i + part) * head, head);
            }
        }
        return fused;
    }
}
