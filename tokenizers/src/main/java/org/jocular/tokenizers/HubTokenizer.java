package org.jocular.tokenizers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.AddedTokens.Stretch;
import org.jocular.tokenizers.PieceDecoder.Rendered;
import org.jspecify.annotations.Nullable;

/**
 * A SentencePiece model with Hugging Face's added tokens around it: {@code LlamaTokenizer} ({@code
 * tokenization_llama.py}) and {@code T5Tokenizer} ({@code tokenization_t5.py}), the slow ones.
 */
final class HubTokenizer implements Tokenizer {

    /** What the class of the original does where its JSON files are silent. */
    enum Family {
        /** {@code <s>} in front. */
        LLAMA,
        /** {@code </s>} behind, once; a hundred tokens for masked spans that the model file does not have. */
        T5
    }

    private static final int T5_EXTRA_IDS = 100;

    private final SentencePieceTokenizer pieces;
    private final Family family;
    private final TokenizerConfig config;
    private final AddedTokens added;
    /** Without a dummy prefix; only for {@code legacy: false}. */
    private final @Nullable SentencePieceTokenizer unprefixed;

    private HubTokenizer(SentencePieceTokenizer pieces, Family family, TokenizerConfig config) {
        this.pieces = pieces;
        this.family = family;
        this.config = config;
        List<AddedToken> implied = family == Family.T5 ? extraIds(pieces.vocabSize()) : List.of();
        this.added = new AddedTokens(config.allAdded(pieces, implied));
        this.unprefixed = config.legacy()
                ? null
                : new SentencePieceTokenizer(pieces.model().withoutDummyPrefix());
    }

    /** Reads the JSON files beside {@code model}. */
    static HubTokenizer load(Path model, SentencePieceTokenizer pieces, Family family) {
        Path directory = model.toAbsolutePath().resolveSibling("");
        return new HubTokenizer(pieces, family, TokenizerConfig.read(directory, family));
    }

    /** {@code <extra_id_0>} is the last one: T5 counts its sentinels downwards. */
    private static List<AddedToken> extraIds(int firstId) {
        List<AddedToken> tokens = new ArrayList<>();
        for (int i = 0; i < T5_EXTRA_IDS; i++) {
            int id = firstId + T5_EXTRA_IDS - 1 - i;
            tokens.add(new AddedToken(id, "<extra_id_" + i + ">", true, true, true, false, false));
        }
        return tokens;
    }

    @Override
    public int[] encode(String text) {
        return unprefixed == null ? encodeLegacy(text) : encodeUnprefixed(text, unprefixed);
    }

    /** Every stretch between added tokens is encoded by itself, dummy prefix included: "\n" gives ▁ and {@code <0x0A>}. */
    private int[] encodeLegacy(String text) {
        IntStream.Builder ids = IntStream.builder();
        for (Stretch stretch : added.split(text)) {
            AddedToken token = stretch.token();
            addAll(ids, token == null ? pieces.encode(stretch.text()) : new int[] {token.id()}, 0);
        }
        return ids.build().toArray();
    }

    /** One prefix for the whole text; huggingface/transformers pull request 24565. */
    private int[] encodeUnprefixed(String text, SentencePieceTokenizer unprefixed) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String spaced = text.replace(Normalizer.SPACE_SYMBOL, ' ');
        String prefix = config.addPrefixSpace() ? String.valueOf(Normalizer.SPACE_SYMBOL) : "";
        List<Stretch> stretches = added.split(prefix + spaced);
        IntStream.Builder ids = IntStream.builder();
        for (int i = 0; i < stretches.size(); i++) {
            Stretch stretch = stretches.get(i);
            AddedToken token = stretch.token();
            if (token != null) {
                ids.add(token.id());
                continue;
            }
            AddedToken following =
                    i + 1 < stretches.size() ? stretches.get(i + 1).token() : null;
            boolean prefixAlone = i == 0 && stretch.text().equals(String.valueOf(Normalizer.SPACE_SYMBOL));
            if (prefixAlone && following != null && following.special()) {
                continue; // a text that begins with a special token gets no prefix
            }
            encodeKeepingSpace(ids, stretch.text(), unprefixed);
        }
        return ids.build().toArray();
    }

    /** A leading space hides behind the unknown token's name, or the normaliser might strip it. */
    private void encodeKeepingSpace(IntStream.Builder ids, String text, SentencePieceTokenizer unprefixed) {
        boolean spaceFirst = text.charAt(0) == ' ' || text.charAt(0) == Normalizer.SPACE_SYMBOL;
        String shield = spaceFirst && config.unkToken() != null ? config.unkToken() : "";
        addAll(ids, unprefixed.encode(shield + text), unprefixed.encode(shield).length);
    }

    private static void addAll(IntStream.Builder ids, int[] more, int from) {
        for (int i = from; i < more.length; i++) {
            ids.add(more[i]);
        }
    }

    @Override
    public int[] encode(String text, boolean addSpecial) {
        int[] ids = encode(text);
        if (!addSpecial) {
            return ids;
        }
        boolean hasEos = family == Family.T5 && ids.length > 0 && ids[ids.length - 1] == eosId();
        return SentencePieceTokenizer.surround(
                config.addBos() ? bosId() : -1, ids, config.addEos() && !hasEos ? eosId() : -1);
    }

    @Override
    public StreamDecoder streamDecoder(boolean skipSpecial) {
        return new PieceDecoder(id -> render(id, skipSpecial), pieces.leadingSpace());
    }

    private Rendered render(int id, boolean skipSpecial) {
        AddedToken token = added.byId(id);
        if (token == null) {
            return pieces.render(id, skipSpecial);
        }
        return skipSpecial && token.special() ? new Rendered.Nothing() : new Rendered.Literal(token.content());
    }

    @Override
    public int vocabSize() {
        return added.sizeWith(pieces.vocabSize());
    }

    @Override
    public String piece(int id) {
        AddedToken token = added.byId(id);
        return token == null ? pieces.piece(id) : token.content();
    }

    @Override
    public int id(String piece) {
        AddedToken token = added.byContent(piece);
        return token == null ? pieces.id(piece) : token.id();
    }

    private int id(@Nullable String role, int none) {
        return role == null ? none : id(role);
    }

    @Override
    public int bosId() {
        return id(config.bosToken(), -1);
    }

    @Override
    public int eosId() {
        return id(config.eosToken(), -1);
    }

    @Override
    public int unkId() {
        return id(config.unkToken(), -1);
    }

    @Override
    public int padId() {
        return id(config.padToken(), -1);
    }
}
