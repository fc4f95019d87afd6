package org.jocular.vit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Fields;
import org.jspecify.annotations.Nullable;

/**
 * EVA-CLIP's ViT-g/14 as BLIP-2, InstructBLIP and MiniGPT-4 use it: Fang et al. 2022 (EVA), Li et al. 2023 (BLIP-2), section 3.1; reference
 * modules {@code modeling_blip_2.py} (hub) and {@code eva_vit.py} (LAVIS).
 *
 * <p>Pre-norm blocks, and one norm over all tokens at the end, which LAVIS calls {@code ln_vision} and keeps outside of the tower. Names are
 * the hub's; whoever reads a LAVIS file renames.
 *
 * @param name module path, for traces
 * @param classEmbedding (1, hiddenSize), the token that precedes the patches
 * @param patchEmbedding the convolution as a linear layer over flattened patches
 * @param positionEmbedding (1 + patches, hiddenSize)
 * @param positionCode (1 + patches, code width), or null
 */
public record EvaVision(
        String name,
        Config config,
        Tensor classEmbedding,
        Linear patchEmbedding,
        Tensor positionEmbedding,
        List<Block> blocks,
        LayerNorm postNorm,
        @Nullable Tensor positionCode) {
    private static final int CHANNELS = 3;

    /**
     * {@code vision_config} of a config.json.
     *
     * @param postLayerNormEps of the norm at the end: LAVIS uses PyTorch's 1e-5 there and 1e-6 in the blocks, the hub one value for both
     * @param positionCode numbers that {@link PositionCode} puts beside each row's features; 0 in all published models
     * @param qkvBias whether queries, keys and values have a bias; that of the keys is always zero
     */
    public record Config(
            int hiddenSize,
            int intermediateSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int imageSize,
            int patchSize,
            float layerNormEps,
            float postLayerNormEps,
            boolean qkvBias,
            Activation hiddenAct,
            int positionCode) {

        /** Absent fields have the values of transformers' Blip2VisionConfig, on which published files rely. */
        public static Config of(Fields fields) {
            float eps = (float) fields.positiveNumber("layer_norm_eps", 1e-6);
            Config config = new Config(
                    fields.positiveInt("hidden_size", 1408),
                    fields.positiveInt("intermediate_size", 6144),
                    fields.intBetween("num_hidden_layers", 1, 1000, 39),
                    fields.positiveInt("num_attention_heads", 16),
                    fields.intBetween("image_size", 1, 1 << 12, 224),
                    fields.positiveInt("patch_size", 14),
                    eps,
                    // Not the hub's field: models converted from LAVIS have it.
                    (float) fields.positiveNumber("post_layer_norm_eps", eps),
                    fields.flag("qkv_bias", true),
                    Activation.of(fields.text("hidden_act", "gelu"), "hidden_act of " + fields.file()),
                    PositionCode.width(fields));
            fields.require(
                    config.hiddenSize % config.numAttentionHeads == 0,
                    "hidden_size %d is not a multiple of num_attention_heads %d"
                            .formatted(config.hiddenSize, config.numAttentionHeads));
            fields.require(
                    config.imageSize % config.patchSize == 0,
                    "image_size %d is not a multiple of patch_size %d".formatted(config.imageSize, config.patchSize));
            return config;
        }

        /**
         * For LAVIS files, which have no config: sizes as the tensors have them, everything else as in create_eva_vit_g.
         *
         * @param weights at {@code vision_model}, under the hub's names
         * @throws BadInput if a tensor is missing or the numbers do not fit its shape
         */
        public static Config lavis(Weights weights, int imageSize, int layers, int heads) {
            long[] kernel = weights.shape("embeddings.patch_embedding.weight", 1408, CHANNELS, 14, 14);
            long[] fc1 = weights.shape("encoder.layers.0.mlp.fc1.weight", 6144, 1408);
            if (kernel.length != 4 || fc1.length != 2) {
                throw new BadInput("%s has a patch_embedding.weight %s and a mlp.fc1.weight %s, expected 4 and 2 axes"
                        .formatted(weights.path(), Arrays.toString(kernel), Arrays.toString(fc1)));
            }
            // A tensor without elements may claim any size; loading refuses it then.
            int width = (int) Math.min(kernel[0], Integer.MAX_VALUE);
            int patch = (int) Math.min(kernel[3], Integer.MAX_VALUE);
            if (width < 1 || heads < 1 || width % heads != 0 || patch < 1 || imageSize < 1 || imageSize % patch != 0) {
                throw new BadInput("%s has width %d and patches of %d, which do not fit %d heads and image size %d"
                        .formatted(weights.path(), width, patch, heads, imageSize));
            }
            return new Config(
                    width,
                    (int) Math.min(fc1[0], Integer.MAX_VALUE),
                    layers,
                    heads,
                    imageSize,
                    patch,
                    1e-6f,
                    1e-5f, // ln_vision is a plain nn.LayerNorm: blip2.py
                    true,
                    Activation.GELU,
                    0);
        }

        /** Of what the tower hands on. */
        public int width() {
            return hiddenSize + positionCode;
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
    record Attention(String name, int heads, int tokens, Linear query, Linear key, Linear value, Linear projection) {
        static Attention load(Weights weights, Config config) {
            long width = config.hiddenSize;
            // Rows of the fused weight in the order [3, heads, headDim], so each third is a layer as it lies there:
            // modeling_blip_2.py,
            // Blip2Attention.
            Tensor weight = weights.tensor("qkv.weight", 3 * width, width);
            Tensor bias = config.qkvBias ? weights.floats("qkv.bias", 3 * width) : null;
            return new Attention(
                    weights.path(),
                    config.numAttentionHeads,
                    config.patches() + 1,
                    rows(weights.path("query"), weight, bias, 0, width),
                    rows(weights.path("key"), weight, bias, width, 2 * width),
                    rows(weights.path("value"), weight, bias, 2 * width, 3 * width),
                    weights.linear("projection", width, width));
        }

        private static Linear rows(String name, Tensor weight, @Nullable Tensor bias, long from, long to) {
            return new Linear(name, weight.slice(from, to), bias == null ? null : bias.slice(from, to));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor q = query.forward(ops, x);
            Tensor k = key.forward(ops, x);
            Tensor v = value.forward(ops, x);
            Tensor mixed = ops.attention(q, k, v, PictureTokens.spec(x, heads, tokens));
            return ops.named(name, projection.forward(ops, mixed));
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
     * Loads the tower and the norm after it.
     *
     * @param weights at {@code vision_model}
     */
    public static EvaVision load(Weights weights, Config config) {
        int width = config.hiddenSize;
        int patch = config.patchSize;
        Weights embeddings = weights.at("embeddings");
        Tensor kernel = embeddings.tensor("patch_embedding.weight", width, CHANNELS, patch, patch);
        long taps = (long) CHANNELS * patch * patch;
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers; i++) {
            blocks.add(Block.load(weights.at("encoder.layers." + i), config));
        }
        return new EvaVision(
                weights.path(),
                config,
                embeddings.floats("class_embedding", 1, 1, width).reshape(1, width),
                new Linear(
                        embeddings.path("patch_embedding"),
                        kernel.reshape(width, taps),
                        embeddings.floats("patch_embedding.bias", width)),
                positionEmbedding(embeddings, config),
                List.copyOf(blocks),
                weights.layerNorm("post_layernorm", width, config.postLayerNormEps),
                PositionCode.tokens(config.imageSize / config.patchSize, config.positionCode));
    }

    /** The table, brought to the size of the pictures where it was made for another: eva_vit.py, interpolate_pos_embed. */
    private static Tensor positionEmbedding(Weights embeddings, Config config) {
        int width = config.hiddenSize;
        int side = config.imageSize / config.patchSize;
        long[] shape = embeddings.shape("position_embedding", 1, config.patches() + 1, width);
        int storedSide = shape.length == 3 ? PositionGrid.sideOf(shape[1] - 1) : 0;
        // A table that is no square grid is asked for in the right size, so that the error tells both.
        int loadedSide = storedSide == 0 ? side : storedSide;
        int tokens = 1 + loadedSide * loadedSide;
        Tensor stored = embeddings.floats("position_embedding", 1, tokens, width);
        return PositionGrid.resize(stored.reshape(tokens, width), loadedSide, side);
    }

    /**
     * All tokens after the last norm.
     *
     * @param pixels (3, imageSize, imageSize), normalised; or of several pictures, (pictures, 3, imageSize, imageSize)
     * @return (pictures · (1 + patches), width), the class token first
     */
    public Tensor forward(Ops ops, Tensor pixels) {
        Tensor patches = patchEmbedding.forward(ops, ops.patches(pixels, config.patchSize));
        Tensor x = PictureTokens.of(ops, classEmbedding, patches, positionEmbedding); // (1 + patches, hiddenSize)
        ops.named(name + ".embeddings", x);
        for (Block block : blocks) {
            x = ops.block(x, h -> block.forward(ops, h));
        }
        return PositionCode.beside(ops, postNorm.forward(ops, x), positionCode);
    }
}
