package org.jocular.llama;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.Embedding;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.RmsNorm;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Fields;
import org.jspecify.annotations.Nullable;

/**
 * T5 1.1 and Flan-T5: Raffel et al. 2020, Chung et al. 2022; reference module {@code modeling_t5.py}.
 *
 * @param shared embeddings of both stacks
 * @param headScale what the decoder's output is multiplied by before lmHead, (1, dModel); null where lmHead has weights of its own
 */
public record T5(
        Config config,
        Embedding shared,
        Encoder encoder,
        Decoder decoder,
        @Nullable Tensor headScale,
        Linear lmHead) implements EncoderDecoderLm {

    /** Relative positions never end; what a prompt of that length would need in memory does. */
    private static final int CONTEXT = 1 << 20;

    /** {@code config.json} of a language model, or {@code text_config} of a larger one. */
    public record Config(
            int vocabSize,
            int dModel,
            int dKv,
            int dFf,
            int numLayers,
            int numDecoderLayers,
            int numHeads,
            int relativeAttentionNumBuckets,
            int relativeAttentionMaxDistance,
            float layerNormEpsilon,
            Activation denseActFn,
            boolean tieWordEmbeddings,
            int decoderStartTokenId) {

        /** Absent fields have the values of transformers' T5Config, on which published files rely. */
        public static Config of(Fields fields) {
            int numLayers = fields.intBetween("num_layers", 1, 1000, 6);
            Config config = new Config(
                    fields.positiveInt("vocab_size", 32128),
                    fields.positiveInt("d_model", 512),
                    fields.positiveInt("d_kv", 64),
                    fields.positiveInt("d_ff", 2048),
                    numLayers,
                    fields.intBetween("num_decoder_layers", 1, 1000, numLayers),
                    fields.positiveInt("num_heads", 8),
                    fields.intBetween("relative_attention_num_buckets", 4, 1 << 16, 32),
                    fields.intBetween("relative_attention_max_distance", 1, CONTEXT, 128),
                    (float) fields.positiveNumber("layer_norm_epsilon", 1e-6),
                    activation(fields),
                    fields.flag("tie_word_embeddings", true),
                    fields.intBetween("decoder_start_token_id", 0, Integer.MAX_VALUE, 0));
            fields.require(
                    config.relativeAttentionMaxDistance > config.relativeAttentionNumBuckets / 2,
                    "relative_attention_max_distance %d is not above half of relative_attention_num_buckets %d"
                            .formatted(config.relativeAttentionMaxDistance, config.relativeAttentionNumBuckets));
            fields.require(
                    config.decoderStartTokenId < config.vocabSize,
                    "decoder_start_token_id %d is beyond the vocabulary of %d"
                            .formatted(config.decoderStartTokenId, config.vocabSize));
            return config;
        }

        /** {@code dense_act_fn} goes first: LAVIS runs Flan-T5 with exact GELU although "gated-gelu" means the one with tanh. */
        private static Activation activation(Fields fields) {
            String form = fields.text("feed_forward_proj", "relu");
            boolean gated = fields.flag("is_gated_act", form.startsWith("gated-"));
            fields.require(
                    gated,
                    "feed_forward_proj is \"%s\" with is_gated_act %s, but only the gated form of T5 1.1 and Flan-T5 is supported"
                            .formatted(form, gated));
            if (fields.has("dense_act_fn")) {
                return Activation.of(fields.text("dense_act_fn"), "dense_act_fn of " + fields.file());
            }
            String name = form.equals("gated-gelu") ? "gelu_new" : form.substring(form.indexOf('-') + 1);
            return Activation.of(name, "feed_forward_proj of " + fields.file());
        }

        /** The same with another activation in the feed-forward layers. */
        public Config with(Activation act) {
            return new Config(
                    vocabSize,
                    dModel,
                    dKv,
                    dFf,
                    numLayers,
                    numDecoderLayers,
                    numHeads,
                    relativeAttentionNumBuckets,
                    relativeAttentionMaxDistance,
                    layerNormEpsilon,
                    act,
                    tieWordEmbeddings,
                    decoderStartTokenId);
        }

        /** Width of queries, keys and values, which need not be dModel. */
        public long innerDim() {
            return (long) numHeads * dKv;
        }
    }

    /** Reads the prompt; all its rows see each other. */
    record Encoder(List<EncoderBlock> blocks, RelativeBias bias, RmsNorm finalLayerNorm) {
        static Encoder load(Weights weights, Config config) {
            List<EncoderBlock> blocks = new ArrayList<>();
            for (int i = 0; i < config.numLayers; i++) {
                blocks.add(EncoderBlock.load(weights.at("block." + i), config));
            }
            return new Encoder(
                    List.copyOf(blocks),
                    RelativeBias.load(weights.at("block.0.layer.0.SelfAttention"), config, true),
                    weights.rmsNorm("final_layer_norm", config.dModel, config.layerNormEpsilon));
        }

        Tensor forward(Ops ops, Tensor x) { // (rows, dModel)
            AttentionSpec spec = bias.ofPrompt((int) x.rows());
            for (EncoderBlock block : blocks) {
                x = ops.block(x, h -> block.forward(ops, h, spec));
            }
            return finalLayerNorm.forward(ops, x);
        }
    }

    /** Self-attention and feed-forward, each with its norm before. */
    record EncoderBlock(
            String name, RmsNorm selfNorm, Attention selfAttention, RmsNorm feedForwardNorm, FeedForward feedForward) {
        static EncoderBlock load(Weights weights, Config config) {
            return new EncoderBlock(
                    weights.path(),
                    weights.rmsNorm("layer.0.layer_norm", config.dModel, config.layerNormEpsilon),
                    Attention.load(weights.at("layer.0.SelfAttention"), config),
                    weights.rmsNorm("layer.1.layer_norm", config.dModel, config.layerNormEpsilon),
                    FeedForward.load(weights.at("layer.1.DenseReluDense"), config));
        }

        Tensor forward(Ops ops, Tensor x, AttentionSpec spec) { // (rows, dModel)
            x = ops.add(x, selfAttention.toAll(ops, selfNorm.forward(ops, x), spec));
            ops.named(name + ".layer.0", x);
            x = ops.add(x, feedForward.forward(ops, feedForwardNorm.forward(ops, x)));
            return ops.named(name, ops.named(name + ".layer.1", x));
        }
    }

    /** Writes the answer; its rows see those before them in their sequence, and the whole prompt. */
    record Decoder(Embedding embedTokens, List<DecoderBlock> blocks, RelativeBias bias, RmsNorm finalLayerNorm) {
        static Decoder load(Weights weights, Config config, Embedding shared) {
            List<DecoderBlock> blocks = new ArrayList<>();
            for (int i = 0; i < config.numDecoderLayers; i++) {
                blocks.add(DecoderBlock.load(weights.at("block." + i), config, i));
            }
            return new Decoder(
                    // A name of its own: in a trace, "shared" is what the encoder looked up.
                    new Embedding(weights.path("embed_tokens"), shared.weight()),
                    List.copyOf(blocks),
                    RelativeBias.load(weights.at("block.0.layer.0.SelfAttention"), config, false),
                    weights.rmsNorm("final_layer_norm", config.dModel, config.layerNormEpsilon));
        }

        Tensor forward(Ops ops, int[] ids, Batch batch) {
            Map<Batch.Part, AttentionSpec> made = new HashMap<>();
            Function<Batch.Part, AttentionSpec> specs = part -> made.computeIfAbsent(part, bias::of);
            Tensor x = embedTokens.forward(ops, ids); // (rows, dModel)
            for (DecoderBlock block : blocks) {
                x = ops.block(x, h -> block.forward(ops, h, batch, specs));
            }
            batch.advance();
            return finalLayerNorm.forward(ops, x);
        }
    }

    /** Self-attention, attention to the prompt, and feed-forward, each with its norm before. */
    record DecoderBlock(
            String name,
            int index,
            RmsNorm selfNorm,
            Attention selfAttention,
            RmsNorm crossNorm,
            Attention crossAttention,
            RmsNorm feedForwardNorm,
            FeedForward feedForward) {
        static DecoderBlock load(Weights weights, Config config, int index) {
            return new DecoderBlock(
                    weights.path(),
                    index,
                    weights.rmsNorm("layer.0.layer_norm", config.dModel, config.layerNormEpsilon),
                    Attention.load(weights.at("layer.0.SelfAttention"), config),
                    weights.rmsNorm("layer.1.layer_norm", config.dModel, config.layerNormEpsilon),
                    Attention.load(weights.at("layer.1.EncDecAttention"), config),
                    weights.rmsNorm("layer.2.layer_norm", config.dModel, config.layerNormEpsilon),
                    FeedForward.load(weights.at("layer.2.DenseReluDense"), config));
        }

        Tensor forward(Ops ops, Tensor x, Batch batch, Function<Batch.Part, AttentionSpec> specs) { // (rows, dModel)
            x = ops.add(x, selfAttention.toEarlier(ops, selfNorm.forward(ops, x), batch, index, specs));
            ops.named(name + ".layer.0", x);
            x = ops.add(x, crossAttention.toPrompt(ops, crossNorm.forward(ops, x), batch, index));
            ops.named(name + ".layer.1", x);
            x = ops.add(x, feedForward.forward(ops, feedForwardNorm.forward(ops, x)));
            return ops.named(name, ops.named(name + ".layer.2", x));
        }
    }

    /** Attention without biases or scale: q is initialised by 1/√dKv smaller instead ({@code T5PreTrainedModel._init_weights}). */
    record Attention(String name, int heads, Linear query, Linear key, Linear value, Linear output) {
        static Attention load(Weights weights, Config config) {
            return new Attention(
                    weights.path(),
                    config.numHeads,
                    weights.linearWithoutBias("q", config.dModel, config.innerDim()),
                    weights.linearWithoutBias("k", config.dModel, config.innerDim()),
                    weights.linearWithoutBias("v", config.dModel, config.innerDim()),
                    weights.linearWithoutBias("o", config.innerDim(), config.dModel));
        }

        /** Of the prompt's rows to each other. */
        Tensor toAll(Ops ops, Tensor x, AttentionSpec spec) {
            Tensor q = query.forward(ops, x); // (rows, heads · dKv), as k and v
            Tensor attended = ops.attention(q, key.forward(ops, x), value.forward(ops, x), spec);
            return ops.named(name, output.forward(ops, attended));
        }

        /** Of each request's rows to its cache, in which their keys and values are written: {@link Batch#attend} with a bias. */
        Tensor toEarlier(Ops ops, Tensor x, Batch batch, int layer, Function<Batch.Part, AttentionSpec> specs) {
            Tensor k = key.forward(ops, x); // (rows, heads · dKv)
            Tensor v = value.forward(ops, x);
            Tensor attended = batch.each(ops, query.forward(ops, x), (part, q) -> {
                KvCache cache = part.cache();
                Tensor keys = ops.write(cache.keys(layer), part.at(), batch.rows(ops, part, k)); // (at + rows, width)
                Tensor values = ops.write(cache.values(layer), part.at(), batch.rows(ops, part, v));
                return ops.attention(q, keys, values, specs.apply(part));
            });
            return ops.named(name, output.forward(ops, attended));
        }

        /** Of each request's rows to its prompt. Positions play no part here. */
        Tensor toPrompt(Ops ops, Tensor x, Batch batch, int layer) {
            AttentionSpec spec = new AttentionSpec(heads, heads, 1, false, null, null);
            Tensor attended = batch.each(ops, query.forward(ops, x), (part, q) -> {
                KvCache cache = part.cache();
                return ops.attention(q, cache.crossKeys(layer), cache.crossValues(layer), spec);
            });
            return ops.named(name, output.forward(ops, attended));
        }
    }

    /** Gated: Shazeer 2020. */
    record FeedForward(String name, Linear gate, Activation activation, Linear up, Linear down) {
        static FeedForward load(Weights weights, Config config) {
            return new FeedForward(
                    weights.path(),
                    weights.linearWithoutBias("wi_0", config.dModel, config.dFf),
                    config.denseActFn,
                    weights.linearWithoutBias("wi_1", config.dModel, config.dFf),
                    weights.linearWithoutBias("wo", config.dFf, config.dModel));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor gated = ops.multiply(gate.forward(ops, x, activation), up.forward(ops, x)); // (rows, dFf)
            return ops.named(name, down.forward(ops, gated));
        }
    }

    /**
     * Loads a model.
     *
     * @param weights where {@code shared}, {@code encoder}, {@code decoder} and {@code lm_head} stand
     */
    public static T5 load(Weights weights, Config config) {
        Embedding shared = weights.embedding("shared", config.vocabSize, config.dModel);
        Linear lmHead = config.tieWordEmbeddings
                ? new Linear(weights.path("lm_head"), shared.weight(), null)
                : weights.linearWithoutBias("lm_head", config.dModel, config.vocabSize);
        return new T5(
                config,
                shared,
                Encoder.load(weights.at("encoder"), config),
                Decoder.load(weights.at("decoder"), config, shared),
                config.tieWordEmbeddings ? headScale(config.dModel) : null,
                lmHead);
    }

    /** Embeddings are that much larger than the weights of a head ({@code T5ForConditionalGeneration.forward}). */
    private static Tensor headScale(int dModel) {
        float[] scale = new float[dModel];
        Arrays.fill(scale, (float) (1 / Math.sqrt(dModel)));
        return Tensor.of(Arena.ofAuto(), scale, 1, dModel);
    }

    @Override
    public int width() {
        return config.dModel;
    }

    @Override
    public int vocabSize() {
        return config.vocabSize;
    }

    @Override
    public int contextLength() {
        return CONTEXT;
    }

    @Override
    public int decoderStartTokenId() {
        return config.decoderStartTokenId;
    }

    @Override
    public KvCache newCache(int capacity) {
        return new KvCache(config.numDecoderLayers, Math.toIntExact(config.innerDim()), capacity);
    }

    @Override
    public Tensor embed(Ops ops, int[] ids) {
        return shared.forward(ops, ids);
    }

    @Override
    public Tensor encode(Ops ops, Tensor embeddings, KvCache cache) {
        Tensor x = encoder.forward(ops, embeddings);
        for (DecoderBlock block : decoder.blocks) {
            x = ops.block(x, prompt -> {
                Attention cross = block.crossAttention;
                cache.cross(ops, block.index, cross.key.forward(ops, prompt), cross.value.forward(ops, prompt));
                return prompt;
            });
        }
        return x;
    }

    @Override
    public Tensor decode(Ops ops, int[] ids, Batch batch) {
        return decoder.forward(ops, ids, batch);
    }

    @Override
    public Tensor logits(Ops ops, Tensor hidden) {
        return lmHead.forward(ops, headScale == null ? hidden : ops.multiply(hidden, headScale));
    }
}
