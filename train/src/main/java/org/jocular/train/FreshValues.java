package org.jocular.train;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What tensors hold before they are trained, by their names under the hub's conventions. Layers are initialised as PyTorch does it, uniformly
 * within ±1/√(inputs); tables of positions and of words, and queries, as transformers does, with a deviation of 0.02. A tensor's values depend on
 * the seed, its name and its shape alone.
 */
public final class FreshValues {
    private static final String BIAS = "bias";

    private FreshValues() {}

    /** The name of the weight beside a bias. */
    public static String weightOf(String bias) {
        return bias.substring(0, bias.length() - BIAS.length()) + "weight";
    }

    /** @param weight for a layer's bias the shape of the weight beside it; null where there is none */
    public static float[] of(long seed, String name, int[] shape, long @Nullable [] weight) {
        int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        RandomValues random = new RandomValues(seed, name);
        if (name.matches(
                ".*(_embeddings\\.weight|embed_tokens\\.weight|position_embedding(\\.weight)?|class_embedding|cls_token|query_tokens)")) {
            return random.gaussian(elements, 0.02);
        }
        if (shape.length == 1) {
            if (name.endsWith(".weight")) {
                float[] ones = new float[elements];
                Arrays.fill(ones, 1);
                return ones;
            }
            // A norm's is 0, a layer's as large as its weights.
            return weight == null || weight.length == 1
                    ? new float[elements]
                    : random.uniform(elements, bound(Arrays.stream(weight).reduce(1, Math::multiplyExact), weight[0]));
        }
        return random.uniform(elements, bound(elements, shape[0]));
    }

    private static double bound(long elements, long rows) {
        return 1 / StrictMath.sqrt(elements / (double) rows);
    }
}
