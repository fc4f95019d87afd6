package org.jocular.tokenizers;

import java.nio.charset.StandardCharsets;

/**
 * Makes characters of bytes that arrive one by one, and U+FFFD of what is no UTF-8. An incomplete character of k bytes
 * becomes one mark, as in Python's {@code errors="replace"} and Rust's {@code from_utf8_lossy} (Unicode 16, section
 * 3.9, "maximal subparts"), or k marks, as in SentencePiece's {@code DecodeUTF8}.
 */
final class Utf8Assembler {
    private static final char MARK = '\uFFFD';

    private final boolean markEachByte;
    private final byte[] pending = new byte[4];
    private int have;
    private int need;

    Utf8Assembler(boolean markEachByte) {
        this.markEachByte = markEachByte;
    }

    /** Appends to {@code out} what became certain with this byte. */
    void feed(byte next, StringBuilder out) {
        if (have > 0 && !continues(next & 0xFF)) {
            flush(out);
        }
        if (have == 0) {
            need = length(next & 0xFF);
            if (need == 0) {
                out.append(MARK);
                return;
            }
        }
        pending[have++] = next;
        if (have == need) {
            out.append(new String(pending, 0, have, StandardCharsets.UTF_8));
            have = 0;
        }
    }

    /** No byte follows: marks for a character that is not complete. */
    void flush(StringBuilder out) {
        for (int i = 0; i < (markEachByte ? have : Math.min(have, 1)); i++) {
            out.append(MARK);
        }
        have = 0;
    }

    /** Bytes of the character that begins so, 0 where none does. */
    private static int length(int first) {
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    }

    /** The second byte's range excludes what has a shorter form, surrogates, and what lies behind U+10FFFF. */
    private boolean continues(int next) {
        int first = have == 1 ? pending[0] & 0xFF : 0;
        int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        return next >= least && next <= most;
    }
}
