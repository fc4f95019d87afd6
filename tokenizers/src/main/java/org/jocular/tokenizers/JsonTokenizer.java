package org.jocular.tokenizers;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.AddedTokens.Stretch;
import org.jocular.tokenizers.PieceDecoder.LeadingSpace;
import org.jocular.tokenizers.PieceDecoder.Rendered;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of a {@code tokenizer.json}: added tokens are cut out, the rest is normalised, cut into words, and each
 * word goes through the model; huggingface/tokenizers. {@link TokenizerJson} reads it.
 *
 * <p>Decoding follows SentencePiece ({@link PieceDecoder}), so that it can stream; huggingface/tokenizers itself turns a
 * whole run of byte pieces into U+FFFD when one of them is broken.
 */
final class JsonTokenizer implements Tokenizer {
    private final Parts parts;
    private final @Nullable String[] pieces;
    private final AddedTokens added;
    private final AddedTokens inRawText;
    private final AddedTokens inNormalizedText;

    /** Cuts normalised text into words. */
    interface PreTokenizer {
        /** {@code atStart} where the whole text begins with {@code text}. */
        List<String> words(String text, boolean atStart);
    }

    /** Ids of special tokens, -1 for none. */
    record Roles(int bos, int eos, int unk, int pad) {}

    /**
     * @param before ids that go before a text
     * @param after ids that go behind it
     */
    record Parts(
            String source,
            List<AddedToken> addedTokens,
            UnaryOperator<String> normalizer,
            PreTokenizer preTokenizer,
            MergeBpeModel model,
            LeadingSpace leadingSpace,
            List<Integer> before,
            List<Integer> after,
            Roles roles) {}

    JsonTokenizer(Parts parts) {
        this.parts = parts;
        this.added = new AddedTokens(parts.addedTokens);
        this.inRawText = new AddedTokens(
                parts.addedTokens.stream().filter(token -> !token.normalized()).toList());
        // Their content is normalised as well: with a prepended ▁ they match behind a space only, as in the original.
        this.inNormalizedText = new AddedTokens(parts.addedTokens.stream()
                .filter(AddedToken::normalized)
                .map(token -> token.withContent(parts.normalizer.apply(token.content())))
                .toList());
        int size = 0;
        for (int id : parts.model.vocabulary().values()) {
            size = Math.max(size, id + 1);
        }
        this.pieces = new @Nullable String[size];
        parts.model.vocabulary().forEach((piece, id) -> pieces[id] = piece);
    }

    @Override
    public int[] encode(String text) {
        IntStream.Builder ids = IntStream.builder();
        for (Stretch stretch : inRawText.split(Normalizer.wellFormed(text))) {
            if (stretch.token() != null) {
                ids.add(stretch.token().id());
                continue;
            }
            for (Stretch part : inNormalizedText.split(parts.normalizer.apply(stretch.text()))) {
                if (part.token() != null) {
                    ids.add(part.token().id());
                    continue;
                }
                boolean atStart = stretch.start() == 0 && part.start() == 0;
                for (String word : parts.preTokenizer.words(part.text(), atStart)) {
                    IntStream.of(parts.model.encode(word)).forEach(ids::add);
                }
            }
        }
        return ids.build().toArray();
    }

    @Override
    public int[] encode(String text, boolean addSpecial) {
        int[] ids = encode(text);
        return addSpecial
                ? Stream.of(ints(parts.before), ids, ints(parts.after))
                        .flatMapToInt(IntStream::of)
                        .toArray()
                : ids;
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public StreamDecoder streamDecoder(boolean skipSpecial) {
        return new PieceDecoder(id -> render(id, skipSpecial), parts.leadingSpace);
    }

    private Rendered render(int id, boolean skipSpecial) {
        AddedToken token = added.byId(id);
        if (token != null) {
            return skipSpecial && token.special() ? new Rendered.Nothing() : new Rendered.Literal(token.content());
        }
        String piece = id < 0 || id >= pieces.length ? null : pieces[id];
        if (piece == null) {
            return new Rendered.Nothing();
        }
        int value = parts.model.byteFallback() ? Vocabulary.byteValue(piece) : -1;
        return value >= 0
                ? new Rendered.RawByte((byte) value)
                : new Rendered.Text(piece.replace(Normalizer.SPACE_SYMBOL, ' '));
    }

    @Override
    public int vocabSize() {
        return added.sizeWith(pieces.length);
    }

    @Override
    public String piece(int id) {
        AddedToken token = added.byId(id);
        String piece = token != null ? token.content() : id < 0 || id >= pieces.length ? null : pieces[id];
        if (piece == null) {
            throw new IllegalArgumentException(
                    parts.source + ": no piece " + id + ", expected 0 to " + (vocabSize() - 1));
        }
        return piece;
    }

    @Override
    public int id(String piece) {
        AddedToken token = added.byContent(piece);
        return token != null ? token.id() : parts.model.vocabulary().getOrDefault(piece, -1);
    }

    @Override
    public int bosId() {
        return parts.roles.bos;
    }

    @Override
    public int eosId() {
        return parts.roles.eos;
    }

    @Override
    public int unkId() {
        return parts.roles.unk;
    }

    @Override
    public int padId() {
        return parts.roles.pad;
    }
}
