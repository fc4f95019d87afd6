package org.jocular.vit;

import org.jocular.vit.PictureReader.Decoded;

/** Netpbm's bitmaps, greymaps and pixmaps, plain (P1 to P3) and raw (P4 to P6); depths as in Pillow's PpmImagePlugin.py. */
final class Pnm {

    private final PictureBytes in;
    private int at = 2;

    private Pnm(PictureBytes in) {
        this.in = in;
    }

    static Decoded decode(PictureBytes in) {
        return new Decoded(new Pnm(in).picture(), Orientation.NONE);
    }

    private Picture picture() {
        int type = in.u8(1) - '0';
        boolean plain = type <= 3;
        boolean bits = type == 1 || type == 4;
        int channels = type == 3 || type == 6 ? 3 : 1;
        int width = number();
        int height = number();
        in.checkSize(width, height);
        int max = bits ? 1 : number();
        if (max < 1 || max > 65535) {
            throw in.bad("has a maximal sample of %d, expected 1 to 65535".formatted(max));
        }
        at++; // one white space ends the header
        if (!plain) {
            long rowBytes = bits ? (width + 7L) / 8 : (long) width * channels * (max > 255 ? 2 : 1);
            in.need(at, rowBytes * height);
        }
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int i = 0; i < width * channels; i++) {
                int sample;
                if (plain) {
                    sample = bits ? plainBit() : number();
                } else if (bits) {
                    sample = in.u8(at + i / 8) >> (7 - i % 8) & 1;
                } else {
                    sample = in.u8(at++);
                    sample = max > 255 ? sample << 8 | in.u8(at++) : sample;
                }
                int value = bits ? 255 * (1 - sample) : to8Bits(sample, max, channels);
                for (int copy = 0; copy < 3 / channels; copy++) {
                    rgb[3 * width * y + 3 / channels * i + copy] = (byte) value;
                }
            }
            if (type == 4) {
                at += (width + 7) / 8;
            }
        }
        return new Picture(width, height, rgb);
    }

    /** Deep grey is Pillow's mode I: spread over 0 to 65535, then clipped at 255. */
    private static int to8Bits(int sample, int max, int channels) {
        int top = max > 255 && channels == 1 ? 65535 : 255;
        return (int) Math.min(255, Math.rint((double) sample / max * top));
    }

    private int plainBit() {
        skipSpace();
        return in.u8(at++) - '0' == 0 ? 0 : 1;
    }

    private int number() {
        skipSpace();
        int start = at;
        long value = 0;
        while (at < in.length() && in.u8(at) >= '0' && in.u8(at) <= '9' && value <= Integer.MAX_VALUE) {
            value = 10 * value + in.u8(at++) - '0';
        }
        if (at == in.length() && at == start) {
            throw in.truncated();
        }
        if (at == start || value > Integer.MAX_VALUE) {
            throw in.bad("has no number where its PNM data needs one, at byte " + start);
        }
        return (int) value;
    }

    private void skipSpace() {
        while (at < in.length() && (in.u8(at) <= ' ' || in.u8(at) == '#')) {
            if (in.u8(at) == '#') {
                while (at < in.length() && in.u8(at) != '\n') {
                    at++;
                }
            } else {
                at++;
            }
        }
    }
}
