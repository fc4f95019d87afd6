package org.jocular.systems;

import java.util.function.UnaryOperator;
import org.jocular.weights.Renaming;
import org.jocular.weights.Renaming.Rule;

/** From the hub's names to those of LAVIS: {@code convert_blip_2_original_to_pytorch.py} of transformers, read backwards. */
final class LavisNames {
    private static final String BLOCK = "vision_model\\.encoder\\.layers\\.(\\d+)\\.";

    private LavisNames() {}

    /** @param prefix {@code visual_encoder.} where the tower lies in a file with others, otherwise empty */
    static UnaryOperator<String> vision(String prefix) {
        return Renaming.patterns(
                Rule.of("vision_model\\.embeddings\\.class_embedding", prefix + "cls_token"),
                Rule.of("vision_model\\.embeddings\\.position_embedding", prefix + "pos_embed"),
                Rule.of("vision_model\\.embeddings\\.patch_embedding\\.(.+)", prefix + "patch_embed.proj.$1"),
                Rule.of(BLOCK + "layer_norm(.+)", prefix + "blocks.$1.norm$2"),
                Rule.of(BLOCK + "self_attn\\.qkv\\.(.+)", prefix + "blocks.$1.attn.qkv.$2"),
                Rule.of(BLOCK + "self_attn\\.projection\\.(.+)", prefix + "blocks.$1.attn.proj.$2"),
                Rule.of(BLOCK + "(.+)", prefix + "blocks.$1.$2"),
                // The tower's own norm is never used.
                Rule.of("vision_model\\.post_layernorm\\.(.+)", "ln_vision.$1"));
    }

    /** What was trained: norm, queries, Q-Former and, in most files, a projection. */
    static UnaryOperator<String> trained(String projection) {
        return Renaming.patterns(
                Rule.of("vision_model\\.post_layernorm\\.(.+)", "ln_vision.$1"),
                Rule.of("qformer\\.(?:embeddings\\.)?layernorm\\.(.+)", "Qformer.bert.embeddings.LayerNorm.$1"),
                Rule.of("qformer\\.(.+attention)\\.attention\\.(.+)", "Qformer.bert.$1.self.$2"),
                Rule.of("qformer\\.(.+)", "Qformer.bert.$1"),
                Rule.of("language_projection\\.(.+)", projection + ".$1"));
    }
}
