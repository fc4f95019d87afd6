package org.jocular.qformer;

import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Fields;

/**
 * mPLUG-Owl's visual abstractor, from the tokens of a picture to a few rows for the language model: Ye et al. 2023, section 3.1; reference
 * module {@code mplug_owl/modeling_mplug_owl.py}.
 *
 * @param name module path, for traces
 * @param queryTokens (numQueryTokens, hiddenSize)
 * @param visualFc to the width of the language model
 * @param vitEos (1, language model's width), a learned vector that ends each picture
 */
public record Abstractor(
        String name, Config config, Tensor queryTokens, List<Layer> layers, Linear visualFc, Tensor vitEos) {
    /** Three of the norms are built without the config's eps: MplugOwlVisualAbstractorAttention and …CrossOutput. */
    private static final float DEFAULT_EPS = 1e-5f;

    /**
     * {@code visual_abstractor_config} of a config.json.
     *
     * @param numQueryTokens stands beside it in the same file
     * @param intermediateSize 4096 in the code, 2816 in the released 7B model
     * @param layerNormEps of the norm inside the feed-forward layers, no other
     */
    public record Config(
            int numQueryTokens,
            int hiddenSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int intermediateSize,
            float layerNormEps) {

        /**
         * Absent fields have the values of MplugOwlVisualAbstractorConfig.
         *
         * @param fields {@code visual_abstractor_config}
         */
        public static Config of(Fields fields, int numQueryTokens) {
            Config config = new Config(
                    numQueryTokens,
                    fields.positiveInt("hidden_size", 1024),
                    fields.intBetween("num_hidden_layers", 1, 1000, 6),
                    fields.positiveInt("num_attention_heads", 16),
                    fields.positiveInt("intermediate_size", 4096),
                    (float) fields.positiveNumber("layer_norm_eps", 1e-6));
            fields.require(
                    config.hiddenSize % config.numAttentionHeads == 0,
                    "hidden_size %d is not a multiple of num_attention_heads %d"
                            .formatted(config.hiddenSize, config.numAttentionHeads));
            int encoderHiddenSize = fields.positiveInt("encoder_hidden_size", 1024);
            // Queries and picture stand in one matrix of keys, so the field has no freedom.
            fields.require(
                    encoderHiddenSize == config.hiddenSize,
                    "encoder_hidden_size %d differs from hidden_size %d"
                            .formatted(encoderHiddenSize, config.hiddenSize));
            return config;
        }
    }

    /** Attention of the queries to themselves and the picture, then a gated feed-forward layer. */
    record Layer(String name, LayerNorm norm1, LayerNorm normK, Attention attention, LayerNorm norm2, Mlp mlp) {
        static Layer load(Weights layer, Config config) {
            Weights weights = layer.at("crossattention");
            return new Layer(
                    layer.path(),
                    weights.layerNorm("norm1", config.hiddenSize, DEFAULT_EPS),
                    weights.layerNorm("normk", config.hiddenSize, DEFAULT_EPS),
                    Attention.load(weights, config),
                    weights.layerNorm("output.norm2", config.hiddenSize, DEFAULT_EPS),
                    Mlp.load(weights.at("output.mlp"), config));
        }

        Tensor forward(Ops ops, Tensor x, Tensor image, QueryRows rows) { // (queries, hiddenSize)
            // The residual starts from the normalised queries: MplugOwlVisualAbstractorAttention.forward.
            Tensor queries = norm1.forward(ops, x);
            Tensor context = rows.withTokens(ops, queries, normK.forward(ops, image)); // (queries + tokens, hiddenSize)
            x = ops.add(queries, attention.forward(ops, queries, context, rows));
            x = ops.add(x, mlp.forward(ops, norm2.forward(ops, x)));
            return ops.named(name, x);
        }
    }

    /** Queries look at a context. */
    record Attention(AttentionSpec spec, int queries, Linear query, Linear key, Linear value, Linear output) {
        static Attention load(Weights weights, Config config) {
            int width = config.hiddenSize;
            return new Attention(
                    AttentionSpec.bidirectional(config.numAttentionHeads, width / config.numAttentionHeads),
                    config.numQueryTokens,
                    weights.linear("attention.query", width, width),
                    weights.linear("attention.key", width, width),
                    weights.linear("attention.value", width, width),
                    weights.linear("output.out_proj", width, width));
        }

        Tensor forward(Ops ops, Tensor x, Tensor context, QueryRows rows) {
            Tensor q = query.forward(ops, x);
            Tensor k = key.forward(ops, context);
            Tensor v = value.forward(ops, context);
            Tensor mixed = ops.attention(q, k, v, rows.cross(spec, queries));
            return output.forward(ops, mixed);
        }
    }

    /** SwiGLU (Shazeer 2020) with a norm before the last layer. */
    record Mlp(String name, Linear w1, Linear w2, Linear w3, LayerNorm ffnLn) {
        static Mlp load(Weights weights, Config config) {
            return new Mlp(
                    weights.path(),
                    weights.linear("w1", config.hiddenSize, config.intermediateSize),
                    weights.linear("w2", config.intermediateSize, config.hiddenSize),
                    weights.linear("w3", config.hiddenSize, config.intermediateSize),
                    weights.layerNorm("ffn_ln", config.intermediateSize, config.layerNormEps));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor gated = ops.multiply(w1.forward(ops, x, Activation.SILU), w3.forward(ops, x));
            return ops.named(name, w2.forward(ops, ffnLn.forward(ops, gated)));
        }
    }

    /**
     * Loads an abstractor.
     *
     * @param weights where {@code query_tokens} and {@code abstractor} stand
     * @param languageWidth hidden_size of the language model
     */
    public static Abstractor load(Weights weights, Config config, int languageWidth) {
        Weights abstractor = weights.at("abstractor");
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers; i++) {
            layers.add(Layer.load(abstractor.at("encoder.layers." + i), config));
        }
        return new Abstractor(
                abstractor.path(),
                config,
                weights.floats("query_tokens", 1, config.numQueryTokens, config.hiddenSize)
                        .reshape(config.numQueryTokens, config.hiddenSize),
                List.copyOf(layers),
                abstractor.linear("visual_fc", config.hiddenSize, languageWidth),
                abstractor.floats("vit_eos", 1, 1, languageWidth).reshape(1, languageWidth));
    }

    /**
     * The rows that stand for pictures in the prompt.
     *
     * @param image (pictures · tokens, hiddenSize), all of the vision tower, class tokens included
     * @param pictures how many
     * @return (pictures · (numQueryTokens + 1), language model's width)
     */
    public Tensor forward(Ops ops, Tensor image, int pictures) {
        QueryRows rows = QueryRows.of(config.numQueryTokens, Math.toIntExact(image.rows() / pictures), pictures);
        Tensor x = rows.repeated(ops, queryTokens); // a copy, since a block is given its input
        for (Layer layer : layers) {
            x = ops.block(x, h -> layer.forward(ops, h, image, rows));
        }
        Tensor words = visualFc.forward(ops, x);
        Tensor[] ended = new Tensor[2 * pictures];
        for (int i = 0; i < pictures; i++) {
            ended[2 * i] = ops.rows(words, (long) i * config.numQueryTokens, (i + 1L) * config.numQueryTokens);
            ended[2 * i + 1] = vitEos;
        }
        return ops.named(name, ops.concat(ended));
    }
}
