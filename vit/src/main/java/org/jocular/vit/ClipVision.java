package org.jocular.vit;

import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.Activation;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Fields;

/**
 * CLIP's vision transformer: Radford et al. 2021, section 2.4, on Dosovitskiy et al. 2021; reference module {@code modeling_clip.py}.
 *
 * <p>Pre-norm blocks after a norm of their own at the start. The norm at the end, which CLIP applies to its pooled output only, is not part of
 * this: LLaVA takes the hidden states of an inner block.
 *
 * @param name module path, for traces
 * @param classEmbedding (1, hiddenSize), the token that precedes the patches
 * @param patchEmbedding the convolution as a linear layer over flattened patches
 * @param positionEmbedding (1 + patches, hiddenSize)
 */
public record ClipVision(
        String name,
        Config config,
        Tensor classEmbedding,
        Linear patchEmbedding,
        Tensor positionEmbedding,
        LayerNorm preNorm,
        List<Block> blocks) {

    /** {@code vision_config} of a config.json. */
    public record Config(
            int hiddenSize,
            int intermediateSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int imageSize,
            int patchSize,
            int numChannels,
            float layerNormEps,
            Activation hiddenAct) {

        /** Absent fields have the values of transformers' CLIPVisionConfig, on which published files rely. */
        public static Config of(Fields fields) {
            Config config = new Config(
                    fields.positiveInt("hidden_size", 768),
                    fields.positiveInt("intermediate_size", 3072),
                    fields.intBetween("num_hidden_layers", 1, 1000, 12),
                    fields.positiveInt("num_attention_heads", 12),
                    fields.intBetween("image_size", 1, 1 << 14, 224),
                    fields.positiveInt("patch_size", 32),
                    fields.positiveInt("num_channels", 3),
                    (float) fields.positiveNumber("layer_norm_eps", 1e-5),
                    Activation.of(fields.text("hidden_act", "quick_gelu"), "hidden_act of " + fields.file()));
            fields.require(
                    config.hiddenSize % config.numAttentionHeads == 0,
                    "hidden_size %d is not a multiple of num_attention_heads %d"
                            .formatted(config.hiddenSize, config.numAttentionHeads));
            fields.require(
                    config.imageSize % config.patchSize == 0,
                    "image_size %d is not a multiple of patch_size %d".formatted(config.imageSize, config.patchSize));
            return config;
        }

        /** Patches of one picture. */
        public int patches() {
            return (imageSize / patchSize) * (imageSize / patchSize);
        }
    }

    /** Pre-norm transformer block; Dosovitskiy et al. 2021, figure 1. */
    record Block(String name, LayerNorm norm1, Attention attention, LayerNorm norm2, Mlp mlp) {
        static Block load(Weights weights, Config config) {
            return new Block(
                    weights.path(),
                    weights.layerNorm("layer_norm1", config.hiddenSize, config.layerNormEps),
                    Attention.load(weights.at("self_attn"), config),
                    weights.layerNorm("layer_norm2", config.hiddenSize, config.layerNormEps),
                    Mlp.load(weights.at("mlp"), config));
        }

        Tensor forward(Ops ops, Tensor x) { // (1 + patches, hiddenSize)
            x = ops.add(x, attention.forward(ops, norm1.forward(ops, x)));
            x = ops.add(x, mlp.forward(ops, norm2.forward(ops, x)));
            return ops.named(name, x);
        }
    }

    /** Every token sees every token. */
    record Attention(String name, int heads, int tokens, Linear query, Linear key, Linear value, Linear output) {
        static Attention load(Weights weights, Config config) {
            int width = config.hiddenSize;
            return new Attention(
                    weights.path(),
                    config.numAttentionHeads,
                    config.patches() + 1,
                    weights.linear("q_proj", width, width),
                    weights.linear("k_proj", width, width),
                    weights.linear("v_proj", width, width),
                    weights.linear("out_proj", width, width));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor q = query.forward(ops, x);
            Tensor k = key.forward(ops, x);
            Tensor v = value.forward(ops, x);
            Tensor mixed = ops.attention(q, k, v, PictureTokens.spec(x, heads, tokens));
            return ops.named(name, output.forward(ops, mixed));
        }
    }

    /** Two linear layers. */
    record Mlp(String name, Linear fc1, Linear fc2, Activation activation) {
        static Mlp load(Weights weights, Config config) {
            return new Mlp(
                    weights.path(),
                    weights.linear("fc1", config.hiddenSize, config.intermediateSize),
                    weights.linear("fc2", config.intermediateSize, config.hiddenSize),
                    config.hiddenAct);
        }

        Tensor forward(Ops ops, Tensor x) {
            return ops.named(name, fc2.forward(ops, fc1.forward(ops, x, activation)));
        }
    }

    /**
     * Loads the tower without the blocks that nobody needs.
     *
     * @param weights at {@code vision_model}
     * @param blocks how many blocks are computed, from the first on
     */
    public static ClipVision load(Weights weights, Config config, int blocks) {
        int width = config.hiddenSize;
        int patch = config.patchSize;
        Weights embeddings = weights.at("embeddings");
        Tensor kernel = embeddings.tensor("patch_embedding.weight", width, config.numChannels, patch, patch);
        long taps = (long) config.numChannels * patch * patch;
        List<Block> loaded = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            loaded.add(Block.load(weights.at("encoder.layers." + i), config));
        }
        return new ClipVision(
                weights.path(),
                config,
                embeddings.floats("class_embedding", width).reshape(1, width),
                new Linear(embeddings.path("patch_embedding"), kernel.reshape(width, taps), null),
                embeddings.floats("position_embedding.weight", config.patches() + 1, width),
                // Spelled so in the weights: modeling_clip.py, CLIPVisionTransformer.
                weights.layerNorm("pre_layrnorm", width, config.layerNormEps),
                List.copyOf(loaded));
    }

    /**
     * Hidden states after the last loaded block.
     *
     * @param pixels (channels, imageSize, imageSize), normalised; or of several pictures, (pictures, channels, imageSize, imageSize)
     * @return (pictures · (1 + patches), hiddenSize), the class token first
     */
    public Tensor forward(Ops ops, Tensor pixels) {
        Tensor patches = patchEmbedding.forward(ops, ops.patches(pixels, config.patchSize));
        Tensor tokens = PictureTokens.of(ops, classEmbedding, patches, positionEmbedding); // (1 + patches, hiddenSize)
        ops.named(name + ".embeddings", tokens);
        Tensor x = preNorm.forward(ops, tokens);
        for (Block block : blocks) {
            x = ops.block(x, h -> block.forward(ops, h));
        }
        return x;
    }
}
