package org.jocular.vit;

/** From VP8's planes to RGB as libwebp's "fancy" upsampling does: src/dsp/upsampling.c and yuv.h. */
final class Vp8Colours {

    private Vp8Colours() {}

    static Picture rgb(Vp8Plane luma, Vp8Plane blueness, Vp8Plane redness, int width, int height) {
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        int[] u = new int[width];
        int[] v = new int[width];
        int lastChromaRow = (height + 1) / 2 - 1;
        for (int y = 0; y < height; y++) {
            int near = y / 2;
            int far = Math.clamp(near + (y % 2 == 0 ? -1 : 1), 0, lastChromaRow);
            upsample(blueness, near, far, u);
            upsample(redness, near, far, v);
            int row = luma.at(0, y);
            for (int x = 0; x < width; x++) {
                put(rgb, 3 * (y * width + x), luma.get(row + x), u[x], v[x]);
            }
        }
        return new Picture(width, height, rgb);
    }

    /** Nine parts of the nearest sample, three of each neighbour, one of the diagonal, rounded as libwebp does. */
    private static void upsample(Vp8Plane plane, int nearRow, int farRow, int[] out) {
        int near = plane.at(0, nearRow);
        int far = plane.at(0, farRow);
        out[0] = edge(plane, near, far);
        for (int x = 1; x <= (out.length - 1) / 2; x++) {
            int a = plane.get(near + x - 1);
            int b = plane.get(near + x);
            int c = plane.get(far + x - 1);
            int d = plane.get(far + x);
            int all = a + b + c + d + 8;
            out[2 * x - 1] = (((all + 2 * (b + c)) >> 3) + a) >> 1;
            out[2 * x] = (((all + 2 * (a + d)) >> 3) + b) >> 1;
        }
        if (out.length % 2 == 0) {
            int last = out.length / 2 - 1;
            out[out.length - 1] = edge(plane, near + last, far + last);
        }
    }

    private static int edge(Vp8Plane plane, int near, int far) {
        return (3 * plane.get(near) + plane.get(far) + 2) >> 2;
    }

    /** BT.601 with 14-bit weights. */
    private static void put(byte[] rgb, int at, int y, int u, int v) {
        int luma = (y * 19077) >> 8;
        rgb[at] = clip(luma + ((v * 26149) >> 8) - 14234);
        rgb[at + 1] = clip(luma - ((u * 6419) >> 8) - ((v * 13320) >> 8) + 8708);
        rgb[at + 2] = clip(luma + ((u * 33050) >> 8) - 17685);
    }

    private static byte clip(int value) {
        return (byte) Math.clamp(value >> 6, 0, 255);
    }
}
