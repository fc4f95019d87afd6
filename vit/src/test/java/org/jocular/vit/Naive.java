package org.jocular.vit;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jocular.tensor.Tensor;

/**
 * The arithmetic of vision transformers in double and in the plainest loops, to compare with.
 *
 * @param eps of all norms
 */
record Naive(RandomWeights weights, double eps) {

    static double[][] matrix(Tensor tensor) {
        double[][] matrix = new double[(int) tensor.rows()][tensor.width()];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[i].length; j++) {
                matrix[i][j] = tensor.get((long) i * tensor.width() + j);
            }
        }
        return matrix;
    }

    static double[] vector(Tensor tensor) {
        double[] vector = new double[(int) tensor.elements()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = tensor.get(i);
        }
        return vector;
    }

    /** A convolution without bias whose kernel is as wide as its steps: one row a patch. */
    double[][] convolution(String name, Tensor pixels) {
        Tensor kernel = weights.get(name);
        int channels = (int) kernel.shape()[1];
        int size = (int) kernel.shape()[3];
        int side = pixels.width();
        int across = side / size;
        double[][] patches = new double[across * across][(int) kernel.shape()[0]];
        for (int patch = 0; patch < patches.length; patch++) {
            for (int out = 0; out < patches[patch].length; out++) {
                for (int channel = 0; channel < channels; channel++) {
                    for (int y = 0; y < size; y++) {
                        for (int x = 0; x < size; x++) {
                            int row = patch / across * size + y;
                            int column = patch % across * size + x;
                            patches[patch][out] += pixels.get(((long) channel * side + row) * side + column)
                                    * kernel.get((((long) out * channels + channel) * size + y) * size + x);
                        }
                    }
                }
            }
        }
        return patches;
    }

    /** The class token's row, then the patches, plus positions. */
    double[][] embed(String classToken, String positions, double[][] patches) {
        Tensor table = weights.get(positions);
        double[][] tokens = new double[patches.length + 1][];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = i == 0 ? vector(weights.get(classToken)) : patches[i - 1].clone();
            for (int j = 0; j < tokens[i].length; j++) {
                tokens[i][j] += table.get((long) i * tokens[i].length + j);
            }
        }
        return tokens;
    }

    double[][] linear(String name, double[][] x) {
        return linear(weights.get(name + ".weight"), weights.get(name + ".bias"), x);
    }

    static double[][] linear(Tensor weight, Tensor bias, double[][] x) {
        double[][] w = matrix(weight);
        double[][] y = new double[x.length][w.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < w.length; j++) {
                y[i][j] = bias.get(j);
                for (int k = 0; k < w[j].length; k++) {
                    y[i][j] += x[i][k] * w[j][k];
                }
            }
        }
        return y;
    }

    double[][] norm(String name, double[][] x) {
        Tensor weight = weights.get(name + ".weight");
        Tensor bias = weights.get(name + ".bias");
        double[][] y = new double[x.length][x[0].length];
        for (int i = 0; i < x.length; i++) {
            double mean = 0;
            double variance = 0;
            for (double v : x[i]) {
                mean += v / x[i].length;
            }
            for (double v : x[i]) {
                variance += (v - mean) * (v - mean) / x[i].length;
            }
            for (int j = 0; j < x[i].length; j++) {
                y[i][j] = (x[i][j] - mean) / Math.sqrt(variance + eps) * weight.get(j) + bias.get(j);
            }
        }
        return y;
    }

    /** Which column of the fused product holds a number of queries (part 0), keys (1) or values (2). */
    interface Place {
        int of(int part, int head, int d);
    }

    /** Attention on the fused product, read where {@code place} says. */
    static double[][] attention(double[][] fused, int heads, Place place) {
        int width = fused[0].length / 3;
        int headDim = width / heads;
        double[][] y = new double[fused.length][width];
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < fused.length; i++) {
                double[] weights = new double[fused.length];
                double sum = 0;
                for (int j = 0; j < fused.length; j++) {
                    double score = 0;
                    for (int d = 0; d < headDim; d++) {
                        score += fused[i][place.of(0, head, d)] * fused[j][place.of(1, head, d)];
                    }
                    weights[j] = Math.exp(score / Math.sqrt(headDim));
                    sum += weights[j];
                }
                for (int j = 0; j < fused.length; j++) {
                    for (int d = 0; d < headDim; d++) {
                        y[i][head * headDim + d] += weights[j] / sum * fused[j][place.of(2, head, d)];
                    }
                }
            }
        }
        return y;
    }

    static double[][] add(double[][] a, double[][] b) {
        double[][] y = new double[a.length][a[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                y[i][j] = a[i][j] + b[i][j];
            }
        }
        return y;
    }

    static double[][] map(double[][] x, DoubleUnaryOperator f) {
        double[][] y = new double[x.length][];
        for (int i = 0; i < x.length; i++) {
            y[i] = Arrays.stream(x[i]).map(f).toArray();
        }
        return y;
    }

    static double quickGelu(double x) {
        return x / (1 + Math.exp(-1.702 * x));
    }

    static float[] flat(double[][] x) {
        float[] flat = new float[x.length * x[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) x[i / x[0].length][i % x[0].length];
        }
        return flat;
    }
}
