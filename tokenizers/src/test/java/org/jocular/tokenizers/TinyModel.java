package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.List;
import org.jocular.tokenizers.SentencePieceModel.Algorithm;
import org.jocular.tokenizers.SentencePieceModel.PieceType;

/** Writes small SentencePiece models, good and bad, so that tests need no file. */
final class TinyModel {
    private final List<ProtobufWriter> pieces = new ArrayList<>();
    private final ProtobufWriter trainer = new ProtobufWriter();
    private final ProtobufWriter normalizer = new ProtobufWriter();

    static TinyModel bpe() {
        return of(Algorithm.BPE);
    }

    static TinyModel of(Algorithm algorithm) {
        TinyModel tiny = new TinyModel();
        tiny.trainer.int32(3, List.of(Algorithm.values()).indexOf(algorithm) + 1);
        return tiny.piece("<unk>", 0, PieceType.UNKNOWN)
                .piece("<s>", 0, PieceType.CONTROL)
                .piece("</s>", 0, PieceType.CONTROL);
    }

    TinyModel piece(String text, float score, PieceType type) {
        pieces.add(new ProtobufWriter()
                .string(1, text)
                .float32(2, score)
                .int32(3, List.of(PieceType.values()).indexOf(type) + 1));
        return this;
    }

    TinyModel piece(String text, float score) {
        return piece(text, score, PieceType.NORMAL);
    }

    TinyModel byteFallback() {
        trainer.bool(35, true);
        for (int b = 0; b < 256; b++) {
            piece("<0x%02X>".formatted(b), 0, PieceType.BYTE);
        }
        return this;
    }

    TinyModel byteFallbackWithoutPieces() {
        trainer.bool(35, true);
        return this;
    }

    TinyModel charsMap(byte[] blob) {
        normalizer.bytes(2, blob);
        return this;
    }

    TinyModel keepWhitespace() {
        normalizer.bool(4, false);
        return this;
    }

    byte[] bytes() {
        ProtobufWriter model = new ProtobufWriter();
        pieces.forEach(piece -> model.message(1, piece));
        return model.message(2, trainer).message(3, normalizer).toByteArray();
    }

    SentencePieceTokenizer tokenizer() {
        return new SentencePieceTokenizer(SentencePieceModel.parse("tiny.model", bytes()));
    }
}
