package org.jocular.vit;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Pictures made on the spot. */
final class TestPictures {

    private TestPictures() {}

    /** A pattern with edges in every direction, the same as the reference numbers were made with. */
    static Picture pattern(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[at++] = (byte) (x * x * 7 + y * 13);
                rgb[at++] = (byte) (x * 31 ^ y * 17);
                rgb[at++] = (byte) ((x + y) * (x + 3) * 5 + x * y % 97);
            }
        }
        return new Picture(width, height, rgb);
    }

    static byte[] encode(BufferedImage image, String format) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (!ImageIO.write(image, format, out)) {
                throw new IllegalArgumentException("no writer for " + format);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static BufferedImage buffered(Picture picture, int type) {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), type);
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                int colour = picture.sample(x, y, 0) << 16 | picture.sample(x, y, 1) << 8 | picture.sample(x, y, 2);
                image.setRGB(x, y, 0xFF000000 | colour);
            }
        }
        return image;
    }

    static long crc(Picture picture) {
        CRC32 crc = new CRC32();
        crc.update(picture.rgb());
        return crc.getValue();
    }
}
