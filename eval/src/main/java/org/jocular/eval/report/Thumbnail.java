package org.jocular.eval.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jocular.vit.Resize;

/** Small pictures for pages. */
final class Thumbnail {
    private static final int LONGEST_SIDE = 256;
    private static final float QUALITY = 0.8f;

    private Thumbnail() {}

    /**
     * A JPEG of a picture, in base 64.
     *
     * @throws org.jocular.tensor.BadInput if the file cannot be read or is no picture
     */
    static String base64(Path file) {
        Picture picture = PictureReader.read(file);
        double scale = Math.min(1, LONGEST_SIDE / (double) Math.max(picture.width(), picture.height()));
        Picture small = Resize.resize(
                picture,
                Math.max(1, (int) Math.round(picture.width() * scale)),
                Math.max(1, (int) Math.round(picture.height() * scale)),
                Resize.Filter.BICUBIC);
        return Base64.getEncoder().encodeToString(jpeg(small));
    }

    private static byte[] jpeg(Picture picture) {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                image.setRGB(
                        x, y, picture.sample(x, y, 0) << 16 | picture.sample(x, y, 1) << 8 | picture.sample(x, y, 2));
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
