package org.jocular.vit;

/** The boolean entropy decoder of VP8; RFC 6386, section 7. */
final class BoolDecoder {

    private final byte[] data;
    private final int end;
    private int at;
    private int value;
    /** The size of the interval, less one. */
    private int range = 254;
    /** How many bits {@code value} has beyond the eight that a decision needs. */
    private int bits = -8;

    private boolean pastEnd;

    BoolDecoder(byte[] data, int from, int end) {
        this.data = data;
        this.at = from;
        this.end = end;
    }

    /** One decision, zero with probability {@code probability / 256}. */
    int bit(int probability) {
        if (bits < 0) {
            load();
        }
        int split = (range * probability) >> 8;
        int bit = value >> bits > split ? 1 : 0;
        int newRange;
        if (bit == 1) {
            newRange = range - split;
            value -= (split + 1) << bits;
        } else {
            newRange = split + 1;
        }
        int shift = Integer.numberOfLeadingZeros(newRange) - 24;
        range = (newRange << shift) - 1;
        bits -= shift;
        return bit;
    }

    boolean flag() {
        return bit(128) == 1;
    }

    int unsigned(int count) {
        int number = 0;
        for (int i = 0; i < count; i++) {
            number = 2 * number + bit(128);
        }
        return number;
    }

    /** A magnitude of so many bits, then a sign. */
    int signed(int count) {
        int magnitude = unsigned(count);
        return flag() ? -magnitude : magnitude;
    }

    /** A flag, and where it is set a signed number; else zero. */
    int optionalSigned(int count) {
        return flag() ? signed(count) : 0;
    }

    /** Whether more was asked for than the data holds; the eight bits behind it count as zeros, as in libwebp. */
    boolean isPastEnd() {
        return pastEnd;
    }

    private void load() {
        if (at < end) {
            value = value << 8 | (data[at++] & 0xFF);
            bits += 8;
        } else if (!pastEnd) {
            value <<= 8;
            bits += 8;
            pastEnd = true;
        } else {
            bits = 0; // Nothing is left to decide by; the caller stops at its next look at isPastEnd.
        }
    }
}
