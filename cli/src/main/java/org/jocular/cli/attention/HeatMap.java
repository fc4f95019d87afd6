package org.jocular.cli.attention;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocular.vit.Picture;

/** Draws where attention lies. */
public final class HeatMap {
    /** From what was not looked at to what was looked at most. */
    private static final int[] COLOURS = {0x000004, 0x3B0F70, 0xB63655, 0xF98E0A, 0xFCFDBF};

    /** How much of the colour covers the picture where it was looked at least, and most. */
    private static final double LEAST_COVER = 0.66;

    private static final double MOST_COVER = 0.42;

    private static final int GAP = 16;
    private static final String SHADES = " .:-=+*#%@";

    private HeatMap() {}

    /**
     * The picture as the model was given it, and beside it the same under a colour that says how much each place was looked at: dark little, bright
     * much, the brightest place most.
     *
     * @param picture a square
     * @param maps one or several of (side · side) patches in reading order, each drawn by itself
     * @param width about how wide each is to be
     */
    public static Picture beside(Picture picture, List<double[]> maps, int side, int width) {
        int scale = Math.max(1, Math.round((float) width / picture.width()));
        int each = picture.width() * scale;
        int height = picture.height() * scale;
        int whole = each + maps.size() * (GAP + each);
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(whole, height))];
        Arrays.fill(rgb, (byte) 0xFF);
        for (int i = 0; i <= maps.size(); i++) {
            double[] heat = i == 0 ? null : relative(maps.get(i - 1));
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < each; x++) {
                    double h = heat == null ? 0 : between(heat, side, (x + 0.5) / each, (y + 0.5) / height);
                    double cover = heat == null ? 0 : LEAST_COVER + (MOST_COVER - LEAST_COVER) * h;
                    int at = 3 * (y * whole + i * (each + GAP) + x);
                    for (int channel = 0; channel < 3; channel++) {
                        int sample = picture.sample(x / scale, y / scale, channel);
                        rgb[at + channel] = (byte) Math.round((1 - cover) * sample + cover * colour(h, channel));
                    }
                }
            }
        }
        return new Picture(whole, height, rgb);
    }

    /** A map with a character for a patch, two beside each other so that patches are about square. */
    public static List<String> characters(double[] patches, int side) {
        double[] heat = relative(patches);
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < side; y++) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < side; x++) {
                char shade = SHADES.charAt((int) Math.round(heat[y * side + x] * (SHADES.length() - 1)));
                line.append(shade).append(shade);
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** The largest becomes 1. */
    private static double[] relative(double[] patches) {
        double most = Arrays.stream(patches).max().orElse(0);
        return Arrays.stream(patches).map(value -> most > 0 ? value / most : 0).toArray();
    }

    /** At a place, 0..1, between the centres of patches: so no edges are seen where none are. */
    private static double between(double[] heat, int side, double x, double y) {
        double atX = Math.clamp(x * side - 0.5, 0, side - 1.0);
        double atY = Math.clamp(y * side - 0.5, 0, side - 1.0);
        int left = Math.min((int) atX, Math.max(0, side - 2));
        int top = Math.min((int) atY, Math.max(0, side - 2));
        int right = Math.min(left + 1, side - 1);
        int bottom = Math.min(top + 1, side - 1);
        double dx = atX - left;
        double dy = atY - top;
        return (1 - dy) * ((1 - dx) * heat[top * side + left] + dx * heat[top * side + right])
                + dy * ((1 - dx) * heat[bottom * side + left] + dx * heat[bottom * side + right]);
    }

    private static double colour(double heat, int channel) {
        double at = heat * (COLOURS.length - 1);
        int from = Math.min((int) at, COLOURS.length - 2);
        int low = COLOURS[from] >> (16 - 8 * channel) & 0xFF;
        int high = COLOURS[from + 1] >> (16 - 8 * channel) & 0xFF;
        return low + (at - from) * (high - low);
    }
}
