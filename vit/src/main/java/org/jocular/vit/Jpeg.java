package org.jocular.vit;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jocular.vit.PictureReader.Decoded;
import org.jspecify.annotations.Nullable;

/**
 * JPEG. The JDK's reader (IJG's libjpeg: slow integer DCT, triangle upsampling) does everything up to the component
 * samples, bit-equal with the libjpeg-turbo in Pillow; the colours are made here. For that the reader is given a file
 * without application segments, marked as "no colour transform", so that none of its guesses can change a sample.
 */
final class Jpeg {

    private static final int START = 0xD8;
    private static final int END = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int JFIF = 0xE0;
    private static final int EXIF = 0xE1;
    private static final int ADOBE = 0xEE;
    private static final int COMMENT = 0xFE;

    /** An Adobe segment whose last byte says: components as they are. */
    private static final byte[] UNTRANSFORMED = {
        (byte) 0xFF, (byte) ADOBE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };

    private final PictureBytes in;
    private final ByteArrayOutputStream bones;
    private boolean jfif;
    private int adobeTransform = -1;
    private int exif;
    private int xmp;
    private int @Nullable [] componentIds;

    private Jpeg(PictureBytes in) {
        this.in = in;
        this.bones = new ByteArrayOutputStream(in.length() + UNTRANSFORMED.length);
    }

    static Decoded decode(PictureBytes in) throws IOException {
        Jpeg jpeg = new Jpeg(in);
        jpeg.walk();
        Raster raster =
                Rasters.read(Rasters.jdkReader("jpeg"), jpeg.bones.toByteArray(), reader -> reader.readRaster(0, null));
        return new Decoded(jpeg.colours(raster), Orientation.of(jpeg.exif, jpeg.xmp));
    }

    /** Notes what the segments say and copies what the decoder needs; a file that stops before its end marker is an error. */
    private void walk() {
        bones.write(in.data(), 0, 2);
        bones.write(UNTRANSFORMED, 0, UNTRANSFORMED.length);
        int at = 2;
        while (true) {
            at = nextMarker(at);
            int marker = in.u8(at + 1);
            if (marker == END) {
                bones.write(in.data(), at, 2);
                return;
            }
            if (standsAlone(marker)) {
                at += 2;
                continue;
            }
            int end = at + 2 + in.u16(at + 2, BIG_ENDIAN);
            in.need(at, end - at);
            note(marker, at + 4, end);
            if (marker == START_OF_SCAN) {
                end = endOfScan(end);
            }
            if (!(marker >= JFIF && marker <= JFIF + 15) && marker != COMMENT) {
                bones.write(in.data(), at, end - at);
            }
            at = end;
        }
    }

    /** Skips garbage between segments, as libjpeg does. */
    private int nextMarker(int at) {
        while (in.u8(at) != 0xFF || in.u8(at + 1) == 0xFF || in.u8(at + 1) == 0) {
            at++;
        }
        return at;
    }

    private static boolean standsAlone(int marker) {
        return marker == START || marker == 0x01 || isRestart(marker);
    }

    private static boolean isRestart(int marker) {
        return marker >= 0xD0 && marker <= 0xD7;
    }

    private int endOfScan(int at) {
        while (in.u8(at) != 0xFF || in.u8(at + 1) == 0 || in.u8(at + 1) == 0xFF || isRestart(in.u8(at + 1))) {
            at++;
        }
        return at;
    }

    private void note(int marker, int body, int end) {
        if (marker == JFIF && in.has(body, "JFIF\0")) {
            jfif = true;
        } else if (marker == ADOBE && in.has(body, "Adobe") && end - body >= 12) {
            adobeTransform = in.u8(body + 11);
        } else if (marker == EXIF && exif == 0 && in.has(body, "Exif\0\0")) {
            exif = Orientation.tagInExif(in, body + 6, end);
        } else if (marker == EXIF && xmp == 0 && in.has(body, "http://ns.adobe.com/xap/1.0/\0")) {
            xmp = Orientation.tagInXmp(in, body, end);
        } else if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            frame(marker, body, end);
        }
    }

    private void frame(int marker, int body, int end) {
        if (marker > 0xC2) {
            throw in.bad("is a JPEG of a rare kind (SOF%d), expected baseline or progressive".formatted(marker - 0xC0));
        }
        if (in.u8(body) != 8) {
            throw in.bad("is a JPEG of %d bits a sample, expected 8".formatted(in.u8(body)));
        }
        in.checkSize(in.u16(body + 3, BIG_ENDIAN), in.u16(body + 1, BIG_ENDIAN));
        int components = in.u8(body + 5);
        if (!(components == 1 || components == 3 || components == 4) || end - body < 6 + 3 * components) {
            throw in.bad("is a JPEG of %d components, expected 1, 3 or 4".formatted(components));
        }
        componentIds = new int[components];
        for (int i = 0; i < components; i++) {
            componentIds[i] = in.u8(body + 6 + 3 * i);
        }
    }

    private Picture colours(Raster raster) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int bands = raster.getNumBands();
        byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
        if (bands == 3) {
            if (isYcc()) {
                for (int at = 0; at < samples.length; at += 3) {
                    yccToRgb(samples, at);
                }
            }
            return new Picture(width, height, samples);
        }
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            if (bands == 1) {
                rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = samples[i];
            } else {
                if (adobeTransform > 0) { // YCCK: the stored ink is the complement of the RGB that YCC gives
                    yccToRgb(samples, 4 * i);
                    for (int channel = 0; channel < 3; channel++) {
                        samples[4 * i + channel] ^= (byte) 0xFF;
                    }
                }
                int paper = samples[4 * i + 3] & 0xFF;
                for (int channel = 0; channel < 3; channel++) {
                    rgb[3 * i + channel] = ink(samples[4 * i + channel] & 0xFF, paper);
                }
            }
        }
        return new Picture(width, height, rgb);
    }

    /** {@code default_decompress_parms} of libjpeg's jdapimin.c, for three components. */
    private boolean isYcc() {
        if (jfif) {
            return true;
        }
        if (adobeTransform >= 0) {
            return adobeTransform != 0;
        }
        int[] ids = componentIds;
        return ids == null || !(ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B');
    }

    /** libjpeg's jdcolor.c: 16-bit fixed point. */
    private static void yccToRgb(byte[] samples, int at) {
        int y = samples[at] & 0xFF;
        int cb = (samples[at + 1] & 0xFF) - 128;
        int cr = (samples[at + 2] & 0xFF) - 128;
        samples[at] = clip8(y + ((91881 * cr + 32768) >> 16));
        samples[at + 1] = clip8(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        samples[at + 2] = clip8(y + ((116130 * cb + 32768) >> 16));
    }

    /**
     * Pillow takes every four-component JPEG for Adobe's, which stores 255 minus the ink, and mixes as {@code cmyk2rgb} of
     * Convert.c does. Both arguments are stored values.
     */
    private static byte ink(int stored, int paper) {
        int product = (255 - stored) * paper + 128;
        return clip8(paper - (((product >> 8) + product) >> 8));
    }

    private static byte clip8(int value) {
        return (byte) Math.clamp(value, 0, 255);
    }
}
