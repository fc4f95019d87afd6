package org.jocular.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * Decodes SentencePiece ids one by one; {@code SentencePieceProcessor::Decode} of google/sentencepiece, which gives
 * U+FFFD for every single byte that belongs to no character (Python's {@code errors="replace"} gives fewer).
 */
final class PieceDecoder implements StreamDecoder {

    /** What an id contributes to the text. */
    sealed interface Rendered {
        /** A piece with spaces in place of U+2581; at the very start its leading space may be the dummy prefix. */
        record Text(String text) implements Rendered {}

        /** Taken as it is, wherever it stands. */
        record Literal(String text) implements Rendered {}

        /** One byte of a character that has no piece. */
        record RawByte(byte value) implements Rendered {}

        /** As if the id were not there. */
        record Nothing() implements Rendered {}
    }

    /** What happens to spaces with which the text begins. */
    enum LeadingSpace {
        KEEP,
        /** One is the dummy prefix. */
        STRIP_ONE,
        /** The normaliser removes extra whitespace, so none was in the original. */
        STRIP_ALL
    }

    private final IntFunction<Rendered> render;
    private final LeadingSpace leadingSpace;
    private final byte[] pending = new byte[4];
    private int pendingLength;
    private boolean atStart = true;

    PieceDecoder(IntFunction<Rendered> render, LeadingSpace leadingSpace) {
        this.render = render;
        this.leadingSpace = leadingSpace;
    }

    @Override
    public String feed(int id) {
        StringBuilder out = new StringBuilder();
        switch (render.apply(id)) {
            case Rendered.Nothing nothing -> {}
            case Rendered.RawByte raw -> {
                atStart = false;
                pending[pendingLength++] = raw.value();
                takeCharacters(out, false);
            }
            case Rendered.Literal literal -> {
                takeCharacters(out, true);
                atStart &= literal.text().isEmpty();
                out.append(literal.text());
            }
            case Rendered.Text piece -> {
                takeCharacters(out, true);
                out.append(withoutLeadingSpace(piece.text()));
            }
        }
        return out.toString();
    }

    @Override
    public String flush() {
        StringBuilder out = new StringBuilder();
        takeCharacters(out, true);
        atStart = true;
        return out.toString();
    }

    private String withoutLeadingSpace(String text) {
        if (!atStart) {
            return text;
        }
        boolean space = text.startsWith(" ");
        String rest = space && leadingSpace != LeadingSpace.KEEP ? text.substring(1) : text;
        boolean prefixSeen = space && leadingSpace != LeadingSpace.STRIP_ALL;
        atStart = rest.isEmpty() && !prefixSeen;
        return rest;
    }

    /** Moves what is certain from the pending bytes to {@code out}: whole characters, and U+FFFD for broken bytes. */
    private void takeCharacters(StringBuilder out, boolean noMoreBytes) {
        int at = 0;
        while (at < pendingLength) {
            int length = characterLength(pending[at]);
            int there = Math.min(length, pendingLength - at);
            boolean whole = there == length && isCharacter(at, length);
            if (whole) {
                out.append(new String(pending, at, length, StandardCharsets.UTF_8));
            } else if (there < length && !noMoreBytes && continues(at, there)) {
                break;
            } else {
                out.append('\uFFFD');
            }
            at += whole ? length : 1;
        }
        System.arraycopy(pending, at, pending, 0, pendingLength - at);
        pendingLength -= at;
    }

    private static int characterLength(byte first) {
        int b = first & 0xFF;
        return (b & 0xE0) == 0xC0 ? 2 : (b & 0xF0) == 0xE0 ? 3 : (b & 0xF8) == 0xF0 ? 4 : 1;
    }

    private boolean continues(int start, int length) {
        for (int i = 1; i < length; i++) {
            if ((pending[start + i] & 0xC0) != 0x80) {
                return false;
            }
        }
        return true;
    }

    private boolean isCharacter(int start, int length) {
        int b = pending[start] & 0xFF;
        if (length == 1) {
            return b < 0x80;
        }
        if (!continues(start, length)) {
            return false;
        }
        int codePoint = b & 0x7F >> length;
        for (int i = 1; i < length; i++) {
            codePoint = codePoint << 6 | (pending[start + i] & 0x3F);
        }
        int smallest = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
        boolean surrogate = codePoint >= 0xD800 && codePoint < 0xE000;
        return codePoint >= smallest && codePoint <= 0x10FFFF && !surrogate;
    }
}
