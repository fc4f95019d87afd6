package org.jocular.train.tiny;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SequencedMap;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.train.FreshValues;
import org.jocular.train.RandomValues;
import org.jocular.vit.PositionCode;
import org.jspecify.annotations.Nullable;

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
        RandomValues draws = new RandomValues(settings.seed, name);
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
        if (shape.length == 2 && name.matches(".*model\\.layers\\..*\\.self_attn\\.[qk]_proj\\.weight")) {
            return draws.uniform(elements, LANGUAGE_QUERY_KEY / StrictMath.sqrt(width));
        }
        return FreshValues.of(settings.seed, name, shape, weightOf(name));
    }

    /** The shape of the weight that a bias belongs to, which was asked for before. */
    private long @Nullable [] weightOf(String name) {
        Tensor weight = name.endsWith("bias") ? made.get(FreshValues.weightOf(name)) : null;
        return weight == null ? null : weight.shape();
    }

    /** Each query begins at the place of a cell: the last numbers of its row are that place's code, those before it, if any, are small. */
    private float[] queries(RandomValues draws, int queries, int width) {
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
        RandomValues draws = new RandomValues(settings.seed, name);
        float[] values = draws.uniform(rows * width, 1 / StrictMath.sqrt(width));
        String layer = name.substring(0, name.indexOf(CROSS));
        int code = settings.code;
        double[][] turn = name.contains(CROSS + "value")
                ? new double[rows][code]
                : new RandomValues(settings.seed, layer + "turn").orthogonal(rows, code);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < code; i++) {
                values[row * width + width - code + i] = (float) turn[row][i];
            }
        }
        return values;
    }
}
