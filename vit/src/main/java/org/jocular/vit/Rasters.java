package org.jocular.vit;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * What is taken from {@code javax.imageio}: the decoding alone. Colours are made here from the raw samples, because
 * ImageIO's own conversions apply colour profiles, which Pillow does not.
 */
final class Rasters {

    @FunctionalInterface
    interface Reading<T> {
        T from(ImageReader reader) throws IOException;
    }

    private Rasters() {}

    /** The JDK's reader of a format: other libraries may have registered theirs, with other pixels. */
    static ImageReader jdkReader(String format) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule() == ImageIO.class.getModule()) {
                return reader;
            }
        }
        throw new IllegalStateException("This JDK has no reader for " + format + " pictures");
    }

    /** Gives the reader the data, in memory: ImageIO's disk cache has no part in it. */
    static <T> T read(ImageReader reader, byte[] data, Reading<T> reading) throws IOException {
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(data))) {
            reader.setInput(stream, false, true);
            return reading.from(reader);
        } finally {
            reader.dispose();
        }
    }

    /** The first picture, after its size was checked. */
    static Picture first(PictureBytes in, ImageReader reader, byte[] data) throws IOException {
        return read(reader, data, opened -> {
            in.checkSize(opened.getWidth(0), opened.getHeight(0));
            return rgb(opened.read(0));
        });
    }

    /** Palette looked up, grey replicated, alpha dropped, other depths brought to 8 bits as Pillow does. */
    static Picture rgb(BufferedImage image) {
        Raster raster = image.getRaster();
        int width = raster.getWidth();
        int height = raster.getHeight();
        int bands = raster.getNumBands();
        int[] row = new int[width * bands];
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        int[] depths = raster.getSampleModel().getSampleSize();
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            int target = 3 * width * y;
            if (image.getColorModel() instanceof IndexColorModel palette) {
                for (int x = 0; x < width; x++) {
                    put(rgb, target + 3 * x, palette.getRGB(row[x]));
                }
            } else if (bands < 3) {
                for (int x = 0; x < width; x++) {
                    int grey = row[x * bands];
                    // Pillow's mode I;16, which alone has 16 bits left here, is clipped, not scaled (Convert.c).
                    int sample = bands == 1 ? Math.min(grey, 255) : to8Bits(grey, depths[0]);
                    put(rgb, target + 3 * x, 0x010101 * sample);
                }
            } else {
                for (int x = 0; x < width; x++) {
                    for (int channel = 0; channel < 3; channel++) {
                        rgb[target + 3 * x + channel] = (byte) to8Bits(row[x * bands + channel], depths[channel]);
                    }
                }
            }
        }
        return new Picture(width, height, rgb);
    }

    private static void put(byte[] rgb, int at, int colour) {
        rgb[at] = (byte) (colour >> 16);
        rgb[at + 1] = (byte) (colour >> 8);
        rgb[at + 2] = (byte) colour;
    }

    /** 16 bits lose their low byte; the 5 and 6 bits of a BMP are spread over 0 to 255 (Unpack.c). */
    private static int to8Bits(int sample, int depth) {
        return switch (depth) {
            case 8 -> sample;
            case 16 -> sample >> 8;
            default -> sample * 255 / ((1 << depth) - 1);
        };
    }
}
