package org.jocular.llama;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.Embedding;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.RmsNorm;
import org.jocular.tensor.Rope;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Fields;
import org.jspecify.annotations.Nullable;

/**
 * LLaMA, Vicuna, LLaMA-2: Touvron et al. 2023; reference module {@code modeling_llama.py}.
 *
 * @param lmHead to the vocabulary; the same tensor as embedTokens where a checkpoint ties them
 */
public record Llama(Config config, Embedding embedTokens, List<Layer> layers, RmsNorm norm, Linear lmHead, Rope rope)
        implements CausalLm {

    /** {@code config.json} of a language model, or {@code text_config} of a larger one. */
    public record Config(
            int vocabSize,
            int hiddenSize,
            int intermediateSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int numKeyValueHeads,
            int headDim,
            int maxPositionEmbeddings,
            float rmsNormEps,
            double ropeTheta,
            double ropeFactor) {

        /** Absent fields have the values of transformers' LlamaConfig (a 7B model), on which published files rely. */
        public static Config of(Fields fields) {
            int hiddenSize = fields.positiveInt("hidden_size", 4096);
            int heads = fields.positiveInt("num_attention_heads", 32);
            fields.require(
                    fields.has("head_dim") || hiddenSize % heads == 0,
                    "hidden_size %d is not a multiple of num_attention_heads %d".formatted(hiddenSize, heads));
            Config config = new Config(
                    fields.positiveInt("vocab_size", 32000),
                    hiddenSize,
                    fields.positiveInt("intermediate_size", 11008),
                    fields.intBetween("num_hidden_layers", 1, 1000, 32),
                    heads,
                    fields.positiveInt("num_key_value_heads", heads),
                    fields.positiveInt("head_dim", Math.max(1, hiddenSize / heads)),
                    fields.intBetween("max_position_embeddings", 1, 1 << 20, 2048),
                    (float) fields.positiveNumber("rms_norm_eps", 1e-6),
                    fields.positiveNumber("rope_theta", 10000),
                    ropeFactor(fields.objectOrNull("rope_scaling")));
            fields.require(
                    heads % config.numKeyValueHeads == 0,
                    "num_attention_heads %d is not a multiple of num_key_value_heads %d"
                            .formatted(heads, config.numKeyValueHeads));
            fields.require(config.headDim % 2 == 0, "head_dim %d is odd".formatted(config.headDim));
            fields.oneOf("hidden_act", List.of("silu"), "silu");
            return config;
        }

        private static double ropeFactor(@Nullable Fields scaling) {
            if (scaling == null) {
                return 1;
            }
            // Called "type" before transformers 4.43.
            String key = scaling.has("rope_type") ? "rope_type" : "type";
            String type = scaling.oneOf(key, List.of("linear", "default"));
            return type.equals("linear") ? scaling.positiveNumber("factor") : 1;
        }
    }

    /** Pre-norm transformer block with RMS norms. */
    record Layer(String name, int index, RmsNorm inputNorm, Attention attention, RmsNorm postAttentionNorm, Mlp mlp) {
        static Layer load(Weights weights, Config config, int index) {
            return new Layer(
                    weights.path(),
                    index,
                    weights.rmsNorm("input_layernorm", config.hiddenSize, config.rmsNormEps),
                    Attention.load(weights.at("self_attn"), config),
                    weights.rmsNorm("post_attention_layernorm", config.hiddenSize, config.rmsNormEps),
                    Mlp.load(weights.at("mlp"), config));
        }

        /** @param last whether only rows that are asked for go on */
        Tensor forward(Ops ops, Tensor x, Rope rope, Rows rows, boolean last) { // (rows, hiddenSize)
            Tensor seen = inputNorm.forward(ops, x);
            Tensor asking = last ? rows.asked(ops, seen) : seen;
            int[] positions = last ? rows.askedPositions() : rows.positions();
            Tensor attended = attention.forward(ops, asking, positions, seen, rope, rows, index);
            x = ops.add(last ? rows.asked(ops, x) : x, attended);
            x = ops.add(x, mlp.forward(ops, postAttentionNorm.forward(ops, x)));
            return ops.named(name, x);
        }
    }

    /** Causal attention with rotary positions; several query heads may share a key/value head. */
    record Attention(String name, AttentionSpec spec, Linear query, Linear key, Linear value, Linear output) {
        static Attention load(Weights weights, Config config) {
            int width = config.numAttentionHeads * config.headDim;
            int kvWidth = config.numKeyValueHeads * config.headDim;
            return new Attention(
                    weights.path(),
                    AttentionSpec.causal(config.numAttentionHeads, config.numKeyValueHeads, config.headDim),
                    weights.linearWithoutBias("q_proj", config.hiddenSize, width),
                    weights.linearWithoutBias("k_proj", config.hiddenSize, kvWidth),
                    weights.linearWithoutBias("v_proj", config.hiddenSize, kvWidth),
                    weights.linearWithoutBias("o_proj", width, config.hiddenSize));
        }

        Tensor forward(Ops ops, Tensor asking, int[] positions, Tensor seen, Rope rope, Rows rows, int layer) {
            Tensor q = ops.rope(query.forward(ops, asking), rope, positions); // (asking rows, heads · headDim)
            Tensor k = ops.rope(key.forward(ops, seen), rope, rows.positions()); // (rows, kvHeads · headDim)
            Tensor v = value.forward(ops, seen);
            return ops.named(name, output.forward(ops, rows.attend(ops, layer, q, k, v, spec)));
        }
    }

    /** SwiGLU: Shazeer 2020. */
    record Mlp(String name, Linear gate, Linear up, Linear down) {
        static Mlp load(Weights weights, Config config) {
            return new Mlp(
                    weights.path(),
                    weights.linearWithoutBias("gate_proj", config.hiddenSize, config.intermediateSize),
                    weights.linearWithoutBias("up_proj", config.hiddenSize, config.intermediateSize),
                    weights.linearWithoutBias("down_proj", config.intermediateSize, config.hiddenSize));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor gated = ops.multiply(gate.forward(ops, x, Activation.SILU), up.forward(ops, x));
            return ops.named(name, down.forward(ops, gated));
        }
    }

    /**
     * Loads a model.
     *
     * @param weights where {@code model.layers…} and {@code lm_head} stand
     */
    public static Llama load(Weights weights, Config config) {
        Weights model = weights.at("model");
        Embedding embedTokens = model.embedding("embed_tokens", config.vocabSize, config.hiddenSize);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers; i++) {
            layers.add(Layer.load(model.at("layers." + i), config, i));
        }
        // tie_word_embeddings is absent from many files with and without a head of their own: the file tells.
        Linear lmHead = weights.has("lm_head.weight")
                ? weights.linearWithoutBias("lm_head", config.hiddenSize, config.vocabSize)
                : new Linear(weights.path("lm_head"), embedTokens.weight(), null);
        return new Llama(
                config,
                embedTokens,
                List.copyOf(layers),
                model.rmsNorm("norm", config.hiddenSize, config.rmsNormEps),
                lmHead,
                Rope.of(
                        Arena.ofAuto(),
                        config.maxPositionEmbeddings,
                        config.headDim,
                        config.ropeTheta,
                        config.ropeFactor));
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
        return new KvCache(config.numHiddenLayers, config.numKeyValueHeads * config.headDim, capacity);
    }

    @Override
    public Tensor embed(Ops ops, int[] ids) {
        return embedTokens.forward(ops, ids);
    }

    @Override
    public Tensor forward(Ops ops, Tensor embeddings, Rows rows) {
        Tensor x = embeddings;
        for (Layer layer : layers) {
            boolean last = layer.index == layers.size() - 1;
            x = ops.block(x, h -> layer.forward(ops, h, rope, rows, last));
        }
        rows.advance();
        return norm.forward(ops, x);
    }

    @Override
    public Tensor logits(Ops ops, Tensor hidden) {
        return lmHead.forward(ops, hidden);
    }
}
