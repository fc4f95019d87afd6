package org.jocular.llama;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jspecify.annotations.Nullable;

/**
 * OPT and T5 for whole sequences as their papers have them: in double, one number after the other, with neither cache nor batch, and sharing
 * nothing with the models but names and weights.
 */
record Naive(Weights weights) {
    /** What is added to the score of a pair; −∞ where the query may not look. */
    private interface Bias {
        double of(int head, int query, int key);
    }

    /** Scores at all positions. */
    double[][] opt(Opt.Config config, int... ids) {
        int width = config.hiddenSize();
        double[][] words = matrix("model.decoder.embed_tokens.weight", config.vocabSize(), width);
        double[][] places = matrix("model.decoder.embed_positions.weight", config.maxPositionEmbeddings() + 2, width);
        double[][] x = new double[ids.length][];
        Arrays.setAll(x, i -> sum(words[ids[i]], places[i + 2]));
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            String path = "model.decoder.layers." + layer;
            double[][] normed = layerNorm(x, path + ".self_attn_layer_norm");
            int heads = config.numAttentionHeads();
            double[][] attended = attention(
                    linear(normed, path + ".self_attn.q_proj", width, true),
                    linear(normed, path + ".self_attn.k_proj", width, true),
                    linear(normed, path + ".self_attn.v_proj", width, true),
                    heads,
                    Math.sqrt(width / (double) heads),
                    (head, query, key) -> key > query ? Double.NEGATIVE_INFINITY : 0);
            x = sum(x, linear(attended, path + ".self_attn.out_proj", width, true));
            double[][] hidden = linear(layerNorm(x, path + ".final_layer_norm"), path + ".fc1", config.ffnDim(), true);
            x = sum(x, linear(map(hidden, h -> Math.max(h, 0)), path + ".fc2", width, true));
        }
        return linear(layerNorm(x, "model.decoder.final_layer_norm"), "lm_head", config.vocabSize(), false);
    }

    /** Scores at all positions of the decoder. */
    double[][] t5(T5.Config config, int[] prompt, int... answer) {
        double[][] encoded = stack(config, "encoder", prompt, null);
        double[][] decoded = stack(config, "decoder", answer, encoded);
        double scale = config.tieWordEmbeddings() ? Math.sqrt(config.dModel()) : 1;
        String head = config.tieWordEmbeddings() ? "shared" : "lm_head";
        return linear(map(decoded, h -> h / scale), head, config.vocabSize(), false);
    }

    private double[][] stack(T5.Config config, String path, int[] ids, double @Nullable [][] encoded) {
        int inner = config.numHeads() * config.dKv();
        boolean decoder = encoded != null;
        double[][] words = matrix("shared.weight", config.vocabSize(), config.dModel());
        double[][] table = matrix(
                path + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                config.relativeAttentionNumBuckets(),
                config.numHeads());
        Bias bias = (head, query, key) ->
                decoder && key > query ? Double.NEGATIVE_INFINITY : table[bucket(config, key - query, !decoder)][head];
        double[][] x = new double[ids.length][];
        Arrays.setAll(x, i -> words[ids[i]]);
        for (int block = 0; block < (decoder ? config.numDecoderLayers() : config.numLayers()); block++) {
            String layers = path + ".block." + block + ".layer.";
            double[][] normed = rmsNorm(x, layers + "0.layer_norm");
            x = sum(x, t5Attention(layers + "0.SelfAttention", normed, normed, inner, config, bias));
            if (encoded != null) {
                normed = rmsNorm(x, layers + "1.layer_norm");
                x = sum(x, t5Attention(layers + "1.EncDecAttention", normed, encoded, inner, config, (h, q, k) -> 0));
            }
            String last = layers + (decoder ? 2 : 1);
            normed = rmsNorm(x, last + ".layer_norm");
            double[][] gate = linear(normed, last + ".DenseReluDense.wi_0", config.dFf(), false);
            double[][] up = linear(normed, last + ".DenseReluDense.wi_1", config.dFf(), false);
            double[][] gated = new double[gate.length][config.dFf()];
            for (int i = 0; i < gate.length; i++) {
                for (int j = 0; j < config.dFf(); j++) {
                    gated[i][j] = geluNew(gate[i][j]) * up[i][j];
                }
            }
            x = sum(x, linear(gated, last + ".DenseReluDense.wo", config.dModel(), false));
        }
        return rmsNorm(x, path + ".final_layer_norm");
    }

    private double[][] t5Attention(
            String path, double[][] queries, double[][] keys, int inner, T5.Config config, Bias bias) {
        double[][] attended = attention(
                linear(queries, path + ".q", inner, false),
                linear(keys, path + ".k", inner, false),
                linear(keys, path + ".v", inner, false),
                config.numHeads(),
                1,
                bias);
        return linear(attended, path + ".o", config.dModel(), false);
    }

    private static int bucket(T5.Config config, int distance, boolean bidirectional) {
        int side = config.relativeAttentionNumBuckets() / (bidirectional ? 2 : 1);
        int n = Math.abs(distance);
        double half = side / 2;
        double log = Math.log(n / half) / Math.log(config.relativeAttentionMaxDistance() / half);
        int bucket = n < half ? n : Math.min(side - 1, (int) (half + 1e-9 + log * (side - half)));
        return bucket + (bidirectional && distance > 0 ? side : 0);
    }

    private static double[][] attention(
            double[][] q, double[][] k, double[][] v, int heads, double divisor, Bias bias) {
        int headDim = q[0].length / heads;
        double[][] y = new double[q.length][q[0].length];
        for (int head = 0; head < heads; head++) {
            for (int query = 0; query < q.length; query++) {
                double[] p = new double[k.length];
                double total = 0;
                for (int key = 0; key < k.length; key++) {
                    double dot = 0;
                    for (int i = head * headDim; i < (head + 1) * headDim; i++) {
                        dot += q[query][i] * k[key][i];
                    }
                    p[key] = Math.exp(dot / divisor + bias.of(head, query, key));
                    total += p[key];
                }
                for (int key = 0; key < k.length; key++) {
                    for (int i = head * headDim; i < (head + 1) * headDim; i++) {
                        y[query][i] += p[key] / total * v[key][i];
                    }
                }
            }
        }
        return y;
    }

    private double[][] linear(double[][] x, String name, int out, boolean biased) {
        double[][] weight = matrix(name + ".weight", out, x[0].length);
        double[] bias = biased ? vector(name + ".bias", out) : new double[out];
        double[][] y = new double[x.length][out];
        for (int row = 0; row < x.length; row++) {
            for (int o = 0; o < out; o++) {
                y[row][o] = bias[o];
                for (int i = 0; i < x[0].length; i++) {
                    y[row][o] += x[row][i] * weight[o][i];
                }
            }
        }
        return y;
    }

    private double[][] layerNorm(double[][] x, String name) {
        double[] weight = vector(name + ".weight", x[0].length);
        double[] bias = vector(name + ".bias", x[0].length);
        double[][] y = new double[x.length][];
        for (int row = 0; row < x.length; row++) {
            double mean = Arrays.stream(x[row]).average().orElseThrow();
            double[] centred = Arrays.stream(x[row]).map(value -> value - mean).toArray();
            double deviation = Math.sqrt(meanSquare(centred) + 1e-5);
            y[row] = new double[x[row].length];
            Arrays.setAll(y[row], i -> centred[i] / deviation * weight[i] + bias[i]);
        }
        return y;
    }

    private double[][] rmsNorm(double[][] x, String name) {
        double[] weight = vector(name + ".weight", x[0].length);
        double[][] y = new double[x.length][];
        for (int row = 0; row < x.length; row++) {
            double[] values = x[row];
            double root = Math.sqrt(meanSquare(values) + 1e-6);
            y[row] = new double[values.length];
            Arrays.setAll(y[row], i -> values[i] / root * weight[i]);
        }
        return y;
    }

    private static double meanSquare(double[] values) {
        return Arrays.stream(values).map(value -> value * value).average().orElseThrow();
    }

    private static double geluNew(double x) {
        return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * Math.pow(x, 3))));
    }

    private static double[][] map(double[][] x, DoubleUnaryOperator f) {
        return Arrays.stream(x).map(row -> Arrays.stream(row).map(f).toArray()).toArray(double[][]::new);
    }

    private static double[][] sum(double[][] a, double[][] b) {
        double[][] y = new double[a.length][];
        Arrays.setAll(y, i -> sum(a[i], b[i]));
        return y;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] y = new double[a.length];
        Arrays.setAll(y, i -> a[i] + b[i]);
        return y;
    }

    /** All rows one after the other. */
    static float[] flat(double[][] x) {
        float[] y = new float[x.length * x[0].length];
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) x[i / x[0].length][i % x[0].length];
        }
        return y;
    }

    private double[] vector(String name, int size) {
        Tensor tensor = weights.tensor(name, size);
        double[] values = new double[size];
        Arrays.setAll(values, tensor::get);
        return values;
    }

    private double[][] matrix(String name, int rows, int columns) {
        Tensor tensor = weights.tensor(name, rows, columns);
        double[][] values = new double[rows][columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                values[row][column] = tensor.get((long) row * columns + column);
            }
        }
        return values;
    }
}
