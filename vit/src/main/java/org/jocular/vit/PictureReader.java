package org.jocular.vit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;

/**
 * Reads PNG, JPEG, WebP, GIF (first frame), BMP and PNM (P1 to P6) into 8-bit RGB as Pillow's {@code convert("RGB")} does: alpha is
 * dropped without compositing, palettes are looked up, grey is replicated, CMYK is multiplied out, colour profiles and
 * gamma are ignored. The content decides what a file is, not its name.
 *
 * @param maxPixels pictures with more pixels are refused from their header
 * @param applyOrientation whether to turn the picture as its EXIF (or XMP) orientation says, as
 *     {@code ImageOps.exif_transpose} in Hugging Face's {@code load_image}; the original LLaVA and LAVIS code does not
 */
public record PictureReader(long maxPixels, boolean applyOrientation) {

    /** Above this Pillow takes a picture for a decompression bomb. */
    public static final long PILLOW_MAX_PIXELS = 178_956_970L;

    private static final long MOST_PIXELS_OF_AN_ARRAY = (Integer.MAX_VALUE - 8) / 3;

    private static final long MOST_BYTES_OF_A_FILE = Integer.MAX_VALUE - 64;

    public PictureReader {
        if (maxPixels < 1 || maxPixels > MOST_PIXELS_OF_AN_ARRAY) {
            throw new BadInput("The largest number of pixels must be 1 to %d, found %d"
                    .formatted(MOST_PIXELS_OF_AN_ARRAY, maxPixels));
        }
    }

    /** Reads a file with Pillow's limit, turned upright as its orientation says. */
    public static Picture read(Path file) {
        return new PictureReader(PILLOW_MAX_PIXELS, true).readFile(file);
    }

    /** Reads an encoded picture from memory, as {@link #read(Path)}; {@code name} is what errors call it. */
    public static Picture read(byte[] data, String name) {
        return new PictureReader(PILLOW_MAX_PIXELS, true).decode(data, name);
    }

    /**
     * Reads a file.
     *
     * @throws BadInput where it is missing, a directory, empty, no picture, damaged, truncated or too large
     */
    public Picture readFile(Path file) {
        if (Files.isDirectory(file)) {
            throw new BadInput(file + " is a directory, not a picture");
        }
        if (!Files.exists(file)) {
            throw new BadInput(file + " does not exist");
        }
        byte[] data;
        try {
            if (Files.size(file) > MOST_BYTES_OF_A_FILE) {
                throw new BadInput("%s has %d bytes, too many for a picture".formatted(file, Files.size(file)));
            }
            data = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new BadInput(file + " cannot be read: " + e.getMessage(), e);
        }
        return decode(data, file.toString());
    }

    /**
     * Reads an encoded picture from memory.
     *
     * @param name what errors call it
     * @throws BadInput where it is empty, no picture, damaged, truncated or too large
     */
    public Picture decode(byte[] data, String name) {
        PictureBytes in = new PictureBytes(data, name, maxPixels);
        Format format = Format.of(in);
        Decoded decoded;
        try {
            decoded = switch (format) {
                case PNG -> Png.decode(in);
                case JPEG -> Jpeg.decode(in);
                case WEBP -> WebP.decode(in);
                case GIF -> Gif.decode(in);
                case BMP -> Bmp.decode(in);
                case PNM -> Pnm.decode(in);
            };
        } catch (BadInput e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The decoders of javax.imageio meet damage with any exception there is.
            throw in.bad("is damaged or truncated: its %s data cannot be decoded".formatted(format), e);
        }
        return applyOrientation ? decoded.orientation.apply(decoded.picture) : decoded.picture;
    }

    /** A picture as stored and how it is to be turned. */
    record Decoded(Picture picture, Orientation orientation) {}

    private enum Format {
        PNG,
        JPEG,
        WEBP,
        GIF,
        BMP,
        PNM;

        static Format of(PictureBytes in) {
            if (in.length() == 0) {
                throw in.bad("is empty");
            }
            if (in.has(0, "\u0089PNG\r\n\u001a\n")) {
                return PNG;
            }
            if (in.has(0, "\u00ff\u00d8\u00ff")) {
                return JPEG;
            }
            if (in.has(0, "RIFF") && in.has(8, "WEBP")) {
                return WEBP;
            }
            if (in.has(0, "GIF87a") || in.has(0, "GIF89a")) {
                return GIF;
            }
            if (in.has(0, "BM")) {
                return BMP;
            }
            if (in.length() > 2 && in.u8(0) == 'P' && in.u8(1) >= '1' && in.u8(1) <= '6' && in.u8(2) <= ' ') {
                return PNM;
            }
            throw in.bad("is not a picture in PNG, JPEG, WebP, GIF, BMP or PNM format");
        }
    }
}
