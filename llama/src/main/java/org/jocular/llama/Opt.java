package org.jocular.llama;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.Embedding;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Fields;

/**
 * OPT: Zhang et al. 2022; reference module {@code modeling_opt.py}.
 *
 * @param lmHead to the vocabulary; the same tensor as embedTokens where the file has none of its own
 */
public record Opt(
        Config config,
        Embedding embedTokens,
        Embedding embedPositions,
        List<Layer> layers,
        LayerNorm finalLayerNorm,
        Linear lmHead)
        implements CausalLm {

    /** What torch's LayerNorm has where nobody says otherwise; no config names it. */
    private static final float NORM_EPS = 1e-5f;

    /** fairseq kept the rows of the padding token, id 1, and of those before it: the first position is row 2 (OPTLearnedPositionalEmbedding). */
    private static final int FIRST_POSITION = 2;

    /** {@code config.json} of a language model, or {@code text_config} of a larger one. */
    public record Config(
            int vocabSize,
            int hiddenSize,
            int ffnDim,
            int numHiddenLayers,
            int numAttentionHeads,
            int maxPositionEmbeddings,
            Activation activationFunction) {

        /** Absent fields have the values of transformers' OPTConfig, on which published files rely. */
        public static Config of(Fields fields) {
            Config config = new Config(
                    fields.positiveInt("vocab_size", 50272),
                    fields.positiveInt("hidden_size", 768),
                    fields.positiveInt("ffn_dim", 3072),
                    fields.intBetween("num_hidden_layers", 1, 1000, 12),
                    fields.positiveInt("num_attention_heads", 12),
                    fields.intBetween("max_position_embeddings", 1, 1 << 20, 2048),
                    Activation.of(
                            fields.text("activation_function", "relu"), "activation_function of " + fields.file()));
            fields.require(
                    config.hiddenSize % config.numAttentionHeads == 0,
                    "hidden_size %d is not a multiple of num_attention_heads %d"
                            .formatted(config.hiddenSize, config.numAttentionHeads));
            refuseOtherKinds(fields, config.hiddenSize);
            return config;
        }

        /** OPT-350m alone has its norms after the residuals and narrower embeddings, and no vision-language model uses it. */
        private static void refuseOtherKinds(Fields fields, int hiddenSize) {
            fields.require(
                    fields.flag("do_layer_norm_before", true),
                    "do_layer_norm_before is false, but only OPT with norms before its sublayers is supported");
            fields.require(
                    !fields.flag("_remove_final_layer_norm", false),
                    "_remove_final_layer_norm is true, but only OPT with a last norm is supported");
            int embeddingWidth = fields.positiveInt("word_embed_proj_dim", hiddenSize);
            fields.require(
                    embeddingWidth == hiddenSize,
                    "word_embed_proj_dim %d differs from hidden_size %d, but projected embeddings are not supported"
                            .formatted(embeddingWidth, hiddenSize));
            fields.require(
                    fields.flag("enable_bias", true), "enable_bias is false, but only OPT with biases is supported");
            fields.require(
                    fields.flag("layer_norm_elementwise_affine", true),
                    "layer_norm_elementwise_affine is false, but only norms with weight and bias are supported");
        }
    }

    /** Pre-norm transformer block. */
    record Layer(
            String name,
            int index,
            LayerNorm selfAttentionNorm,
            Attention selfAttention,
            LayerNorm finalNorm,
            Linear fc1,
            Activation activation,
            Linear fc2) {
        static Layer load(Weights weights, Config config, int index) {
            return new Layer(
                    weights.path(),
                    index,
                    weights.layerNorm("self_attn_layer_norm", config.hiddenSize, NORM_EPS),
                    Attention.load(weights.at("self_attn"), config),
                    weights.layerNorm("final_layer_norm", config.hiddenSize, NORM_EPS),
                    weights.linear("fc1", config.hiddenSize, config.ffnDim),
                    config.activationFunction,
                    weights.linear("fc2", config.ffnDim, config.hiddenSize));
        }

        /** @param last whether only rows that are asked for go on */
        Tensor forward(Ops ops, Tensor x, Rows rows, boolean last) { // (rows, hiddenSize)
            Tensor seen = selfAttentionNorm.forward(ops, x);
            Tensor asking = last ? rows.asked(ops, seen) : seen;
            Tensor attended = selfAttention.forward(ops, asking, seen, rows, index);
            x = ops.add(last ? rows.asked(ops, x) : x, attended);
            Tensor hidden = fc1.forward(ops, finalNorm.forward(ops, x), activation); // (rows, ffnDim)
            return ops.named(name, ops.add(x, fc2.forward(ops, hidden)));
        }
    }

    /** Causal attention. The reference scales q before the product instead of the product: the same but for rounding. */
    record Attention(String name, AttentionSpec spec, Linear query, Linear key, Linear value, Linear output) {
        static Attention load(Weights weights, Config config) {
            int width = config.hiddenSize;
            int heads = config.numAttentionHeads;
            return new Attention(
                    weights.path(),
                    AttentionSpec.causal(heads, heads, width / heads),
                    weights.linear("q_proj", width, width),
                    weights.linear("k_proj", width, width),
                    weights.linear("v_proj", width, width),
                    weights.linear("out_proj", width, width));
        }

        Tensor forward(Ops ops, Tensor asking, Tensor seen, Rows rows, int layer) {
            Tensor q = query.forward(ops, asking); // (asking rows, heads · headDim)
            Tensor k = key.forward(ops, seen); // (rows, heads · headDim), as v
            Tensor v = value.forward(ops, seen);
            return ops.named(name, output.forward(ops, rows.attend(ops, layer, q, k, v, spec)));
        }
    }

    /**
     * Loads a model.
     *
     * @param weights where {@code model.decoder…} stands, and {@code lm_head} if there is one
     */
    public static Opt load(Weights weights, Config config) {
        Weights decoder = weights.at("model.decoder");
        Embedding embedTokens = decoder.embedding("embed_tokens", config.vocabSize, config.hiddenSize);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers; i++) {
            layers.add(Layer.load(decoder.at("layers." + i), config, i));
        }
        // tie_word_embeddings is absent from many files with and without a head of their own: the file tells.
        Linear lmHead = weights.has("lm_head.weight")
                ? weights.linearWithoutBias("lm_head", config.hiddenSize, config.vocabSize)
                : new Linear(weights.path("lm_head"), embedTokens.weight(), null);
        return new Opt(
                config,
                embedTokens,
                decoder.embedding("embed_positions", config.maxPositionEmbeddings + FIRST_POSITION, config.hiddenSize),
                List.copyOf(layers),
                decoder.layerNorm("final_layer_norm", config.hiddenSize, NORM_EPS),
                lmHead);
    }

    @Override
    public int width() {
        return config.hiddenSize;
    }

    @Override
    public int vocabSize() {
        return config.vocabSize;
    }

    @Override
    public int contextLength() {
        return config.maxPositionEmbeddings;
    }

    @Override
    public KvCache newCache(int capacity) {
        return new KvCache(config.numHiddenLayers, config.hiddenSize, capacity);
    }

    @Override
    public Tensor embed(Ops ops, int[] ids) {
        return embedTokens.forward(ops, ids);
    }

    @Override
    public Tensor forward(Ops ops, Tensor embeddings, Rows rows) {
        // Rows of pictures have positions like words.
        int[] table = IntStream.of(rows.positions())
                .map(position -> FIRST_POSITION + position)
                .toArray();
        Tensor x = ops.add(embeddings, embedPositions.forward(ops, table)); // (rows, hiddenSize)
        for (Layer layer : layers) {
            boolean last = layer.index == layers.size() - 1;
            x = ops.block(x, h -> layer.forward(ops, h, rows, last));
        }
        rows.advance();
        return finalLayerNorm.forward(ops, x);
    }

    @Override
    public Tensor logits(Ops ops, Tensor hidden) {
        return lmHead.forward(ops, hidden);
    }
}
