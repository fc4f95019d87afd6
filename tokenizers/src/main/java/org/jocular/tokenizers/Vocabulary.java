package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tokenizers.SentencePieceModel.Piece;
import org.jocular.tokenizers.SentencePieceModel.PieceType;

/** Pieces by id and by text; {@code ModelInterface::InitializePieces} of google/sentencepiece. */
final class Vocabulary {
    private final List<Piece> pieces;
    /** What text can turn into: normal, user-defined and unused pieces. */
    private final Map<String, Integer> fromText = new HashMap<>();
    /** Control, unknown and byte pieces: writing their name does not produce them. */
    private final Map<String, Integer> reserved = new HashMap<>();

    private final int[] byteIds = new int[256];
    private final int unkId;

    Vocabulary(SentencePieceModel model) {
        this.pieces = model.pieces();
        int unknown = -1;
        int bytes = 0;
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            boolean textual = switch (piece.type()) {
                case NORMAL, USER_DEFINED, UNUSED -> true;
                case UNKNOWN, CONTROL, BYTE -> false;
            };
            if ((textual ? fromText : reserved).put(piece.text(), id) != null) {
                throw new IllegalArgumentException(model.source() + ": piece " + piece.text() + " is there twice");
            }
            if (piece.type() == PieceType.UNKNOWN) {
                if (unknown >= 0) {
                    throw new IllegalArgumentException(
                            model.source() + ": two unknown pieces, " + unknown + " and " + id);
                }
                unknown = id;
            } else if (piece.type() == PieceType.BYTE) {
                int value = byteValue(piece.text());
                if (value < 0) {
                    throw new IllegalArgumentException(
                            model.source() + ": byte piece " + piece.text() + " does not read <0x00> to <0xFF>");
                }
                byteIds[value] = id;
                bytes++;
            }
        }
        if (unknown < 0) {
            throw new IllegalArgumentException(model.source() + ": no piece of type unknown among " + pieces.size());
        }
        if (model.byteFallback() && bytes != 256) {
            throw new IllegalArgumentException(
                    model.source() + ": byte_fallback needs 256 byte pieces, found " + bytes);
        }
        this.unkId = unknown;
    }

    int size() {
        return pieces.size();
    }

    Piece piece(int id) {
        return pieces.get(id);
    }

    float score(int id) {
        return pieces.get(id).score();
    }

    PieceType type(int id) {
        return pieces.get(id).type();
    }

    int unkId() {
        return unkId;
    }

    /** The id that stands for a byte of an unknown character. */
    int byteId(byte b) {
        return byteIds[b & 0xFF];
    }

    /** The id of the piece into which this text can turn, or -1. */
    int fromText(String text) {
        Integer id = fromText.get(text);
        return id == null ? -1 : id;
    }

    /** The id of a piece of any type, or -1. */
    int id(String piece) {
        Integer id = reserved.get(piece);
        return id == null ? fromText(piece) : id;
    }

    /** The id of a control piece, or -1; the library's {@code bos_id()} looks its piece up in this way. */
    int controlId(String piece) {
        Integer id = reserved.get(piece);
        return id != null && type(id) == PieceType.CONTROL ? id : -1;
    }

    List<String> userDefined() {
        List<String> symbols = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece.type() == PieceType.USER_DEFINED) {
                symbols.add(piece.text());
            }
        }
        return symbols;
    }

    /** Normal pieces without the space that is part of them. */
    List<String> words() {
        return pieces.stream()
                .filter(piece -> piece.type() == PieceType.NORMAL)
                .map(piece -> piece.text().replace(String.valueOf(Normalizer.SPACE_SYMBOL), ""))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    Map<String, Integer> textPieces() {
        return fromText;
    }

    /** {@code <0x0A>} for the byte 10. */
    static String bytePiece(byte value) {
        return "<0x%02X>".formatted(value & 0xFF);
    }

    /** The byte that a piece such as {@code <0x0A>} stands for, or -1. */
    static int byteValue(String piece) {
        boolean looksSo = piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">");
        int high = looksSo ? "0123456789ABCDEF".indexOf(piece.charAt(3)) : -1;
        int low = looksSo ? "0123456789ABCDEF".indexOf(piece.charAt(4)) : -1;
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
