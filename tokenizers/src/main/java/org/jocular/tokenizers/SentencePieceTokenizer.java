package org.jocular.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.IntStream;
import org.jocular.tokenizers.PieceDecoder.LeadingSpace;
import org.jocular.tokenizers.SentencePieceModel.Algorithm;
import org.jocular.tokenizers.SentencePieceModel.NormalizerSpec;
import org.jocular.tokenizers.SentencePieceModel.Piece;
import org.jspecify.annotations.Nullable;

/**
 * A SentencePiece model alone, as {@code SentencePieceProcessor} of google/sentencepiece: the names of control pieces
 * ({@code <s>}) written in a text are ordinary characters here.
 */
public final class SentencePieceTokenizer implements Tokenizer {
    private final SentencePieceModel model;
    private final Vocabulary vocabulary;
    private final Normalizer normalizer;
    private final @Nullable Normalizer denormalizer;
    private final Segmenter segmenter;

    /** @throws IllegalArgumentException if the model contradicts itself or uses an algorithm that is not there */
    public SentencePieceTokenizer(SentencePieceModel model) {
        this.model = model;
        this.vocabulary = new Vocabulary(model);
        PrefixMatcher userDefined = new PrefixMatcher(vocabulary.userDefined());
        this.normalizer = new Normalizer(model.source(), model.normalizer(), model.whitespaceAsSuffix(), userDefined);
        NormalizerSpec denormalizing = model.denormalizer();
        this.denormalizer = denormalizing.charsMap().length == 0
                ? null
                : new Normalizer(model.source(), denormalizing, false, new PrefixMatcher(List.of()));
        this.segmenter = switch (model.algorithm()) {
            case BPE -> new BpeEncoder(vocabulary, userDefined);
            case UNIGRAM -> UnigramEncoder.of(vocabulary);
            case WORD -> new WordLookup(vocabulary, model.whitespaceAsSuffix());
            case CHAR ->
                throw new IllegalArgumentException(model.source() + ": model_type " + model.algorithm()
                        + " is not supported, expected UNIGRAM, BPE or WORD");
        };
    }

    SentencePieceModel model() {
        return model;
    }

    @Override
    public int[] encode(String text) {
        String normalized = normalizer.normalize(text);
        IntStream.Builder ids = IntStream.builder();
        boolean afterUnknown = false;
        for (Segmenter.Segment segment : segmenter.segment(normalized)) {
            boolean unknown = segment.id() == vocabulary.unkId();
            if (unknown && model.byteFallback()) {
                String surface = normalized.substring(segment.start(), segment.end());
                for (byte b : surface.getBytes(StandardCharsets.UTF_8)) {
                    ids.add(vocabulary.byteId(b));
                }
            } else if (!unknown || !afterUnknown) { // a run of unknown characters is one unknown piece
                ids.add(segment.id());
            }
            afterUnknown = unknown;
        }
        return ids.build().toArray();
    }

    @Override
    public List<String> unknownWords(String text) {
        if (model.byteFallback()) {
            return List.of();
        }
        String normalized = normalizer.normalize(text);
        SequencedSet<String> words = new LinkedHashSet<>();
        for (Segmenter.Segment segment : segmenter.segment(normalized)) {
            if (segment.id() == vocabulary.unkId()) {
                words.add(wordAround(normalized, segment));
            }
        }
        return List.copyOf(words);
    }

    private static String wordAround(String normalized, Segmenter.Segment segment) {
        String inside = normalized.substring(segment.start(), segment.end());
        int start = segment.start();
        int end = segment.end();
        while (inside.charAt(0) != Normalizer.SPACE_SYMBOL
                && start > 0
                && normalized.charAt(start - 1) != Normalizer.SPACE_SYMBOL) {
            start--;
        }
        while (end < normalized.length() && normalized.charAt(end) != Normalizer.SPACE_SYMBOL) {
            end++;
        }
        return normalized.substring(start, end).replace(String.valueOf(Normalizer.SPACE_SYMBOL), "");
    }

    @Override
    public List<String> words() {
        return model.algorithm() == Algorithm.WORD ? vocabulary.words() : List.of();
    }

    /** The end where there is such a piece in a unigram model (T5), the beginning in all others (LLaMA). */
    @Override
    public SpecialTokens specialTokens() {
        boolean atEnd = model.algorithm() == Algorithm.UNIGRAM;
        int id = atEnd ? eosId() : bosId();
        List<Integer> ids = id < 0 ? List.of() : List.of(id);
        return new SpecialTokens(atEnd ? List.of() : ids, atEnd ? ids : List.of(), false, false);
    }

    @Override
    public StreamDecoder streamDecoder(boolean skipSpecial) {
        StreamDecoder decoder = new PieceDecoder(id -> render(id, skipSpecial), leadingSpace());
        return denormalizer == null ? decoder : new DeferredDecoder(decoder, denormalizer::normalize);
    }

    LeadingSpace leadingSpace() {
        NormalizerSpec spec = model.normalizer();
        return spec.removeExtraWhitespaces()
                ? LeadingSpace.STRIP_ALL
                : spec.addDummyPrefix() ? LeadingSpace.STRIP_ONE : LeadingSpace.KEEP;
    }

    Rendered render(int id, boolean skipSpecial) {
        if (id < 0 || id >= vocabulary.size()) {
            return new Rendered.Nothing();
        }
        Piece piece = vocabulary.piece(id);
        return switch (piece.type()) {
            case NORMAL, USER_DEFINED, UNUSED -> new Rendered.Text(piece.text().replace(Normalizer.SPACE_SYMBOL, ' '));
            case BYTE -> new Rendered.RawByte((byte) Vocabulary.byteValue(piece.text()));
            case UNKNOWN -> skipSpecial ? new Rendered.Nothing() : new Rendered.Literal(model.unkSurface());
            // A control piece shows nothing, but it ends a character of which bytes are missing.
            case CONTROL -> skipSpecial ? new Rendered.Nothing() : new Rendered.Literal("");
        };
    }

    @Override
    public int vocabSize() {
        return vocabulary.size();
    }

    @Override
    public String piece(int id) {
        if (id < 0 || id >= vocabulary.size()) {
            throw new IllegalArgumentException(
                    model.source() + ": no piece " + id + ", expected 0 to " + (vocabulary.size() - 1));
        }
        return vocabulary.piece(id).text();
    }

    @Override
    public int id(String piece) {
        return vocabulary.id(piece);
    }

    @Override
    public int bosId() {
        return vocabulary.controlId(model.bosPiece());
    }

    @Override
    public int eosId() {
        return vocabulary.controlId(model.eosPiece());
    }

    @Override
    public int unkId() {
        return vocabulary.unkId();
    }

    @Override
    public int padId() {
        return vocabulary.controlId(model.padPiece());
    }
}
