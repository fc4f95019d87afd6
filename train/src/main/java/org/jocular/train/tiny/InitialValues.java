package org.jocular.train.tiny;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.vit.PositionCode;

/**
 * Weights that are made when a model asks for them: what training starts from. Layers are initialised as PyTorch does it, uniformly within
 * ±1/√(inputs), and where small models need something else it says so. A tensor's values depend on the seed and its name alone.
 *
 * @param made everything so far, by full name
 */
record InitialValues(String path, Settings settings, SequencedMap<String, Tensor> made) implements Weights {
    /**
     * @param code numbers of {@link PositionCode} at the end of each row that a cross-attention reads; 0: it has none
     * @param cells how many of the picture's cells lie side by side, one query for each
     */
    record Settings(Arena arena, long seed, int code, int cells) {}

    /** Larger than usual, so that attention is sharp enough to copy words early. */
    private static final double LANGUAGE_QUERY_KEY = 1.5;

    private static final String CROSS = "crossattention.attention.";

    @Override
    public Weights at(String name) {
        return new InitialValues(path(name), settings, made);
    }

    /** A language model's head is its table of words. */
    @Override
    public boolean has(String name) {
        return !path(name).contains("lm_head");
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        String full = path(name);
        Tensor known = made.get(full);
        if (known != null) {
            return known;
        }
        int[] sizes = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
        Tensor tensor = Tensor.of(settings.arena, values(full, sizes), shape);
        made.put(full, tensor);
        return tensor;
    }

    @Override
    public Tensor floats(String name, long... shape) {
        return tensor(name, shape);
    }

    private float[] values(String name, int[] shape) {
        int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        int width = shape[shape.length - 1];
        Draws draws = new Draws(settings.seed, name);
        if (name.endsWith("query_tokens") && settings.code > 0) {
            return queries(draws, shape[1], width);
        }
        if (name.contains(CROSS) && settings.code > 0 && shape.length == 2) {
            return crossAttention(name, shape[0], width);
        }
        if (name.endsWith("embed_tokens.weight") || name.endsWith("vit_eos")) {
            return draws.gaussian(elements, 1 / StrictMath.sqrt(width));
        }
        if (name.endsWith("word_embeddings.weight")) {
            return draws.gaussian(elements, 0.3);
        }
        if (name.endsWith("_embeddings.weight")
                || name.matches(".*(position_embedding(\\.weight)?|class_embedding|cls_token|query_tokens)")) {
            return draws.gaussian(elements, 0.02);
        }
        if (shape.length == 1 && name.endsWith(".weight")) {
            return filled(elements, 1);
        }
        if (shape.length == 1) {
            return bias(draws, name, elements);
        }
        double scale = name.matches(".*\\.self_attn\\.[qk]_proj\\.weight") && name.contains("model.layers.")
                ? LANGUAGE_QUERY_KEY
                : 1;
        return draws.uniform(elements, scale / StrictMath.sqrt(elements / (double) shape[0]));
    }

    private static float[] filled(int elements, float value) {
        float[] values = new float[elements];
        Arrays.fill(values, value);
        return values;
    }

    /** A norm's is 0, a layer's as large as its weights; the weight was asked for before. */
    private float[] bias(Draws draws, String name, int elements) {
        Tensor weight = made.get(name.substring(0, name.length() - "bias".length()) + "weight");
        if (weight == null || weight.shape().length == 1) {
            return new float[elements];
        }
        return draws.uniform(elements, 1 / StrictMath.sqrt(weight.elements() / (double) weight.shape()[0]));
    }

    /** Each query begins at the place of a cell: the last numbers of its row are that place's code, those before it, if any, are small. */
    private float[] queries(Draws draws, int queries, int width) {
        float[] values = draws.gaussian(queries * width, 0.02);
        int cells = settings.cells;
        for (int query = 0; query < Math.min(queries, cells * cells); query++) {
            float[] code = PositionCode.at((query % cells + 0.5) / cells, (query / cells + 0.5) / cells, settings.code);
            System.arraycopy(code, 0, values, (query + 1) * width - settings.code, settings.code);
        }
        return values;
    }

    /**
     * Queries and keys turn the code by the same orthogonal matrix, so that at first each query looks around its own cell; values leave the code
     * out.
     */
    private float[] crossAttention(String name, int rows, int width) {
        Draws draws = new Draws(settings.seed, name);
        float[] values = draws.uniform(rows * width, 1 / StrictMath.sqrt(width));
        String layer = name.substring(0, name.indexOf(CROSS));
        int code = settings.code;
        double[][] turn = name.contains(CROSS + "value")
                ? new double[rows][code]
                : new Draws(settings.seed, layer + "turn").orthogonal(rows, code);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < code; i++) {
                values[row * width + width - code + i] = (float) turn[row][i];
            }
        }
        return values;
    }

    /** Random numbers that are the same everywhere. */
    private static final class Draws {
        private final SplittableRandom random;

        Draws(long seed, String name) {
            random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
        }

        float[] uniform(int n, double bound) {
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
            }
            return values;
        }

        float[] gaussian(int n, double deviation) {
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = (float) (deviation * gaussian());
            }
            return values;
        }

        /** Box and Muller 1958. */
        private double gaussian() {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
        }

        /** Columns that are orthogonal and of length 1: Gram and Schmidt on Gaussian ones. */
        double[][] orthogonal(int rows, int columns) {
            double[][] matrix = new double[rows][columns];
            for (int column = 0; column < columns; column++) {
                for (double[] row : matrix) {
                    row[column] = gaussian();
                }
                for (int before = 0; before < column; before++) {
                    double dot = dot(matrix, before, column);
                    for (double[] row : matrix) {
                        row[column] -= dot * row[before];
                    }
                }
                double length = StrictMath.sqrt(dot(matrix, column, column));
                for (double[] row : matrix) {
                    row[column] /= length;
                }
            }
            return matrix;
        }

        private static double dot(double[][] matrix, int a, int b) {
            double sum = 0;
            for (double[] row : matrix) {
                sum += row[a] * row[b];
            }
            return sum;
        }
    }
}
