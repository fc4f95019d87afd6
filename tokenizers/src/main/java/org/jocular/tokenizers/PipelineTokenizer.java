package org.jocular.tokenizers;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.AddedTokens.Stretch;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of huggingface/tokenizers: added tokens are cut out, the rest is normalised, cut into words, and each
 * word goes through the model. {@link TokenizerJson}, {@link BytePairFiles} and {@link WordPieceFiles} put it together.
 */
final class PipelineTokenizer implements Tokenizer {
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
    record Roles(int bos, int eos, int unk, int pad) {
        static Roles of(TokenizerConfig config, List<AddedToken> added, Map<String, Integer> vocabulary) {
            Map<String, Integer> ids = new HashMap<>(vocabulary);
            added.forEach(token -> ids.put(token.content(), token.id()));
            return new Roles(
                    ids.getOrDefault(config.role("bos_token"), -1),
                    ids.getOrDefault(config.role("eos_token"), -1),
                    ids.getOrDefault(config.role("unk_token"), -1),
                    ids.getOrDefault(config.role("pad_token"), -1));
        }
    }

    /** @param source the file, for messages */
    record Parts(
            Path source,
            List<AddedToken> addedTokens,
            UnaryOperator<String> normalizer,
            PreTokenizer preTokenizer,
            WordModel model,
            SpecialTokens specialTokens,
            Rendered.Decoding decoding,
            Roles roles) {}

    PipelineTokenizer(Parts parts) {
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
        walk(text, ids::add, word -> IntStream.of(parts.model.encode(word)).forEach(ids::add));
        return ids.build().toArray();
    }

    @Override
    public List<String> unknownWords(String text) {
        SequencedSet<String> words = new LinkedHashSet<>();
        int unknown = parts.model.unknown();
        walk(text, token -> {}, word -> {
            if (unknown >= 0 && IntStream.of(parts.model.encode(word)).anyMatch(id -> id == unknown)) {
                words.add(word.replace(String.valueOf(Normalizer.SPACE_SYMBOL), ""));
            }
        });
        return List.copyOf(words);
    }

    /** Added tokens and words of a text, in order. */
    private void walk(String text, IntConsumer token, Consumer<String> word) {
        for (Stretch stretch : inRawText.split(Normalizer.wellFormed(text))) {
            if (stretch.token() != null) {
                token.accept(stretch.token().id());
                continue;
            }
            for (Stretch part : inNormalizedText.split(parts.normalizer.apply(stretch.text()))) {
                if (part.token() != null) {
                    token.accept(part.token().id());
                    continue;
                }
                boolean atStart = stretch.start() == 0 && part.start() == 0;
                parts.preTokenizer.words(part.text(), atStart).forEach(word);
            }
        }
    }

    @Override
    public SpecialTokens specialTokens() {
        return parts.specialTokens;
    }

    @Override
    public StreamDecoder streamDecoder(boolean skipSpecial) {
        return parts.decoding.open(id -> render(id, skipSpecial));
    }

    private Rendered render(int id, boolean skipSpecial) {
        AddedToken token = added.byId(id);
        if (token != null) {
            return skipSpecial && token.special() ? new Rendered.Nothing() : new Rendered.Literal(token.content());
        }
        String piece = id < 0 || id >= pieces.length ? null : pieces[id];
        return piece == null ? new Rendered.Nothing() : new Rendered.Text(piece);
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
