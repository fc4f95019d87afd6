package org.jocular.train.world;

import java.awt.image.BufferedImage;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jocular.tensor.BadInput;
import org.jocular.train.world.Scene.Thing;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of scenes: things on a noisy grey, each pixel averaged over 4 x 4 points. Arithmetic alone, so the same bytes everywhere; a
 * rasteriser's anti-aliasing is not.
 */
public final class Renderer {
    /** Pixels along each side, at scale 1. */
    public static final int SIDE = 48;

    private static final int CELL = SIDE / Scene.CELLS;
    private static final int POINTS = 4;
    private static final double NOISE = .03;
    private static final double COLOUR_JITTER = .06;

    private Renderer() {}

    /** A picture of 48 x 48 pixels. */
    public static BufferedImage render(Scene scene, long seed) {
        return render(scene, seed, 1);
    }

    /**
     * A larger picture of the same: colours and noise are those that the seed gives the small one, edges are finer.
     *
     * @param scale 1 or more; the picture has 48 times as many pixels along each side
     */
    public static BufferedImage render(Scene scene, long seed, int scale) {
        if (scale < 1 || scale > 100) {
            throw new BadInput("The scale of a picture is %d, expected 1 to 100".formatted(scale));
        }
        RandomGenerator random = new SplittableRandom(seed);
        double background = Chance.between(random, .05, .35);
        double[] noise = Chance.gaussians(random, SIDE * SIDE);
        @Nullable Painted[] cells = paint(scene, random);
        int side = SIDE * scale;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[side];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double grey = background + NOISE * noise[y / scale * SIDE + x / scale];
                Painted painted = cells[y / (CELL * scale) * Scene.CELLS + x / (CELL * scale)];
                row[x] = painted == null ? rgb(grey, grey, grey) : painted.over(grey, x, y, scale);
            }
            image.setRGB(0, y, side, 1, row, 0, side);
        }
        return image;
    }

    private static @Nullable Painted[] paint(Scene scene, RandomGenerator random) {
        @Nullable Painted[] cells = new Painted[Scene.CELLS * Scene.CELLS];
        for (Thing thing : scene.things()) {
            Colour colour = thing.colour();
            cells[thing.cell()] = new Painted(
                    thing, jittered(random, colour.red), jittered(random, colour.green), jittered(random, colour.blue));
        }
        return cells;
    }

    private static double jittered(RandomGenerator random, double channel) {
        return clip(channel + Chance.between(random, -COLOUR_JITTER, COLOUR_JITTER));
    }

    /** A thing in the very colour that it has in this picture. */
    private record Painted(Thing thing, double red, double green, double blue) {
        /** What is seen of it and of the background in a pixel of its cell. */
        int over(double grey, int x, int y, int scale) {
            double share = coverage(thing, x % (CELL * scale), y % (CELL * scale), scale);
            double rest = grey * (1 - share);
            return rgb(rest + share * red, rest + share * green, rest + share * blue);
        }
    }

    /** How much of a pixel a thing covers, 0..1; what lies beyond its cell is cut off. */
    private static double coverage(Thing thing, int x, int y, int scale) {
        int covered = 0;
        for (int i = 0; i < POINTS; i++) {
            double down = (y + (i + .5) / POINTS) / scale - CELL / 2.0 - thing.dy();
            for (int j = 0; j < POINTS; j++) {
                double right = (x + (j + .5) / POINTS) / scale - CELL / 2.0 - thing.dx();
                covered += thing.shape().covers(right, down, thing.size().radius) ? 1 : 0;
            }
        }
        return covered / (double) (POINTS * POINTS);
    }

    /** Where a thing is in the picture: left, top, right, bottom in pixels of the small one, edges included. */
    static int[] box(Thing thing) {
        int[] box = {SIDE, SIDE, 0, 0};
        for (int y = 0; y < CELL; y++) {
            for (int x = 0; x < CELL; x++) {
                if (coverage(thing, x, y, 1) > 0) {
                    int left = thing.column() * CELL + x;
                    int top = thing.row() * CELL + y;
                    box[0] = Math.min(box[0], left);
                    box[1] = Math.min(box[1], top);
                    box[2] = Math.max(box[2], left + 1);
                    box[3] = Math.max(box[3], top + 1);
                }
            }
        }
        return box;
    }

    /** A picture's pixels, row by row, three bytes each. */
    static byte[] bytes(BufferedImage image) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        byte[] bytes = new byte[3 * pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            bytes[3 * i] = (byte) (pixels[i] >> 16);
            bytes[3 * i + 1] = (byte) (pixels[i] >> 8);
            bytes[3 * i + 2] = (byte) pixels[i];
        }
        return bytes;
    }

    private static int rgb(double red, double green, double blue) {
        return (int) (255 * clip(red)) << 16 | (int) (255 * clip(green)) << 8 | (int) (255 * clip(blue));
    }

    private static double clip(double value) {
        return Math.clamp(value, 0, 1);
    }
}
