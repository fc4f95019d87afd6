package org.jocular.vit;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The eight EXIF orientations, in the tag's order from 1 on; the names are Pillow's for the turn that
 * {@code ImageOps.exif_transpose} makes.
 */
enum Orientation {
    NONE(false, false, false),
    FLIP_LEFT_RIGHT(false, true, false),
    ROTATE_180(false, true, true),
    FLIP_TOP_BOTTOM(false, false, true),
    TRANSPOSE(true, false, false),
    /** Pillow counts anticlockwise: a quarter turn clockwise. */
    ROTATE_270(true, false, true),
    TRANSVERSE(true, true, true),
    ROTATE_90(true, true, false);

    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final Pattern XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

    /** Rows become columns. */
    private final boolean swaps;
    /** The stored picture is walked from its right edge. */
    private final boolean fromRight;
    /** The stored picture is walked from its bottom. */
    private final boolean fromBottom;

    Orientation(boolean swaps, boolean fromRight, boolean fromBottom) {
        this.swaps = swaps;
        this.fromRight = fromRight;
        this.fromBottom = fromBottom;
    }

    Picture apply(Picture stored) {
        if (this == NONE) {
            return stored;
        }
        int width = swaps ? stored.height() : stored.width();
        int height = swaps ? stored.width() : stored.height();
        int columnStep = fromRight ? -3 : 3;
        int rowStep = (fromBottom ? -3 : 3) * stored.width();
        int origin = (fromRight ? 3 * (stored.width() - 1) : 0)
                + (fromBottom ? 3 * stored.width() * (stored.height() - 1) : 0);
        int stepX = swaps ? rowStep : columnStep;
        int stepY = swaps ? columnStep : rowStep;
        byte[] in = stored.rgb();
        byte[] out = new byte[in.length];
        int target = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++, target += 3) {
                int from = origin + y * stepY + x * stepX;
                out[target] = in[from];
                out[target + 1] = in[from + 1];
                out[target + 2] = in[from + 2];
            }
        }
        return new Picture(width, height, out);
    }

    /**
     * The orientation in an EXIF block that starts with its TIFF header; zero where there is none. Broken EXIF is as
     * good as none: it does not hurt the pixels.
     */
    static int tagInExif(PictureBytes in, int start, int end) {
        if (end - start < 8 || !(in.has(start, "II*\0") || in.has(start, "MM\0*"))) {
            return 0;
        }
        ByteOrder order = in.u8(start) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        long directory = start + in.u32(start + 4, order);
        if (directory + 2 > end) {
            return 0;
        }
        int entries = in.u16((int) directory, order);
        for (long entry = directory + 2; entries > 0 && entry + 12 <= end; entry += 12, entries--) {
            if (in.u16((int) entry, order) == TAG && in.u16((int) entry + 2, order) == SHORT) {
                return in.u16((int) entry + 8, order);
            }
        }
        return 0;
    }

    /** The orientation in an XMP packet, which Pillow asks where EXIF has none; zero where there is none. */
    static int tagInXmp(PictureBytes in, int start, int end) {
        Matcher found = XMP.matcher(new String(in.data(), start, end - start, StandardCharsets.ISO_8859_1));
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    /** The turn for the tags found in EXIF and XMP, zero where absent; a value outside 1 to 8 turns nothing. */
    static Orientation of(int exif, int xmp) {
        int tag = exif != 0 ? exif : xmp;
        return tag >= 1 && tag <= values().length ? values()[tag - 1] : NONE;
    }
}
