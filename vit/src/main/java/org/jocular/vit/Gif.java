package org.jocular.vit;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.util.Arrays;
import org.jocular.vit.PictureReader.Decoded;

/** The first frame of a GIF, by the JDK's reader, at its place on the logical screen. */
final class Gif {

    private static final int HEADER = 13;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xF9;
    private static final int IMAGE = 0x2C;

    private Gif() {}

    static Decoded decode(PictureBytes in) throws IOException {
        int screenWidth = in.u16(6, LITTLE_ENDIAN);
        int screenHeight = in.u16(8, LITTLE_ENDIAN);
        int flags = in.u8(10);
        int palette = HEADER;
        int paletteFlags = flags;
        int background = 0; // The header's background colour is not what Pillow fills the screen with.
        int at = HEADER + paletteBytes(flags);
        while (in.u8(at) == EXTENSION) {
            if (in.u8(at + 1) == GRAPHIC_CONTROL && (in.u8(at + 3) & 1) != 0) {
                background = in.u8(at + 6); // the transparent index
            }
            at += 2;
            while (in.u8(at) != 0) {
                at += 1 + in.u8(at);
            }
            at++;
        }
        if (in.u8(at) != IMAGE) {
            throw in.bad("is a GIF without a picture");
        }
        int left = in.u16(at + 1, LITTLE_ENDIAN);
        int top = in.u16(at + 3, LITTLE_ENDIAN);
        int frameFlags = in.u8(at + 9);
        if (paletteBytes(frameFlags) > 0) {
            palette = at + 10;
            paletteFlags = frameFlags;
        }
        // A frame that hangs over the screen's edge makes the screen larger (GifImagePlugin.py).
        int width = Math.max(screenWidth, left + in.u16(at + 5, LITTLE_ENDIAN));
        int height = Math.max(screenHeight, top + in.u16(at + 7, LITTLE_ENDIAN));
        in.checkSize(width, height);

        Picture frame = Rasters.first(in, Rasters.jdkReader("gif"), in.data());
        if (frame.width() == width && frame.height() == height) {
            return new Decoded(frame, Orientation.NONE);
        }
        int[] colour = new int[3];
        if (3 * background < paletteBytes(paletteFlags)) {
            int entry = palette + 3 * background;
            Arrays.setAll(colour, channel -> in.u8(entry + channel));
        }
        Picture screen = Picture.filled(width, height, colour[0], colour[1], colour[2]);
        return new Decoded(frame.pastedOn(screen, left, top), Orientation.NONE);
    }

    /** Zero where the flags (of the screen or of a frame) announce no palette. */
    private static int paletteBytes(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }
}
