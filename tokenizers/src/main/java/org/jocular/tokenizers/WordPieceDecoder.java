package org.jocular.tokenizers;

import java.util.function.IntFunction;

/**
 * Joins words by spaces and pieces of one word by nothing; {@code BertTokenizer.convert_tokens_to_string}. Which spaces
 * there were in the original is lost.
 */
final class WordPieceDecoder implements StreamDecoder {
    private final IntFunction<Rendered> render;
    private final String continuing;
    private final boolean cleanUp;
    private boolean atStart = true;

    /**
     * @param continuing with this begins a piece that goes on with a word, {@code ##}
     * @param cleanUp each piece by itself is cleaned of a space before punctuation ({@code decoders/wordpiece.rs})
     */
    WordPieceDecoder(IntFunction<Rendered> render, String continuing, boolean cleanUp) {
        this.render = render;
        this.continuing = continuing;
        this.cleanUp = cleanUp;
    }

    @Override
    public String feed(int id) {
        return switch (render.apply(id)) {
            case Rendered.Nothing nothing -> "";
            case Rendered.RawByte raw -> throw new IllegalStateException("WordPiece has no pieces for bytes");
            case Rendered.Literal literal -> joined(literal.text());
            case Rendered.Text piece -> joined(piece.text());
        };
    }

    private String joined(String piece) {
        boolean first = atStart;
        atStart = false;
        boolean goesOn = !first && piece.startsWith(continuing);
        String text = first ? piece : goesOn ? piece.substring(continuing.length()) : " " + piece;
        return cleanUp ? CleanUpDecoder.cleaned(text) : text;
    }

    @Override
    public String flush() {
        atStart = true;
        return "";
    }
}
