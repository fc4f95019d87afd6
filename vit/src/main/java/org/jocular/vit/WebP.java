package org.jocular.vit;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jocular.vit.PictureReader.Decoded;
import org.jspecify.annotations.Nullable;

/**
 * WebP, by TwelveMonkeys' reader, which is given the bare picture chunk: colour profile and alpha have no say in the
 * pixels. Of an animation the first frame.
 */
final class WebP {

    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;

    private final PictureBytes in;
    private @Nullable Picture picture;
    private int canvasWidth;
    private int canvasHeight;
    private int exif;
    private int xmp;

    private WebP(PictureBytes in) {
        this.in = in;
    }

    static Decoded decode(PictureBytes in) throws IOException {
        in.need(8, in.u32(4, LITTLE_ENDIAN));
        WebP webp = new WebP(in);
        webp.walk(RIFF_HEADER, (int) (8 + in.u32(4, LITTLE_ENDIAN)), 0, 0);
        if (webp.picture == null) {
            throw in.bad("is a WebP without a picture");
        }
        return new Decoded(webp.picture, Orientation.of(webp.exif, webp.xmp));
    }

    private void walk(int start, int end, int left, int top) throws IOException {
        int at = start;
        while (at + CHUNK_HEADER <= end) {
            long length = in.u32(at + 4, LITTLE_ENDIAN);
            int body = at + CHUNK_HEADER;
            if (length > end - body) {
                throw in.truncated();
            }
            int next = body + (int) length;
            if (in.has(at, "VP8X")) {
                canvasWidth = 1 + u24(body + 4);
                canvasHeight = 1 + u24(body + 7);
                in.checkSize(canvasWidth, canvasHeight);
            } else if (in.has(at, "EXIF")) {
                int prefix = in.has(body, "Exif\0\0") ? 6 : 0;
                exif = Orientation.tagInExif(in, body + prefix, next);
            } else if (in.has(at, "XMP ")) {
                xmp = Orientation.tagInXmp(in, body, next);
            } else if (picture == null && in.has(at, "ANMF")) {
                in.need(body, FRAME_HEADER);
                walk(body + FRAME_HEADER, next, 2 * u24(body), 2 * u24(body + 3));
            } else if (picture == null && (in.has(at, "VP8 ") || in.has(at, "VP8L"))) {
                picture = onCanvas(bare(at, next), left, top);
            }
            at = next + (int) (length & 1); // chunks start at even offsets
        }
    }

    private Picture bare(int at, int end) throws IOException {
        int padded = end - at + ((end - at) & 1);
        ByteBuffer riff = ByteBuffer.allocate(RIFF_HEADER + padded).order(LITTLE_ENDIAN);
        riff.put(in.data(), 0, 4).putInt(4 + padded).put(in.data(), 8, 4).put(in.data(), at, end - at);
        return Rasters.first(in, new WebPImageReaderSpi().createReaderInstance(null), riff.array());
    }

    private Picture onCanvas(Picture frame, int left, int top) {
        if (canvasWidth == 0 || (frame.width() == canvasWidth && frame.height() == canvasHeight)) {
            return frame;
        }
        return frame.pastedOn(Picture.filled(canvasWidth, canvasHeight, 0, 0, 0), left, top);
    }

    private int u24(int at) {
        return in.u8(at) | in.u8(at + 1) << 8 | in.u8(at + 2) << 16;
    }
}
