package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.tokenizers.SentencePieceModel.PieceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of segmentation, each on a vocabulary made for it, and awkward texts. */
class EncodingTest {
    private final Tokenizer llava = Tokenizers.load(Shared.resource("llava"));

    @Test
    void bestScoreFirstThenLeftmost() {
        Tokenizer tokenizer = TinyModel.bpe()
                .piece("▁", -9)
                .piece("a", -9)
                .piece("ab", -2)
                .piece("bc", -1)
                .piece("aa", -3)
                .tokenizer();
        assertThat(pieces(tokenizer, "abc")).containsExactly("▁", "a", "bc");
        assertThat(pieces(tokenizer, "aaa")).containsExactly("▁", "aa", "a");
    }

    @Test
    void unusedPiecesAreTakenApartAgain() {
        Tokenizer tokenizer = TinyModel.bpe()
                .piece("▁", -9)
                .piece("a", -9)
                .piece("b", -9)
                .piece("c", -9)
                .piece("ab", -1, PieceType.UNUSED)
                .piece("abc", -2)
                .tokenizer();
        assertThat(pieces(tokenizer, "ab")).containsExactly("▁", "a", "b");
        assertThat(pieces(tokenizer, "abc")).containsExactly("▁", "abc");
    }

    @Test
    void userDefinedSymbolsComeFirstAndStayWhole() {
        Tokenizer tokenizer = TinyModel.bpe()
                .piece("▁", -9)
                .piece("a", -9)
                .piece("b", -9)
                .piece("aa", -1)
                .piece("ab", 0, PieceType.USER_DEFINED)
                .piece("abab", 0, PieceType.USER_DEFINED)
                .tokenizer();
        assertThat(pieces(tokenizer, "aabaababab")).containsExactly("▁", "a", "ab", "a", "abab", "ab");
    }

    @Test
    void unknownCharactersFuseUnlessTheyFallBackToBytes() {
        Tokenizer plain = TinyModel.bpe().piece("▁", -9).piece("a", -9).tokenizer();
        assertThat(pieces(plain, "日本a語")).containsExactly("▁", "<unk>", "a", "<unk>");
        assertThat(plain.decode(plain.encode("日本a語"), false)).isEqualTo(" \u2047 a \u2047 ");
        Tokenizer bytes = TinyModel.bpe().byteFallback().piece("▁", -9).tokenizer();
        assertThat(pieces(bytes, "é")).containsExactly("▁", "<0xC3>", "<0xA9>");
    }

    @Test
    void namesOfControlPiecesAreOrdinaryTextForTheModelAlone() {
        Tokenizer alone = Tokenizers.load(Shared.resource("llava/tokenizer.model"));
        assertThat(alone.encode("<s>a</s><unk><0x41>")).doesNotContain(0, 1, 2);
        assertThat(alone.decode(alone.encode("<s>a</s><unk><0x41>"), true)).isEqualTo("<s>a</s><unk><0x41>");
        assertThat(llava.encode("<s></s><unk>")).containsExactly(1, 2, 0);
        assertThat(pieces(llava, "a</s>b")).containsExactly("▁a", "</s>", "▁b");
    }

    @Test
    void emptyAndBlank() {
        assertThat(llava.encode("")).isEmpty();
        assertThat(llava.encode("", true)).containsExactly(1);
        assertThat(llava.decode(new int[0], true)).isEmpty();
        for (String blank : new String[] {" ", "  ", "\n", "\t ", "\u3000", "\u0000", "a\u0000b"}) {
            assertThat(llava.decode(llava.encode(blank), false)).isEqualTo(blank);
        }
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() {
        String lone = new String(new char[] {'a', '\uD83D', 'b', '\uDE00'});
        assertThat(llava.decode(llava.encode(lone), false)).isEqualTo("a\uFFFDb\uFFFD");
        assertThat(llava.decode(llava.encode("🙂"), false)).isEqualTo("🙂");
    }

    /** A quadratic encoder would not come back from this within the life of a test. */
    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "ab", "<s>", "the cat ", "é", "🙂", "\u0000", "<"})
    void longTexts(String unit) {
        String text = unit.repeat(100_000 / unit.length());
        Tokenizer json = Tokenizers.load(Shared.resource("llava/tokenizer.json"));
        int[] ids = llava.encode(text);
        assertThat(json.encode(text)).isEqualTo(ids);
        assertThat(llava.decode(ids, false)).isEqualTo(text);
    }

    @Test
    void idsOutside() {
        assertThat(llava.decode(new int[] {-200, 1 << 20, 622}, false)).isEmpty();
        assertThat(llava.id("no such piece")).isEqualTo(-1);
        assertThatThrownBy(() -> llava.piece(622)).isInstanceOf(IllegalArgumentException.class);
    }

    /** {@code legacy: false}: one prefix for the text, none behind special tokens. */
    @Test
    void notLegacy(@TempDir Path directory) throws IOException {
        Files.copy(Shared.resource("llava/tokenizer.model"), directory.resolve("tokenizer.model"));
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"legacy\": false, \"add_eos_token\": true}");
        Files.writeString(directory.resolve("added_tokens.json"), "{\"<image>\": 620}");
        Tokenizer modern = Tokenizers.load(directory);
        assertThat(pieces(modern, "a\n<image>\na")).containsExactly("▁a", "<0x0A>", "<image>", "<0x0A>", "a");
        assertThat(pieces(modern, "<s>a")).containsExactly("<s>", "a");
        assertThat(pieces(modern, "<s> a")).containsExactly("<s>", "▁a");
        assertThat(modern.encode("", true)).containsExactly(1, 2);
    }

    @Test
    void flagsOfAddedTokens(@TempDir Path directory) throws IOException {
        Files.copy(Shared.resource("llava/tokenizer.model"), directory.resolve("tokenizer.model"));
        Files.writeString(directory.resolve("tokenizer_config.json"), """
                {"bos_token": {"content": "<s>"}, "eos_token": "</s>", "unk_token": null, "pad_token": "<new>", "legacy": null,
                 "added_tokens_decoder": {
                  "620": {"content": "<l>", "lstrip": true}, "621": {"content": "<r>", "rstrip": true},
                  "622": {"content": "word", "single_word": true}, "623": {"content": "<ll>", "special": true}}}
                """);
        Tokenizer tokenizer = Tokenizers.load(directory);
        assertThat(pieces(tokenizer, "a  <l> <r>  a")).containsExactly("▁a", "<l>", "▁▁", "<r>", "▁a");
        assertThat(pieces(tokenizer, "word <ll>")).containsExactly("word", "▁▁", "<ll>");
        assertThat(tokenizer.encode("words sword word_")).doesNotContain(622);
        assertThat(tokenizer.padId()).isEqualTo(624);
        assertThat(tokenizer.unkId()).isEqualTo(-1);
        assertThat(tokenizer.decode(new int[] {620, 623, 622}, true)).isEqualTo("<l>word");
    }

    /** The pre-tokeniser of newer files: no second ▁ in front, and with {@code first} only at the very start. */
    @ParameterizedTest
    @ValueSource(strings = {"first", "always", "never"})
    void metaspace(String scheme, @TempDir Path directory) throws IOException {
        String pre = "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"split\": false, \"prepend_scheme\": \""
                + scheme + "\"}";
        String json = Files.readString(Shared.resource("llava/tokenizer.json"))
                .replaceFirst("(?s)\"normalizer\": \\{.*?\"pre_tokenizer\": null", "\"pre_tokenizer\": " + pre);
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, json);
        Tokenizer tokenizer = Tokenizers.load(file);
        boolean always = scheme.equals("always");
        String first = scheme.equals("never") ? "a" : "▁a";
        assertThat(pieces(tokenizer, "a<s>a")).containsExactly(first, "<s>", always ? "▁a" : "a");
        assertThat(pieces(tokenizer, " a")).containsExactly("▁a");
    }

    private static String[] pieces(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        String[] pieces = new String[ids.length];
        for (int i = 0; i < ids.length; i++) {
            pieces[i] = tokenizer.piece(ids[i]);
        }
        return pieces;
    }
}
