package org.jocular.vit;

import java.lang.foreign.Arena;
import org.jocular.tensor.Tensor;

/**
 * Learned positions for pictures of another size than those of the training: PyTorch's bicubic interpolation ({@code align_corners=False},
 * without antialiasing), in float as there; UpSample.h and UpSampleKernel.cpp. Pillow's bicubic, which {@link Resize} has, is another
 * one: its a is −0.5, and it widens when it makes smaller.
 */
final class PositionGrid {
    private static final int TAPS = 4;
    /** Keys 1981 leaves this parameter of the cubic open. */
    private static final float A = -0.75f;

    private PositionGrid() {}

    /** The side of a square of {@code patches}, or 0 where they are none. */
    static int sideOf(long patches) {
        int side = (int) Math.sqrt(Math.clamp(patches, 0, Integer.MAX_VALUE));
        return (long) side * side == patches ? side : 0;
    }

    /**
     * The table for another grid; the same table where the grid is the same.
     *
     * @param table (1 + from², width), F32; its first row belongs to the class token and stays
     * @return (1 + to², width)
     */
    static Tensor resize(Tensor table, int from, int to) {
        if (from == to) {
            return table;
        }
        int width = table.width();
        float[] source = table.toFloats();
        float[] resized = new float[Math.multiplyExact(1 + to * to, width)];
        System.arraycopy(source, 0, resized, 0, width);
        for (int y = 0; y < to; y++) {
            for (int x = 0; x < to; x++) {
                interpolate(source, from, Taps.of(y, from, to), Taps.of(x, from, to), resized, 1 + y * to + x, width);
            }
        }
        return Tensor.of(Arena.ofAuto(), resized, 1 + (long) to * to, width);
    }

    private static void interpolate(float[] source, int from, Taps ys, Taps xs, float[] resized, int row, int width) {
        for (int channel = 0; channel < width; channel++) {
            float sum = 0;
            for (int i = 0; i < TAPS; i++) {
                float line = 0;
                for (int j = 0; j < TAPS; j++) {
                    line += xs.weights[j] * source[(1 + ys.indices[i] * from + xs.indices[j]) * width + channel];
                }
                sum += ys.weights[i] * line;
            }
            resized[row * width + channel] = sum;
        }
    }

    /** The four neighbours of a place between the patches of one axis, and how much each counts. */
    @SuppressWarnings("ArrayRecordComponent") // Taps are never compared.
    private record Taps(int[] indices, float[] weights) {
        static Taps of(int target, int from, int to) {
            float scale = (float) from / to;
            float place = scale * (target + 0.5f) - 0.5f;
            int below = (int) Math.floor(place);
            float t = place - below;
            int[] indices = new int[TAPS];
            for (int i = 0; i < TAPS; i++) {
                indices[i] = Math.clamp(below - 1 + i, 0, from - 1); // the border is repeated
            }
            return new Taps(indices, new float[] {outer(t + 1), inner(t), inner(1 - t), outer(2 - t)});
        }

        /** The cubic at a distance up to 1. */
        private static float inner(float x) {
            return ((A + 2) * x - (A + 3)) * x * x + 1;
        }

        /** The cubic at a distance from 1 to 2. */
        private static float outer(float x) {
            return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
        }
    }
}
