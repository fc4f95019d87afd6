package org.jocular.tokenizers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's {@code precompiled_charsmap}: rules that replace a string by another, in a Darts double array over
 * UTF-8 bytes (s-yata/darts-clone), the longest rule first. Layout: size of the array in bytes as a little-endian
 * uint32, the array, then the replacements, each ended by a zero byte.
 */
final class CharsMap {
    private static final int LEAF = 1 << 8;
    private static final int VALUE = 1 << 31;
    /** The longest in real files has 33 bytes; a text must not become a thousand times as long as it was. */
    private static final int LONGEST_REPLACEMENT = 1024;

    private final int[] units;
    private final byte[] replacements;

    /** A replaced stretch: what it becomes, and the index behind it in the text. */
    record Match(String replacement, int end) {}

    CharsMap(String source, byte[] blob) {
        if (blob.length < 4) {
            throw new IllegalArgumentException(
                    source + ": precompiled_charsmap has " + blob.length + " bytes, expected at least 4");
        }
        ByteBuffer buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        long size = Integer.toUnsignedLong(buffer.getInt());
        if (size == 0 || size % 1024 != 0 || size > buffer.remaining()) {
            throw new IllegalArgumentException(source + ": precompiled_charsmap claims a trie of " + size
                    + " bytes, expected a multiple of 1024 within " + buffer.remaining());
        }
        this.units = new int[(int) size / 4];
        buffer.asIntBuffer().get(units);
        this.replacements = new byte[buffer.remaining() - (int) size];
        buffer.position(4 + (int) size).get(replacements);
        check(source);
        checkReplacements(source);
    }

    /** Every place that a walk can reach lies inside, so that {@link #longest} need not look. */
    private void check(String source) {
        for (int i = 0; i < units.length; i++) {
            int unit = units[i];
            if (unit < 0 && i > 0) {
                continue; // a value, never walked through
            }
            int children = i ^ offset(unit);
            // An array of whole 256-blocks: one child inside means all of them.
            boolean outside = children < 0 || children >= units.length;
            if (outside || ((unit & LEAF) != 0 && (units[children] & ~VALUE) >= replacements.length)) {
                throw new IllegalArgumentException(
                        source + ": precompiled_charsmap is broken: unit " + i + " points outside");
            }
        }
    }

    private void checkReplacements(String source) {
        int length = 0;
        for (byte b : replacements) {
            length = b == 0 ? 0 : length + 1;
            if (length > LONGEST_REPLACEMENT) {
                throw new IllegalArgumentException(source + ": precompiled_charsmap has a replacement of more than "
                        + LONGEST_REPLACEMENT + " bytes");
            }
        }
    }

    /** The longest rule that starts at {@code start}; null where none does. */
    @Nullable
    Match longest(String text, int start) {
        int node = offset(units[0]);
        int value = -1;
        int end = start;
        for (int at = start; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            at += Character.charCount(codePoint);
            int bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            for (int i = 0; i < bytes; i++) {
                int label = utf8(codePoint, bytes, i);
                node ^= label;
                int unit = units[node];
                if ((unit & (VALUE | 0xFF)) != label) {
                    return value < 0 ? null : new Match(replacement(value), end);
                }
                node ^= offset(unit);
                if ((unit & LEAF) != 0) {
                    value = units[node] & ~VALUE;
                    end = at;
                }
            }
        }
        return value < 0 ? null : new Match(replacement(value), end);
    }

    /** What the shortest rule at {@code start} that ends by {@code end} puts there; null where there is none. */
    @Nullable
    String shortest(String text, int start, int end) {
        int node = offset(units[0]);
        for (int at = start; at < end; ) {
            int codePoint = text.codePointAt(at);
            at += Character.charCount(codePoint);
            int bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            for (int i = 0; i < bytes; i++) {
                int label = utf8(codePoint, bytes, i);
                node ^= label;
                int unit = units[node];
                if ((unit & (VALUE | 0xFF)) != label) {
                    return null;
                }
                node ^= offset(unit);
                if ((unit & LEAF) != 0) {
                    return replacement(units[node] & ~VALUE);
                }
            }
        }
        return null;
    }

    private static int utf8(int codePoint, int bytes, int index) {
        int bits = codePoint >> (6 * (bytes - 1 - index));
        if (bytes == 1) {
            return bits;
        }
        return index > 0 ? 0x80 | (bits & 0x3F) : bits | ((0xF00 >> bytes) & 0xFF);
    }

    private String replacement(int start) {
        int end = start;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        return new String(replacements, start, end - start, StandardCharsets.UTF_8);
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }
}
