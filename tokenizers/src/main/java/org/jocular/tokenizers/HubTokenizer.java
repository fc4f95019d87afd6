package org.jocular.tokenizers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.AddedTokens.Stretch;
import org.jspecify.annotations.Nullable;

/**
 * A SentencePiece model with Hugging Face's added tokens around it: {@code LlamaTokenizer} ({@code
 * tokenization_llama.py}) and {@code T5Tokenizer} ({@code tokenization_t5.py}), the slow ones.
 */
final class HubTokenizer implements Tokenizer {

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
        this.added = new AddedTokens(config.allAdded(pieces.vocabSize(), pieces::id, implied));
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
        String unknown = config.role("unk_token");
        String shield = spaceFirst && unknown != null ? unknown : "";
        addAll(ids, unprefixed.encode(shield + text), unprefixed.encode(shield).length);
    }

    private static void addAll(IntStream.Builder ids, int[] more, int from) {
        for (int i = from; i < more.length; i++) {
            ids.add(more[i]);
        }
    }

    @Override
    public List<String> unknownWords(String text) {
        return added.split(text).stream()
                .filter(stretch -> stretch.token() == null)
                .flatMap(stretch -> pieces.unknownWords(stretch.text()).stream())
                .distinct()
                .toList();
    }

    @Override
    public List<String> words() {
        return pieces.words();
    }

    @Override
    public SpecialTokens specialTokens() {
        return family.specialTokens(config, this::roleId);
    }

    @Override
    public StreamDecoder streamDecoder(boolean skipSpecial) {
        StreamDecoder decoder = new PieceDecoder(id -> render(id, skipSpecial), pieces.leadingSpace());
        return CleanUpDecoder.around(decoder, config.cleanUp());
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

    private int roleId(String role) {
        String token = config.role(role);
        return token == null ? -1 : id(token);
    }

    @Override
    public int bosId() {
        return roleId("bos_token");
    }

    @Override
    public int eosId() {
        return roleId("eos_token");
    }

    @Override
    public int unkId() {
        return roleId("unk_token");
    }

    @Override
    public int padId() {
        return roleId("pad_token");
    }
}
