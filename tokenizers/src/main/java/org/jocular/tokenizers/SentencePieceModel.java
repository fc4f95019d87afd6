package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.List;

/**
 * What a SentencePiece {@code .model} file says, field by field; {@code sentencepiece_model.proto} of google/sentencepiece.
 *
 * @param source the file, for error messages
 * @param unkSurface what an unknown piece decodes to
 */
public record SentencePieceModel(
        String source,
        List<Piece> pieces,
        Algorithm algorithm,
        boolean byteFallback,
        boolean whitespaceAsSuffix,
        String bosPiece,
        String eosPiece,
        String padPiece,
        String unkSurface,
        NormalizerSpec normalizer,
        NormalizerSpec denormalizer) {

    /** A vocabulary entry; its index in the list is its id, a higher score wins. */
    public record Piece(String text, float score, PieceType type) {}

    public enum PieceType {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE
    }

    public enum Algorithm {
        UNIGRAM,
        BPE,
        WORD,
        CHAR
    }

    /**
     * How text is prepared; defaults are those of the proto file.
     *
     * @param charsMap serialised Darts double array and replacement strings; empty for identity
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, read once
    public record NormalizerSpec(
            byte[] charsMap, boolean addDummyPrefix, boolean removeExtraWhitespaces, boolean escapeWhitespaces) {
        static final NormalizerSpec DEFAULT = new NormalizerSpec(new byte[0], true, true, true);
    }

    public SentencePieceModel {
        pieces = List.copyOf(pieces);
    }

    /** The same vocabulary with a normaliser that puts no space in front. */
    SentencePieceModel withoutDummyPrefix() {
        NormalizerSpec spec = new NormalizerSpec(
                normalizer.charsMap, false, normalizer.removeExtraWhitespaces, normalizer.escapeWhitespaces);
        return new SentencePieceModel(
                source,
                pieces,
                algorithm,
                byteFallback,
                whitespaceAsSuffix,
                bosPiece,
                eosPiece,
                padPiece,
                unkSurface,
                spec,
                denormalizer);
    }

    /**
     * Reads the bytes of a {@code .model} file.
     *
     * @param source names the file in error messages
     * @throws IllegalArgumentException if the bytes are not a SentencePiece model
     */
    public static SentencePieceModel parse(String source, byte[] bytes) {
        List<Piece> pieces = new ArrayList<>();
        TrainerSpec trainer = new TrainerSpec();
        NormalizerSpec normalizer = NormalizerSpec.DEFAULT;
        NormalizerSpec denormalizer = NormalizerSpec.DEFAULT;
        Protobuf message = new Protobuf(source, bytes);
        while (message.next()) {
            switch (message.field()) {
                case 1 -> pieces.add(piece(source, pieces.size(), message.message()));
                case 2 -> trainer.read(source, message.message());
                case 3 -> normalizer = normalizerSpec(message.message());
                case 5 -> denormalizer = normalizerSpec(message.message());
                default -> message.skip();
            }
        }
        return new SentencePieceModel(
                source,
                pieces,
                trainer.algorithm,
                trainer.byteFallback,
                trainer.whitespaceAsSuffix,
                trainer.bosPiece,
                trainer.eosPiece,
                trainer.padPiece,
                trainer.unkSurface,
                normalizer,
                denormalizer);
    }

    private static Piece piece(String source, int id, Protobuf message) {
        String text = "";
        float score = 0;
        int type = 1;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> text = message.string();
                case 2 -> score = message.float32();
                case 3 -> type = message.int32();
                default -> message.skip();
            }
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException(source + ": piece " + id + " is empty");
        }
        if (Float.isNaN(score)) {
            throw new IllegalArgumentException(source + ": the score of piece " + id + " is not a number");
        }
        PieceType[] types = PieceType.values();
        if (type < 1 || type > types.length) {
            throw new IllegalArgumentException(
                    source + ": piece " + id + " has type " + type + ", expected 1 to " + types.length);
        }
        return new Piece(text, score, types[type - 1]);
    }

    private static NormalizerSpec normalizerSpec(Protobuf message) {
        byte[] charsMap = NormalizerSpec.DEFAULT.charsMap;
        boolean addDummyPrefix = true;
        boolean removeExtraWhitespaces = true;
        boolean escapeWhitespaces = true;
        while (message.next()) {
            switch (message.field()) {
                case 2 -> charsMap = message.bytes();
                case 3 -> addDummyPrefix = message.bool();
                case 4 -> removeExtraWhitespaces = message.bool();
                case 5 -> escapeWhitespaces = message.bool();
                default -> message.skip();
            }
        }
        return new NormalizerSpec(charsMap, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces);
    }

    private static final class TrainerSpec {
        Algorithm algorithm = Algorithm.UNIGRAM;
        boolean byteFallback = false;
        boolean whitespaceAsSuffix = false;
        String unkSurface = " \u2047 ";
        String bosPiece = "<s>";
        String eosPiece = "</s>";
        String padPiece = "<pad>";

        void read(String source, Protobuf message) {
            while (message.next()) {
                switch (message.field()) {
                    case 3 -> algorithm = algorithm(source, message.int32());
                    case 24 -> whitespaceAsSuffix = message.bool();
                    case 35 -> byteFallback = message.bool();
                    case 44 -> unkSurface = message.string();
                    // The ids of fields 40 to 43 say what the trainer was asked for; the library looks the pieces up.
                    case 46 -> bosPiece = message.string();
                    case 47 -> eosPiece = message.string();
                    case 48 -> padPiece = message.string();
                    default -> message.skip();
                }
            }
        }

        private static Algorithm algorithm(String source, int type) {
            Algorithm[] algorithms = Algorithm.values();
            if (type < 1 || type > algorithms.length) {
                throw new IllegalArgumentException(
                        source + ": model_type is " + type + ", expected 1 to " + algorithms.length);
            }
            return algorithms[type - 1];
        }
    }
}
