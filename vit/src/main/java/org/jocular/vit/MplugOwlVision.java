package org.jocular.vit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.Activation;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Fields;
import org.jspecify.annotations.Nullable;

/**
 * mPLUG-Owl's vision transformer, a CLIP ViT-L/14 that was trained further: Ye et al. 2023, section 3.1; reference module
 * {@code mplug_owl/modeling_mplug_owl.py}.
 *
 * <p>Pre-norm blocks between a norm at the start and one at the end, over all tokens.
 *
 * @param name module path, for traces
 * @param classToken (1, hiddenSize), the token that precedes the patches
 * @param patchEmbed the convolution as a linear layer over flattened patches
 * @param positionEmbedding (1 + patches, hiddenSize)
 * @param positionCode (1 + patches, code width), or null
 */
public record MplugOwlVision(
        String name,
        Config config,
        Tensor classToken,
        Linear patchEmbed,
        Tensor positionEmbedding,
        LayerNorm preNorm,
        List<Block> blocks,
        LayerNorm postNorm,
        @Nullable Tensor positionCode) {
    /** Written into the reference's code; its config has fields for both, which nothing reads. */
    private static final int CHANNELS = 3;

    private static final Activation ACTIVATION = Activation.QUICK_GELU;

    /**
     * {@code vision_config} of a config.json.
     *
     * @param positionCode numbers that {@link PositionCode} puts beside each row's features; 0 in all published models
     */
    public record Config(
            int hiddenSize,
            int intermediateSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int imageSize,
            int patchSize,
            float layerNormEps,
            int positionCode) {

        /** Absent fields have the values of MplugOwlVisionConfig. */
        public static Config of(Fields fields) {
            Config config = new Config(
                    fields.positiveInt("hidden_size", 1024),
                    fields.positiveInt("intermediate_size", 4096),
                    fields.intBetween("num_hidden_layers", 1, 1000, 24),
                    fields.positiveInt("num_attention_heads", 16),
                    fields.intBetween("image_size", 1, 1 << 14, 224),
                    fields.positiveInt("patch_size", 14),
                    (float) fields.positiveNumber("layer_norm_eps", 1e-6),
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
                    weights.layerNorm("input_layernorm", config.hiddenSize, config.layerNormEps),
                    Attention.load(weights.at("self_attn"), config),
                    weights.layerNorm("post_attention_layernorm", config.hiddenSize, config.layerNormEps),
                    Mlp.load(weights.at("mlp"), config));
        }

        Tensor forward(Ops ops, Tensor x) { // (1 + patches, hiddenSize)
            x = ops.add(x, attention.forward(ops, norm1.forward(ops, x)));
            x = ops.add(x, mlp.forward(ops, norm2.forward(ops, x)));
            return ops.named(name, x);
        }
    }

    /** Every token sees every token. */
    record Attention(String name, int heads, int tokens, Linear queryKeyValue, Linear dense) {
        static Attention load(Weights weights, Config config) {
            int width = config.hiddenSize;
            return new Attention(
                    weights.path(),
                    config.numAttentionHeads,
                    config.patches() + 1,
                    weights.linear("query_key_value", width, 3L * width),
                    weights.linear("dense", width, width));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor fused = queryKeyValue.forward(ops, x);
            Tensor mixed = ops.attention(
                    part(ops, fused, 0),
                    part(ops, fused, 1),
                    part(ops, fused, 2),
                    PictureTokens.spec(x, heads, tokens));
            return ops.named(name, dense.forward(ops, mixed));
        }

        /**
         * A third of the columns, which are in the order [heads, 3, headDim], where most models have [3, heads, headDim]:
         * MplugOwlVisionAttention.forward.
         */
        private Tensor part(Ops ops, Tensor fused, int part) {
            int pieces = Math.toIntExact(fused.rows() * heads);
            int width = fused.width() / 3;
            int[] ofPart = IntStream.range(0, pieces).map(i -> 3 * i + part).toArray();
            Tensor columns =
                    ops.embedding(fused.reshape(3L * pieces, width / heads), ofPart); // (rows · heads, headDim)
            return columns.reshape(fused.rows(), width);
        }
    }

    /** Two linear layers. */
    record Mlp(String name, Linear fc1, Linear fc2) {
        static Mlp load(Weights weights, Config config) {
            return new Mlp(
                    weights.path(),
                    weights.linear("fc1", config.hiddenSize, config.intermediateSize),
                    weights.linear("fc2", config.intermediateSize, config.hiddenSize));
        }

        Tensor forward(Ops ops, Tensor x) {
            return ops.named(name, fc2.forward(ops, fc1.forward(ops, x, ACTIVATION)));
        }
    }

    /**
     * Loads the tower.
     *
     * @param weights at {@code vision_model}
     */
    public static MplugOwlVision load(Weights weights, Config config) {
        int width = config.hiddenSize;
        int patch = config.patchSize;
        Weights embeddings = weights.at("embeddings");
        Tensor kernel = embeddings.tensor("patch_embed.weight", width, CHANNELS, patch, patch);
        long taps = (long) CHANNELS * patch * patch;
        int tokens = config.patches() + 1;
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers; i++) {
            blocks.add(Block.load(weights.at("encoder.layers." + i), config));
        }
        return new MplugOwlVision(
                weights.path(),
                config,
                embeddings.floats("cls_token", 1, 1, width).reshape(1, width),
                new Linear(embeddings.path("patch_embed"), kernel.reshape(width, taps), null),
                embeddings.floats("position_embedding", 1, tokens, width).reshape(tokens, width),
                embeddings.layerNorm("pre_layernorm", width, config.layerNormEps),
                List.copyOf(blocks),
                weights.layerNorm("post_layernorm", width, config.layerNormEps),
                PositionCode.tokens(config.imageSize / config.patchSize, config.positionCode));
    }

    /**
     * All tokens after the last norm.
     *
     * @param pixels (3, imageSize, imageSize), normalised; or of several pictures, (pictures, 3, imageSize, imageSize)
     * @return (pictures · (1 + patches), width), the class token first
     */
    public Tensor forward(Ops ops, Tensor pixels) {
        Tensor patches = patchEmbed.forward(ops, ops.patches(pixels, config.patchSize));
        Tensor tokens = PictureTokens.of(ops, classToken, patches, positionEmbedding); // (1 + patches, hiddenSize)
        // Here the norm is a part of the embeddings: MplugOwlVisionEmbeddings.
        Tensor x = ops.named(name + ".embeddings", preNorm.forward(ops, tokens));
        for (Block block : blocks) {
            x = ops.block(x, h -> block.forward(ops, h));
        }
        return PositionCode.beside(ops, postNorm.forward(ops, x), positionCode);
    }
}
