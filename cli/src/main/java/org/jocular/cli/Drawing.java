package org.jocular.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.jocular.tensor.BadInput;
import org.jocular.vit.Picture;

/** Pictures that this program makes itself. */
final class Drawing {
    private static final int LIGHT = 0xF2EFE8;
    private static final int RED = 0xD0342C;
    private static final int BLUE = 0x2457A8;
    private static final int GRID = 0xFFFFFF;

    /** Width to which small pictures are enlarged for people. */
    static final int SHOWN_WIDTH = 448;

    private static final int WIDTH = 288;
    private static final int HEIGHT = 216;

    /** Samples of a pixel along each axis, for smooth edges. */
    private static final int SAMPLES = 4;

    private Drawing() {}

    /** A red circle left of a blue square on light ground; both lie in the central square, which CLIP's crop keeps. */
    static Picture circleLeftOfSquare() {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    int sum = 0;
                    for (int i = 0; i < SAMPLES * SAMPLES; i++) {
                        double sampleX = x + (i % SAMPLES + 0.5) / SAMPLES;
                        double sampleY = y + (i / SAMPLES + 0.5) / SAMPLES;
                        sum += colour(sampleX, sampleY) >> (16 - 8 * channel) & 0xFF;
                    }
                    rgb[3 * (y * WIDTH + x) + channel] = (byte) Math.round((float) sum / (SAMPLES * SAMPLES));
                }
            }
        }
        return new Picture(WIDTH, HEIGHT, rgb);
    }

    private static int colour(double x, double y) {
        if (Math.hypot(x - 96, y - 108) < 40) {
            return RED;
        }
        return x > 156 && x < 232 && y > 70 && y < 146 ? BLUE : LIGHT;
    }

    /** A picture enlarged by whole pixels, with a line between its patches. */
    static Picture withPatches(Picture picture, int patch, int scale) {
        int width = picture.width() * scale;
        int height = picture.height() * scale;
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean line = x > 0 && x % (patch * scale) == 0 || y > 0 && y % (patch * scale) == 0;
                for (int channel = 0; channel < 3; channel++) {
                    int sample = line ? GRID >> (16 - 8 * channel) : picture.sample(x / scale, y / scale, channel);
                    rgb[3 * (y * width + x) + channel] = (byte) sample;
                }
            }
        }
        return new Picture(width, height, rgb);
    }

    /** A small picture in a terminal of 256 colours: two pixels a character, one above the other. */
    static List<String> blocks(Picture picture) {
        List<String> lines = new ArrayList<>();
        for (int y = 0; y + 1 < picture.height(); y += 2) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < picture.width(); x++) {
                line.append("\u001b[38;5;%d;48;5;%dm▀".formatted(cube(picture, x, y), cube(picture, x, y + 1)));
            }
            lines.add(line.append("\u001b[0m").toString());
        }
        return lines;
    }

    /** The nearest of the terminal's colours: 24 greys from 232 on, and before them a cube of 6 x 6 x 6. */
    private static int cube(Picture picture, int x, int y) {
        int red = picture.sample(x, y, 0);
        int green = picture.sample(x, y, 1);
        int blue = picture.sample(x, y, 2);
        if (Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue)) < 16) {
            return 232 + Math.min(23, (red + green + blue) / 3 * 24 / 256);
        }
        return 16 + 36 * step(red) + 6 * step(green) + step(blue);
    }

    /** The cube's steps are 0, 95, 135, 175, 215, 255. */
    private static int step(int sample) {
        return sample < 48 ? 0 : Math.min(5, (sample - 35) / 40);
    }

    /** Writes a PNG, which appears under its name when it is whole. */
    static void write(Picture picture, Path file) {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                image.setRGB(
                        x, y, picture.sample(x, y, 0) << 16 | picture.sample(x, y, 1) << 8 | picture.sample(x, y, 2));
            }
        }
        Path partial = file.resolveSibling("." + file.getFileName() + ".partial");
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(image, "png", bytes);
            try {
                Files.write(partial, bytes.toByteArray());
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(file, e), e);
        }
    }
}
