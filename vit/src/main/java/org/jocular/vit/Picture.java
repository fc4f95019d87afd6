package org.jocular.vit;

import java.util.Arrays;
import org.jocular.tensor.BadInput;

/**
 * An 8-bit RGB picture: the samples as they were stored, no colour management.
 *
 * @param width pixels a row, at least 1
 * @param height rows, at least 1
 * @param rgb row-major, three bytes a pixel (unsigned); not copied, so whoever hands it over stops writing to it
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are the data; a list of boxed bytes would be 16 times their size
public record Picture(int width, int height, byte[] rgb) {

    public Picture {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new BadInput("A picture of %d x %d pixels needs %d bytes of RGB, found %d"
                    .formatted(width, height, 3L * width * height, rgb.length));
        }
    }

    /** A picture of one colour. */
    public static Picture filled(int width, int height, int red, int green, int blue) {
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        for (int at = 0; at < rgb.length; at += 3) {
            rgb[at] = (byte) red;
            rgb[at + 1] = (byte) green;
            rgb[at + 2] = (byte) blue;
        }
        return new Picture(width, height, rgb);
    }

    /** The sample (0 to 255) of one channel (0 red, 1 green, 2 blue). */
    public int sample(int x, int y, int channel) {
        return rgb[3 * (y * width + x) + channel] & 0xFF;
    }

    /**
     * A canvas of the given size and colour with {@code this} pasted at (left, top), which may be negative; what hangs
     * over the edge is cut off.
     */
    Picture pastedOn(Picture canvas, int left, int top) {
        byte[] out = canvas.rgb.clone();
        int fromX = Math.max(0, -left);
        int columns = Math.min(width, canvas.width - left) - fromX;
        for (int y = Math.max(0, -top); y < Math.min(height, canvas.height - top) && columns > 0; y++) {
            int target = 3 * ((y + top) * canvas.width + left + fromX);
            System.arraycopy(rgb, 3 * (y * width + fromX), out, target, 3 * columns);
        }
        return new Picture(canvas.width, canvas.height, out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Picture that
                && width == that.width
                && height == that.height
                && Arrays.equals(rgb, that.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "Picture[" + width + " x " + height + "]";
    }
}
