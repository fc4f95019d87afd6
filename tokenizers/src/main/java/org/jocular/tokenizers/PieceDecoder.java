package org.jocular.tokenizers;

import java.util.function.IntFunction;

/**
 * Decodes SentencePiece ids one by one; {@code SentencePieceProcessor::Decode} of google/sentencepiece, which gives
 * U+FFFD for every single byte that belongs to no character (Python's {@code errors="replace"} gives fewer).
 */
final class PieceDecoder implements StreamDecoder {

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
    private final Utf8Assembler bytes = new Utf8Assembler(true);
    private boolean atStart = true;

    /** @param render gives pieces with spaces in place of U+2581 */
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
                bytes.feed(raw.value(), out);
            }
            case Rendered.Literal literal -> {
                bytes.flush(out);
                atStart &= literal.text().isEmpty();
                out.append(literal.text());
            }
            case Rendered.Text piece -> {
                bytes.flush(out);
                out.append(withoutLeadingSpace(piece.text()));
            }
        }
        return out.toString();
    }

    @Override
    public String flush() {
        StringBuilder out = new StringBuilder();
        bytes.flush(out);
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
}
