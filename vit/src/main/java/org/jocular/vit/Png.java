package org.jocular.vit;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jocular.vit.PictureReader.Decoded;

/**
 * PNG, by the JDK's reader, which is given the four critical chunks alone: a colour profile, a gamma or a transparent
 * colour has no say in the pixels, and a broken text chunk does not spoil a picture.
 */
final class Png {

    private static final int SIGNATURE = 8;
    /** Length, type and CRC. */
    private static final int CHUNK_FRAME = 12;

    private static final byte[] END = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82};

    private Png() {}

    static Decoded decode(PictureBytes in) throws IOException {
        ByteArrayOutputStream bones = new ByteArrayOutputStream(in.length());
        bones.write(in.data(), 0, SIGNATURE);
        int exif = 0;
        int xmp = 0;
        int at = SIGNATURE;
        while (at + CHUNK_FRAME <= in.length() && !in.has(at + 4, "IEND")) {
            long length = in.u32(at, BIG_ENDIAN);
            int body = at + 8;
            boolean critical = in.has(at + 4, "IHDR") || in.has(at + 4, "PLTE") || in.has(at + 4, "IDAT");
            if (body + length + 4 > in.length()) {
                if (critical) {
                    throw in.truncated();
                }
                break; // Pillow forgives what is cut off behind the pixels; missing pixels show when they are decoded
            }
            int end = body + (int) length;
            if (in.has(at + 4, "IHDR")) {
                in.checkSize(in.u32(body, BIG_ENDIAN), in.u32(body + 4, BIG_ENDIAN));
            }
            if (critical) {
                bones.write(in.data(), at, end + 4 - at);
            } else if (in.has(at + 4, "eXIf")) {
                exif = Orientation.tagInExif(in, body, end);
            } else if (in.has(at + 4, "iTXt") && in.has(body, "XML:com.adobe.xmp\0")) {
                xmp = Orientation.tagInXmp(in, body, end);
            }
            at = end + 4;
        }
        bones.write(END, 0, END.length);
        Picture picture = Rasters.first(in, Rasters.jdkReader("png"), bones.toByteArray());
        return new Decoded(picture, Orientation.of(exif, xmp));
    }
}
