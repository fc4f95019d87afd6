package org.jocular.tensor;

import java.lang.foreign.Arena;

/**
 * Tables of rotary position embedding (Su et al. 2021), half-split: element j of a head turns with element j + headDim/2, as in the
 * Hugging Face layout of LLaMA. Meta's interleaved pairs are brought into this order when the weights are loaded.
 *
 * @param cos (positions, headDim / 2)
 * @param sin (positions, headDim / 2)
 */
public record Rope(Tensor cos, Tensor sin) {
    /**
     * Angles position / factor · theta^(−2j/headDim).
     *
     * @param positions how many positions the table holds
     * @param factor 1, or by how much longer contexts are pressed together ({@code rope_scaling} linear)
     */
    public static Rope of(Arena arena, int positions, int headDim, double theta, double factor) {
        int half = headDim / 2;
        float[] cos = new float[positions * half];
        float[] sin = new float[positions * half];
        for (int j = 0; j < half; j++) {
            // The reference computes the inverse frequency and the angle in float: at position 2000 the rounding shows
            // in the fifth digit.
            float frequency = (float) (1 / Math.pow(theta, 2.0 * j / headDim) / factor);
            for (int position = 0; position < positions; position++) {
                float angle = position * frequency;
                cos[position * half + j] = (float) Math.cos(angle);
                sin[position * half + j] = (float) Math.sin(angle);
            }
        }
        return new Rope(Tensor.of(arena, cos, positions, half), Tensor.of(arena, sin, positions, half));
    }

    /** How many positions the tables hold. */
    public long positions() {
        return cos.rows();
    }

    public int headDim() {
        return 2 * cos.width();
    }
}
