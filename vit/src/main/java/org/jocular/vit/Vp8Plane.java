package org.jocular.vit;

import java.util.Arrays;

/**
 * One plane of a VP8 frame with the border that prediction looks at: 127 above (four samples further to the right), 129
 * to the left; RFC 6386, section 12. Positions are indices into {@link #samples}; one row down is {@link #stride}.
 */
final class Vp8Plane {

    private static final int BORDER = 8;

    final byte[] samples;
    final int stride;

    Vp8Plane(int width, int height) {
        stride = width + 2 * BORDER;
        samples = new byte[Math.multiplyExact(stride, height + 1)];
        Arrays.fill(samples, 0, stride, (byte) 127);
        for (int y = 0; y < height; y++) {
            samples[at(-1, y)] = (byte) 129;
        }
    }

    int at(int x, int y) {
        return (y + 1) * stride + BORDER + x;
    }

    int get(int at) {
        return samples[at] & 0xFF;
    }

    void set(int at, int value) {
        samples[at] = (byte) Math.clamp(value, 0, 255);
    }

    /** Adds the inverse DCT of 16 coefficients to a 4 x 4 block; section 14.3, rounding as in the reference decoder. */
    void addInverseDct(short[] coefficients, int from, int at) {
        int[] columns = new int[16];
        for (int i = 0; i < 4; i++) {
            int in = from + i;
            int a = coefficients[in] + coefficients[in + 8];
            int b = coefficients[in] - coefficients[in + 8];
            int c = timesSine(coefficients[in + 4]) - timesCosine(coefficients[in + 12]);
            int d = timesCosine(coefficients[in + 4]) + timesSine(coefficients[in + 12]);
            columns[4 * i] = a + d;
            columns[4 * i + 1] = b + c;
            columns[4 * i + 2] = b - c;
            columns[4 * i + 3] = a - d;
        }
        for (int y = 0; y < 4; y++) {
            int a = columns[y] + 4 + columns[8 + y];
            int b = columns[y] + 4 - columns[8 + y];
            int c = timesSine(columns[4 + y]) - timesCosine(columns[12 + y]);
            int d = timesCosine(columns[4 + y]) + timesSine(columns[12 + y]);
            int row = at + y * stride;
            set(row, get(row) + ((a + d) >> 3));
            set(row + 1, get(row + 1) + ((b + c) >> 3));
            set(row + 2, get(row + 2) + ((b - c) >> 3));
            set(row + 3, get(row + 3) + ((a - d) >> 3));
        }
    }

    /** By sqrt(2) cos(pi / 8). */
    private static int timesCosine(int value) {
        return ((value * 20091) >> 16) + value;
    }

    /** By sqrt(2) sin(pi / 8). */
    private static int timesSine(int value) {
        return (value * 35468) >> 16;
    }
}
