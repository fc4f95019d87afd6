package org.jocular.vit;

import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.Activation;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;

/**
 * CLIP's ViT-L/14 as the smaller tower of BLIP-2: Li et al. 2023, section 3.1; reference module {@code clip_vit.py} of LAVIS.
 *
 * <p>The mathematics of {@link ClipVision} under OpenAI's names, without CLIP's last block and norm; in their place {@code ln_vision} over all
 * tokens, as after {@link EvaVision}.
 *
 * @param name module path, for traces
 * @param classEmbedding (1, hiddenSize), the token that precedes the patches
 * @param conv1 the convolution as a linear layer over flattened patches
 * @param positionalEmbedding (1 + patches, hiddenSize)
 */
public record LavisClipVision(
        String name,
        Config config,
        Tensor classEmbedding,
        Linear conv1,
        Tensor positionalEmbedding,
        LayerNorm lnPre,
        List<Block> blocks,
        LayerNorm lnVision) {
    private static final int CHANNELS = 3;
    /** nn.LayerNorm's default, in the tower and in ln_vision. */
    private static final float EPS = 1e-5f;

    /** What create_clip_vit_L passes on; LAVIS has no config.json. Names as in {@link ClipVision.Config}. */
    public record Config(
            int hiddenSize,
            int intermediateSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int imageSize,
            int patchSize) {
        /** The tower of {@code blip2_pretrained_vitL.pth}: one block less than CLIP's. */
        public static final Config RELEASED = new Config(1024, 4096, 23, 16, 224, 14);

        /** Patches of one picture. */
        public int patches() {
            return (imageSize / patchSize) * (imageSize / patchSize);
        }
    }

    /** Pre-norm transformer block; Dosovitskiy et al. 2021, figure 1. */
    record Block(String name, LayerNorm ln1, Attention attention, LayerNorm ln2, Mlp mlp) {
        static Block load(Weights weights, Config config) {
            return new Block(
                    weights.path(),
                    weights.layerNorm("ln_1", config.hiddenSize, EPS),
                    Attention.load(weights.at("attn"), config),
                    weights.layerNorm("ln_2", config.hiddenSize, EPS),
                    Mlp.load(weights.at("mlp"), config));
        }

        Tensor forward(Ops ops, Tensor x) { // (1 + patches, hiddenSize)
            x = ops.add(x, attention.forward(ops, ln1.forward(ops, x)));
            x = ops.add(x, mlp.forward(ops, ln2.forward(ops, x)));
            return ops.named(name, x);
        }
    }

    /** Every token sees every token; PyTorch's own MultiheadAttention, which keeps the three weights in one. */
    record Attention(String name, int heads, int tokens, Linear query, Linear key, Linear value, Linear output) {
        static Attention load(Weights weights, Config config) {
            long width = config.hiddenSize;
            Tensor weight = weights.tensor("in_proj_weight", 3 * width, width);
            Tensor bias = weights.floats("in_proj_bias", 3 * width);
            return new Attention(
                    weights.path(),
                    config.numAttentionHeads,
                    config.patches() + 1,
                    new Linear(weights.path("query"), weight.slice(0, width), bias.slice(0, width)),
                    new Linear(weights.path("key"), weight.slice(width, 2 * width), bias.slice(width, 2 * width)),
                    new Linear(
                            weights.path("value"),
                            weight.slice(2 * width, 3 * width),
                            bias.slice(2 * width, 3 * width)),
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
    record Mlp(String name, Linear fc, Linear projection) {
        static Mlp load(Weights weights, Config config) {
            return new Mlp(
                    weights.path(),
                    weights.linear("c_fc", config.hiddenSize, config.intermediateSize),
                    weights.linear("c_proj", config.intermediateSize, config.hiddenSize));
        }

        Tensor forward(Ops ops, Tensor x) {
            return ops.named(name, projection.forward(ops, fc.forward(ops, x, Activation.QUICK_GELU)));
        }
    }

    /**
     * Loads the tower and the norm after it, which lie in different files where the tower was not trained.
     *
     * @param tower at {@code visual_encoder}, or the root of {@code clip_vit_L.pth}
     * @param trained where {@code ln_vision} stands
     */
    public static LavisClipVision load(Weights tower, Weights trained, Config config) {
        int width = config.hiddenSize;
        int patch = config.patchSize;
        Tensor kernel = tower.tensor("conv1.weight", width, CHANNELS, patch, patch);
        long taps = (long) CHANNELS * patch * patch;
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers; i++) {
            blocks.add(Block.load(tower.at("transformer.resblocks." + i), config));
        }
        return new LavisClipVision(
                tower.path(),
                config,
                tower.floats("class_embedding", width).reshape(1, width),
                new Linear(tower.path("conv1"), kernel.reshape(width, taps), null),
                // LAVIS would interpolate a table of another size, with align_corners=True; no released model needs it.
                tower.floats("positional_embedding", config.patches() + 1, width),
                tower.layerNorm("ln_pre", width, EPS),
                List.copyOf(blocks),
                trained.layerNorm("ln_vision", width, EPS));
    }

    /**
     * All tokens after the last norm.
     *
     * @param pixels (3, imageSize, imageSize), normalised; or of several pictures, (pictures, 3, imageSize, imageSize)
     * @return (pictures · (1 + patches), hiddenSize), the class token first
     */
    public Tensor forward(Ops ops, Tensor pixels) {
        Tensor patches = conv1.forward(ops, ops.patches(pixels, config.patchSize));
        Tensor tokens =
                PictureTokens.of(ops, classEmbedding, patches, positionalEmbedding); // (1 + patches, hiddenSize)
        Tensor x = lnPre.forward(ops, tokens);
        for (Block block : blocks) {
            x = ops.block(x, h -> block.forward(ops, h));
        }
        return lnVision.forward(ops, x);
    }
}
