package org.jocular.qformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.AttentionSpec.Segments;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Embedding;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Fields;
import org.jspecify.annotations.Nullable;

/**
 * The Querying Transformer: Li et al. 2023 (BLIP-2), section 3.1; with the instruction beside the queries, Dai et al. 2023 (InstructBLIP),
 * section 2.3. Reference modules {@code modeling_blip_2.py}, {@code modeling_instructblip.py} and, in LAVIS, {@code Qformer.py}.
 *
 * <p>A BERT whose learned queries look at the picture in every second layer. Text, where there is any, shares the self-attention with them,
 * never looks at the picture and has feed-forward layers of its own.
 *
 * @param name module path, for traces
 * @param queryTokens (numQueryTokens, hiddenSize); queries have no positions
 * @param text null where the model reads no text
 */
public record QFormer(
        String name,
        Config config,
        Tensor queryTokens,
        @Nullable TextEmbeddings text,
        LayerNorm embeddingNorm,
        List<Layer> layers) {

    /**
     * {@code qformer_config} of a config.json.
     *
     * @param numQueryTokens stands beside it in the same file
     * @param encoderHiddenSize the width of the vision tower
     */
    public record Config(
            int numQueryTokens,
            int vocabSize,
            int hiddenSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int intermediateSize,
            Activation hiddenAct,
            int maxPositionEmbeddings,
            float layerNormEps,
            int crossAttentionFrequency,
            int encoderHiddenSize) {

        /**
         * Absent fields have the values of transformers' Blip2QFormerConfig and InstructBlipQFormerConfig, on which published files rely.
         *
         * @param fields {@code qformer_config}
         * @param encoderHiddenSize of the vision tower; transformers overwrites the field with it too, configuration_blip_2.py
         */
        public static Config of(Fields fields, int numQueryTokens, int encoderHiddenSize) {
            Config config = new Config(
                    numQueryTokens,
                    fields.positiveInt("vocab_size", 30522),
                    fields.positiveInt("hidden_size", 768),
                    fields.intBetween("num_hidden_layers", 1, 1000, 12),
                    fields.positiveInt("num_attention_heads", 12),
                    fields.positiveInt("intermediate_size", 3072),
                    Activation.of(fields.text("hidden_act", "gelu"), "hidden_act of " + fields.file()),
                    fields.positiveInt("max_position_embeddings", 512),
                    (float) fields.positiveNumber("layer_norm_eps", 1e-12),
                    fields.positiveInt("cross_attention_frequency", 2),
                    encoderHiddenSize);
            fields.require(
                    config.hiddenSize % config.numAttentionHeads == 0,
                    "hidden_size %d is not a multiple of num_attention_heads %d"
                            .formatted(config.hiddenSize, config.numAttentionHeads));
            fields.oneOf("position_embedding_type", List.of("absolute"), "absolute");
            return config;
        }

        /**
         * For LAVIS files, which have no config: sizes as the tensors have them, everything else as in BertConfig and init_Qformer.
         *
         * @param weights where {@code query_tokens} and {@code qformer} stand, under the hub's names
         * @throws BadInput if a tensor is missing or the number of heads does not fit its shape
         */
        public static Config lavis(Weights weights, int heads) {
            Weights layers = weights.at("qformer.encoder.layer");
            Weights embeddings = weights.at("qformer.embeddings");
            int[] queries = sizes(weights, "query_tokens", 1, 32, 768);
            int[] intermediate = sizes(layers, "0.intermediate_query.dense.weight", 3072, 768);
            int[] crossKey = sizes(layers, "0.crossattention.attention.key.weight", 768, 1408);
            boolean text = embeddings.has("word_embeddings.weight");
            int width = queries[2];
            if (width < 1 || heads < 1 || width % heads != 0) {
                throw new BadInput("%s has width %d, which is not a multiple of %d heads"
                        .formatted(weights.path("query_tokens"), width, heads));
            }
            return new Config(
                    queries[1],
                    text ? sizes(embeddings, "word_embeddings.weight", 30523, 768)[0] : 30522,
                    width,
                    (int) IntStream.iterate(0, i -> i + 1)
                            .takeWhile(i -> layers.has(i + ".attention.output.dense.weight"))
                            .count(),
                    heads,
                    intermediate[0],
                    Activation.GELU,
                    text ? sizes(embeddings, "position_embeddings.weight", 512, 768)[0] : 512,
                    1e-12f,
                    2,
                    crossKey[1]);
        }

        private static int[] sizes(Weights weights, String name, long... released) {
            long[] shape = weights.shape(name, released);
            if (shape.length != released.length) {
                throw new BadInput("%s has shape %s, expected %d axes as in %s"
                        .formatted(
                                weights.path(name),
                                Arrays.toString(shape),
                                released.length,
                                Arrays.toString(released)));
            }
            // A tensor without elements may claim any size; loading refuses it then.
            return Arrays.stream(shape)
                    .mapToInt(size -> (int) Math.min(size, Integer.MAX_VALUE))
                    .toArray();
        }
    }

    /** A layer of either kind. Queries are the first rows, the text's rows come after them. */
    sealed interface Layer {
        static Layer load(Weights weights, Config config, int index, boolean text) {
            Attention attention = Attention.load(weights.at("attention"), config, config.hiddenSize);
            FeedForwards feedForwards = FeedForwards.load(weights, config, text);
            if (index % config.crossAttentionFrequency != 0) {
                return new InnerLayer(weights.path(), attention, feedForwards);
            }
            Attention cross = Attention.load(weights.at("crossattention"), config, config.encoderHiddenSize);
            return new LookingLayer(weights.path(), attention, cross, feedForwards);
        }

        Attention attention();

        FeedForwards feedForwards();

        /** From x (queries + text, hiddenSize) and image (tokens, encoderHiddenSize) to the shape of x. */
        Tensor forward(Ops ops, Tensor x, Tensor image, QueryRows rows);

        /** Texts without a picture, (tokens of all, hiddenSize) to the same. */
        default Tensor encodeText(Ops ops, Tensor x, Segments texts) {
            x = attention().forward(ops, x, x, attention().spec.in(texts));
            return feedForwards().text(ops, x);
        }
    }

    /** Post-norm layer in which the queries look at the picture; BLIP-2, figure 2. */
    record LookingLayer(String name, Attention attention, Attention crossAttention, FeedForwards feedForwards)
            implements Layer {
        @Override
        public Tensor forward(Ops ops, Tensor x, Tensor image, QueryRows rows) {
            x = attention.self(ops, x, rows);
            Tensor queries = rows.queries(ops, x);
            Tensor seen = crossAttention.forward(ops, queries, image, rows.cross(crossAttention.spec, 0));
            return ops.named(name, feedForwards.forward(ops, seen, rows.texts(ops, x), rows));
        }
    }

    /** Post-norm layer between two of those. */
    record InnerLayer(String name, Attention attention, FeedForwards feedForwards) implements Layer {
        @Override
        public Tensor forward(Ops ops, Tensor x, Tensor image, QueryRows rows) {
            x = attention.self(ops, x, rows);
            return ops.named(name, feedForwards.forward(ops, rows.queries(ops, x), rows.texts(ops, x), rows));
        }
    }

    /** Attention with its residual and norm. */
    record Attention(
            String name, AttentionSpec spec, Linear query, Linear key, Linear value, Linear dense, LayerNorm norm) {
        static Attention load(Weights weights, Config config, int contextWidth) {
            int width = config.hiddenSize;
            return new Attention(
                    weights.path(),
                    AttentionSpec.bidirectional(config.numAttentionHeads, width / config.numAttentionHeads),
                    weights.linear("attention.query", width, width),
                    weights.linear("attention.key", contextWidth, width),
                    weights.linear("attention.value", contextWidth, width),
                    weights.linear("output.dense", width, width),
                    weights.layerNorm("output.LayerNorm", width, config.layerNormEps));
        }

        /** Rows of x look at rows of {@code context}: x itself, or the picture. */
        Tensor forward(Ops ops, Tensor x, Tensor context, AttentionSpec within) {
            Tensor q = query.forward(ops, x);
            Tensor k = key.forward(ops, context);
            Tensor v = value.forward(ops, context);
            Tensor mixed = ops.attention(q, k, v, within);
            return ops.named(name, norm.forward(ops, ops.add(dense.forward(ops, mixed), x)));
        }

        /** Queries and text of a picture look at each other or, where text is generated, at what {@link QueryRows#causal} leaves them. */
        Tensor self(Ops ops, Tensor x, QueryRows rows) {
            if (!rows.causal()) {
                return forward(ops, x, x, rows.self(spec));
            }
            Tensor queries = rows.queries(ops, x);
            Tensor texts = rows.texts(ops, x);
            return rows.together(
                    ops,
                    forward(ops, queries, queries, rows.amongQueries(spec)),
                    forward(ops, texts, x, rows.textCausal(spec)));
        }
    }

    /** Queries and text each have their own. */
    record FeedForwards(FeedForward query, @Nullable FeedForward text) {
        static FeedForwards load(Weights weights, Config config, boolean text) {
            return new FeedForwards(
                    FeedForward.load(weights.at("intermediate_query"), weights.at("output_query"), config),
                    text ? FeedForward.load(weights.at("intermediate"), weights.at("output"), config) : null);
        }

        Tensor forward(Ops ops, Tensor queryRows, Tensor textRows, QueryRows rows) {
            Tensor queries = query.forward(ops, queryRows);
            return text == null || textRows.rows() == 0
                    ? queries
                    : rows.together(ops, queries, text.forward(ops, textRows));
        }

        Tensor text(Ops ops, Tensor textRows) {
            return required(text).forward(ops, textRows);
        }
    }

    /** Two linear layers with their residual and norm. */
    record FeedForward(Linear intermediate, Linear output, LayerNorm norm, Activation activation) {
        static FeedForward load(Weights intermediate, Weights output, Config config) {
            return new FeedForward(
                    intermediate.linear("dense", config.hiddenSize, config.intermediateSize),
                    output.linear("dense", config.intermediateSize, config.hiddenSize),
                    output.layerNorm("LayerNorm", config.hiddenSize, config.layerNormEps),
                    config.hiddenAct);
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor y = output.forward(ops, intermediate.forward(ops, x, activation));
            return norm.forward(ops, ops.add(y, x));
        }
    }

    /**
     * Words and their places; BERT's token types are left out: Qformer.py, BertEmbeddings.
     *
     * @param positions (maxPositionEmbeddings, hiddenSize)
     */
    public record TextEmbeddings(Embedding words, Tensor positions) {
        static TextEmbeddings load(Weights weights, Config config) {
            return new TextEmbeddings(
                    weights.embedding("word_embeddings", config.vocabSize, config.hiddenSize),
                    weights.floats("position_embeddings.weight", config.maxPositionEmbeddings, config.hiddenSize));
        }

        Tensor forward(Ops ops, int[] ids) { // (ids, hiddenSize)
            if (ids.length > positions.rows()) {
                throw new BadInput("the text has %d tokens, but the Q-Former has positions for %d"
                        .formatted(ids.length, positions.rows()));
            }
            return ops.add(words.forward(ops, ids), ops.rows(positions, 0, ids.length));
        }
    }

    /**
     * Loads a Q-Former of queries alone: BLIP-2 and MiniGPT-4. Text parts that a file may hold are left unused: {@link
     * QFormerLeftovers}.
     *
     * @param weights where {@code query_tokens} and {@code qformer} stand
     */
    public static QFormer load(Weights weights, Config config) {
        Weights qformer = weights.at("qformer");
        LayerNorm norm = qformer.layerNorm("layernorm", config.hiddenSize, config.layerNormEps);
        return load(weights, config, null, norm);
    }

    /**
     * Loads a Q-Former that reads the instruction too: InstructBLIP.
     *
     * @param weights where {@code query_tokens} and {@code qformer} stand
     */
    public static QFormer loadWithText(Weights weights, Config config) {
        Weights embeddings = weights.at("qformer.embeddings");
        LayerNorm norm = embeddings.layerNorm("layernorm", config.hiddenSize, config.layerNormEps);
        return load(weights, config, TextEmbeddings.load(embeddings, config), norm);
    }

    private static QFormer load(Weights weights, Config config, @Nullable TextEmbeddings text, LayerNorm norm) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers; i++) {
            layers.add(Layer.load(weights.at("qformer.encoder.layer." + i), config, i, text != null));
        }
        return new QFormer(
                weights.path("qformer"),
                config,
                weights.floats("query_tokens", 1, config.numQueryTokens, config.hiddenSize)
                        .reshape(config.numQueryTokens, config.hiddenSize),
                text,
                norm,
                List.copyOf(layers));
    }

    /**
     * What the queries saw.
     *
     * @param image (pictures · tokens, encoderHiddenSize), from the vision tower and its last norm
     * @param pictures how many
     * @return (pictures · numQueryTokens, hiddenSize)
     */
    public Tensor forward(Ops ops, Tensor image, int pictures) {
        QueryRows rows = QueryRows.of(config.numQueryTokens, Math.toIntExact(image.rows() / pictures), pictures);
        return encode(ops, embeddingNorm.forward(ops, rows.repeated(ops, queryTokens)), image, rows);
    }

    /**
     * What the queries saw with the instruction in mind.
     *
     * @param image (pictures · tokens, encoderHiddenSize), from the vision tower and its last norm
     * @param instructions for each picture the ids of its instruction, [CLS] and [SEP] included
     * @return (pictures · numQueryTokens, hiddenSize)
     * @throws BadInput if there are more ids than positions
     * @throws IllegalStateException if this model reads no text
     */
    public Tensor forward(Ops ops, Tensor image, List<int[]> instructions) {
        QueryRows rows = rows(image, instructions, false);
        return rows.queries(ops, encode(ops, withQueries(ops, instructions), image, rows));
    }

    /**
     * What comes out of the last layer.
     *
     * @param queries (pictures · numQueryTokens, hiddenSize)
     * @param texts (tokens of all texts, hiddenSize), those of the first picture first
     */
    public record Outputs(Tensor queries, Tensor texts) {}

    /**
     * Writes about pictures: BLIP-2, figure 2, multimodal causal mask. Queries see the picture and not the text, so that they come out as if there were
     * none; a token sees all queries and the tokens before it. LAVIS computes the two one after the other, with a cache.
     *
     * @param image as in {@link #forward(Ops, Tensor, List)}
     * @param texts for each picture the ids of its text, [DEC] in front included
     * @throws BadInput if there are more ids than positions
     * @throws IllegalStateException if this model reads no text
     */
    public Outputs decode(Ops ops, Tensor image, List<int[]> texts) {
        QueryRows rows = rows(image, texts, true);
        Tensor x = encode(ops, withQueries(ops, texts), image, rows);
        return new Outputs(rows.queries(ops, x), rows.texts(ops, x));
    }

    /**
     * Reads texts without a picture, as BERT does: BLIP-2, figure 2, unimodal mask.
     *
     * @param texts ids of each, [CLS] and [SEP] included
     * @return (tokens of all texts, hiddenSize)
     * @throws BadInput if there are more ids than positions
     * @throws IllegalStateException if this model reads no text
     */
    public Tensor encodeText(Ops ops, List<int[]> texts) {
        TextEmbeddings words = required(text);
        int[] lengths = lengths(texts);
        Tensor[] parts = texts.stream().map(ids -> words.forward(ops, ids)).toArray(Tensor[]::new);
        Tensor x = embeddingNorm.forward(ops, ops.concat(parts)); // (tokens of all texts, hiddenSize)
        for (Layer layer : layers) {
            x = ops.block(x, h -> layer.encodeText(ops, h, new Segments(lengths, lengths)));
        }
        return x;
    }

    private QueryRows rows(Tensor image, List<int[]> texts, boolean causal) {
        int tokens = Math.toIntExact(image.rows() / texts.size());
        return new QueryRows(config.numQueryTokens, tokens, lengths(texts), causal);
    }

    private static int[] lengths(List<int[]> texts) {
        return texts.stream().mapToInt(ids -> ids.length).toArray();
    }

    /** Of each picture the queries, then its text. */
    private Tensor withQueries(Ops ops, List<int[]> texts) {
        List<Tensor> embeddings = new ArrayList<>();
        for (int[] ids : texts) {
            embeddings.add(queryTokens);
            embeddings.add(required(text).forward(ops, ids));
        }
        Tensor x = ops.concat(embeddings.toArray(Tensor[]::new)); // (pictures · numQueryTokens + ids, hiddenSize)
        return ops.named(name + ".embeddings", embeddingNorm.forward(ops, x));
    }

    private Tensor encode(Ops ops, Tensor x, Tensor image, QueryRows rows) {
        for (Layer layer : layers) {
            x = ops.block(x, h -> layer.forward(ops, h, image, rows));
        }
        return x;
    }

    private static <T> T required(@Nullable T textPart) {
        if (textPart == null) {
            throw new IllegalStateException("this Q-Former was loaded without its text parts");
        }
        return textPart;
    }
}
