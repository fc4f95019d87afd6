package org.jocular.tokenizers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jocular.tokenizers.SentencePieceModel.Algorithm;
import org.jocular.tokenizers.SentencePieceModel.PieceType;

/** Writes small SentencePiece models, good and bad, so that tests need no file. */
final class TinyModel {
    private final ByteArrayOutputStream model = new ByteArrayOutputStream();
    private final ByteArrayOutputStream trainer = new ByteArrayOutputStream();
    private final ByteArrayOutputStream normalizer = new ByteArrayOutputStream();

    static TinyModel bpe() {
        return of(Algorithm.BPE);
    }

    static TinyModel of(Algorithm algorithm) {
        TinyModel tiny = new TinyModel();
        number(tiny.trainer, 3, List.of(Algorithm.values()).indexOf(algorithm) + 1);
        return tiny.piece("<unk>", 0, PieceType.UNKNOWN)
                .piece("<s>", 0, PieceType.CONTROL)
                .piece("</s>", 0, PieceType.CONTROL);
    }

    TinyModel piece(String text, float score, PieceType type) {
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        bytes(piece, 1, text.getBytes(StandardCharsets.UTF_8));
        piece.write(2 << 3 | 5);
        piece.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(score)
                .array());
        number(piece, 3, List.of(PieceType.values()).indexOf(type) + 1);
        bytes(model, 1, piece.toByteArray());
        return this;
    }

    TinyModel piece(String text, float score) {
        return piece(text, score, PieceType.NORMAL);
    }

    TinyModel byteFallback() {
        number(trainer, 35, 1);
        for (int b = 0; b < 256; b++) {
            piece("<0x%02X>".formatted(b), 0, PieceType.BYTE);
        }
        return this;
    }

    TinyModel byteFallbackWithoutPieces() {
        number(trainer, 35, 1);
        return this;
    }

    TinyModel charsMap(byte[] blob) {
        bytes(normalizer, 2, blob);
        return this;
    }

    TinyModel keepWhitespace() {
        number(normalizer, 4, 0);
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(model.toByteArray());
        bytes(all, 2, trainer.toByteArray());
        bytes(all, 3, normalizer.toByteArray());
        return all.toByteArray();
    }

    SentencePieceTokenizer tokenizer() {
        return new SentencePieceTokenizer(SentencePieceModel.parse("tiny.model", bytes()));
    }

    private static void number(ByteArrayOutputStream out, int field, int value) {
        varint(out, field << 3);
        varint(out, value);
    }

    private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
        varint(out, field << 3 | 2);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
