package org.jocular.vit;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import org.jocular.vit.PictureReader.Decoded;

/** BMP, by the JDK's reader. */
final class Bmp {

    private static final int HEADER = 14;
    /** The first version's header has 16-bit sizes. */
    private static final int CORE_HEADER = 12;

    private Bmp() {}

    static Decoded decode(PictureBytes in) throws IOException {
        if (in.u32(HEADER, LITTLE_ENDIAN) == CORE_HEADER) {
            in.checkSize(in.u16(HEADER + 4, LITTLE_ENDIAN), in.u16(HEADER + 6, LITTLE_ENDIAN));
        } else {
            // A negative height tells that the top row comes first.
            int height = (int) in.u32(HEADER + 8, LITTLE_ENDIAN);
            in.checkSize(in.u32(HEADER + 4, LITTLE_ENDIAN), Math.abs((long) height));
        }
        return new Decoded(Rasters.first(in, Rasters.jdkReader("bmp"), in.data()), Orientation.NONE);
    }
}
