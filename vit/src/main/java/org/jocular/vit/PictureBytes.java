package org.jocular.vit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jocular.tensor.BadInput;

/**
 * An encoded picture in memory, with the name it goes by in error messages. Reading past the end throws the sentence
 * that the file is truncated.
 *
 * @param maxPixels what {@link #checkSize} allows
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PictureBytes(byte[] data, String name, long maxPixels) {

    int length() {
        return data.length;
    }

    int u8(int at) {
        need(at, 1);
        return data[at] & 0xFF;
    }

    int u16(int at, ByteOrder order) {
        need(at, 2);
        return ByteBuffer.wrap(data).order(order).getShort(at) & 0xFFFF;
    }

    long u32(int at, ByteOrder order) {
        need(at, 4);
        return ByteBuffer.wrap(data).order(order).getInt(at) & 0xFFFF_FFFFL;
    }

    /** Whether these ASCII characters stand there. */
    boolean has(int at, String ascii) {
        return at >= 0
                && at + ascii.length() <= data.length
                && new String(data, at, ascii.length(), StandardCharsets.ISO_8859_1).equals(ascii);
    }

    /** Throws unless {@code count} bytes follow {@code at}. */
    void need(long at, long count) {
        if (at < 0 || count < 0 || at + count > data.length) {
            throw truncated();
        }
    }

    /** A header's size, checked before anything of that size is allocated. */
    void checkSize(long width, long height) {
        if (width < 1 || height < 1) {
            throw bad("claims a size of %d x %d pixels".formatted(width, height));
        }
        // Divided, because the product of two 32-bit sizes may not fit a long with a sign.
        if (width > maxPixels / height) {
            throw bad("claims %d x %d pixels, more than the %d allowed".formatted(width, height, maxPixels));
        }
    }

    BadInput truncated() {
        return bad("is truncated: the picture does not end before the file's %d bytes do".formatted(data.length));
    }

    BadInput bad(String what) {
        return new BadInput(name + " " + what);
    }

    BadInput bad(String what, Throwable cause) {
        return new BadInput(name + " " + what, cause);
    }
}
