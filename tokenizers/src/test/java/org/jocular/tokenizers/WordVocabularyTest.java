package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jocular.tokenizers.SentencePieceModel.Algorithm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a vocabulary of words, written and read again. */
class WordVocabularyTest {
    private static final WordVocabulary WORDS = new WordVocabulary(
            List.of("<image>", "<img>", "</img>", "<user>"),
            List.of("what", "color", "is", "the", "circle", "circles", "a", "an", "(a)", "(b)", ".", ",", ":", "two"),
            WordVocabulary.plainText());

    @TempDir
    private Path directory;

    private Tokenizer llama;

    @BeforeEach
    void write() {
        WORDS.writeLlama(directory);
        llama = Tokenizers.load(directory);
    }

    private static List<String> pieces(Tokenizer tokenizer, int[] ids) {
        return Arrays.stream(ids).mapToObj(tokenizer::piece).toList();
    }

    private List<String> pieces(String text) {
        return pieces(llama, llama.encode(text));
    }

    @Test
    void idsAreMarksThenWords() {
        assertThat(pieces(llama, IntStream.range(0, llama.vocabSize()).toArray()))
                .startsWith("<unk>", "<s>", "</s>", "<image>", "<img>", "</img>", "<user>", "▁what")
                .endsWith("▁two")
                .hasSize(3 + 4 + 14);
        assertThat(llama.bosId()).isEqualTo(1);
        assertThat(llama.eosId()).isEqualTo(2);
        assertThat(llama.unkId()).isZero();
        assertThat(llama.padId()).isEqualTo(-1);
    }

    /** A mark eats no space and leaves none behind: what follows it is words alone. */
    @Test
    void marksAndWordsOfAPrompt() {
        String prompt = "<img><image></img><user> What color is the circle?";
        assertThat(llama.encode(prompt)).containsExactly(4, 3, 5, 6, 7, 8, 9, 10, 11);
        assertThat(llama.encode(prompt, true)).containsExactly(1, 4, 3, 5, 6, 7, 8, 9, 10, 11);
        assertThat(pieces("the circle</s><user> what")).containsExactly("▁the", "▁circle", "</s>", "<user>", "▁what");
        assertThat(pieces("<user>what <image> <img>")).containsExactly("<user>", "▁what", "<image>", "<img>");
    }

    @Test
    void signsStandAlone() {
        assertThat(pieces("TWO circles: a, the (a) circle.\n"))
                .containsExactly("▁two", "▁circles", "▁:", "▁a", "▁,", "▁the", "▁(a)", "▁circle", "▁.");
        assertThat(pieces("What?(b)")).containsExactly("▁what", "▁(b)");
        assertThat(pieces(" ? \n ")).isEmpty();
    }

    /** "another" begins with "an", "circled" with "circle": neither may become a known word and a rest. */
    @Test
    void anUnknownWordIsUnknownAsAWhole() {
        assertThat(pieces("another circle")).containsExactly("<unk>", "▁circle");
        assertThat(pieces("the circled")).containsExactly("▁the", "<unk>");
        assertThat(pieces("thecircle a (c)")).containsExactly("<unk>", "▁a", "<unk>");
        assertThat(pieces("a Ελλάς ⭕ two")).as("a run is one").containsExactly("▁a", "<unk>", "▁two");
    }

    @Test
    void unknownWords() {
        assertThat(llama.words()).isEqualTo(WORDS.words());
        assertThat(llama.unknownWords("<user> What COLOR is the circle?")).isEmpty();
        assertThat(llama.unknownWords("<user> Is the Zebra another zebra, or two dogs? <img>"))
                .containsExactly("zebra", "another", "or", "dogs");
        assertThat(llama.unknownWords("")).isEmpty();
        Path folder = directory.resolve("qformer_tokenizer");
        WORDS.writeBert(folder);
        Tokenizer bert = Tokenizers.load(folder);
        assertThat(bert.unknownWords("<user> Is the Zebra (c)?")).containsExactly("zebra", "c");
        assertThat(bert.words()).isEmpty();
    }

    /** Pieces that are no words: the word of which some character has no piece. */
    @Test
    void unknownWordsOfOtherVocabularies() {
        Tokenizer unigram = TinyModel.of(Algorithm.UNIGRAM)
                .piece("▁", -1)
                .piece("a", -2)
                .piece("b", -2)
                .tokenizer();
        assertThat(unigram.unknownWords("ab a日b 日 bé 本 ba")).containsExactly("a日b", "日", "bé", "本");
        assertThat(unigram.words()).isEmpty();
        assertThat(TinyModel.bpe().byteFallback().tokenizer().unknownWords("日本"))
                .isEmpty();
        assertThat(Tokenizers.load(Shared.resource("llava")).unknownWords("zebra 日本"))
                .isEmpty();
        assertThat(Tokenizers.load(Shared.resource("opt")).unknownWords("zebra 日本"))
                .isEmpty();
        assertThat(Tokenizers.load(Shared.resource("clip")).unknownWords("zebra 日本"))
                .isEmpty();
        assertThat(Tokenizers.load(Shared.resource("llava/tokenizer.json")).words())
                .isEmpty();
    }

    @Test
    void decoding() {
        int[] ids = llama.encode("<user> two circles. a (a), the circle.</s>");
        assertThat(llama.decode(ids, true)).isEqualTo("two circles. a (a), the circle.");
        assertThat(llama.decode(llama.encode("what color"), false)).isEqualTo("what color");
    }

    /** One prefix for the whole text instead of one a stretch: the same ids. */
    @Test
    void newerLlamaTokenizers() throws IOException {
        Path config = directory.resolve("tokenizer_config.json");
        Files.writeString(config, Files.readString(config).replace("\"legacy\" : true", "\"legacy\" : false"));
        int[] ids = Tokenizers.load(directory).encode("<img><image></img><user> What color is the circle?");
        assertThat(ids).containsExactly(4, 3, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    void bert() {
        Path folder = directory.resolve("qformer_tokenizer");
        WORDS.writeBert(folder);
        Tokenizer bert = Tokenizers.load(folder);
        assertThat(bert.encode("", true)).containsExactly(2, 3);
        assertThat(pieces(bert, bert.encode("<user> What color is the circle?", true)))
                .containsExactly("[CLS]", "<user>", "what", "color", "is", "the", "circle", "?", "[SEP]");
        assertThat(pieces(bert, bert.encode("another (a) circles, the Circle:")))
                .containsExactly("[UNK]", "(", "a", ")", "circles", ",", "the", "circle", ":");
        assertThat(bert.id("[DEC]")).isEqualTo(5);
        assertThat(bert.bosId()).isEqualTo(5);
        assertThat(bert.encode("what is the circle", 5)).as("cut on the left").startsWith(2, bert.id("is"));
    }

    @Test
    void wordsThatAreNeverFound() {
        refused(List.of("Circle"), "the word 'Circle' would never be found: the replacements change it");
        refused(List.of("a?"), "the word 'a?' would never be found");
        refused(List.of("two words"), "a word of the vocabulary is 'two words', expected no spaces");
        refused(List.of(""), "expected no spaces");
        refused(List.of("a", "a"), "the word 'a' is in the vocabulary twice");
        refused(List.of("<s>"), "the word '<s>' is in the vocabulary twice");
    }

    private static void refused(List<String> words, String sentence) {
        assertThatThrownBy(() -> new WordVocabulary(List.of(), words, WordVocabulary.plainText()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }

    /** Rules that begin alike, end in each other, and lie outside of ASCII. */
    @Test
    void rules() {
        Map<String, String> rules = Map.of(
                "a", "1", "ab", "22", "abc", "", "b", "é", "é", "b", "日本", "Japan", "日", " ", "\uD83D\uDE00", ":)");
        CharsMap map = new CharsMap("rules", CharsMapWriter.write(rules));
        assertThat(replaced(map, "abca-ab日日本é\uD83D\uDE00xb")).isEqualTo("1-22 Japanb:)xé");
        assertThat(replaced(map, "\0a\0日\0")).isEqualTo("\0" + "1\0 \0");
    }

    @Test
    void manyRules() {
        Map<String, String> rules = new HashMap<>();
        for (int codePoint = 0x4E00; codePoint < 0x5200; codePoint++) {
            rules.put(Character.toString(codePoint), codePoint + ",");
        }
        CharsMap map = new CharsMap("rules", CharsMapWriter.write(rules));
        rules.forEach((from, to) -> assertThat(replaced(map, from)).isEqualTo(to));
        assertThat(replaced(map, "\u5200")).isEqualTo("\u5200");
    }

    @Test
    void rulesThatCannotBe() {
        assertThatThrownBy(() -> CharsMapWriter.write(Map.of("", "x")))
                .hasMessageContaining("a rule replaces '' by 'x'");
        assertThatThrownBy(() -> CharsMapWriter.write(Map.of("x", "\0"))).hasMessageContaining("without zero bytes");
        assertThat(CharsMapWriter.write(Map.of())).isEmpty();
    }

    private static String replaced(CharsMap map, String text) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            CharsMap.Match match = map.longest(text, at);
            if (match == null) {
                out.append(text.charAt(at++));
            } else {
                out.append(match.replacement());
                at = match.end();
            }
        }
        return out.toString();
    }

    /** What is written is the same every time, byte for byte. */
    @Test
    void sameBytes() {
        WordVocabulary again = new WordVocabulary(WORDS.marks(), WORDS.words(), WordVocabulary.plainText());
        assertThat(again.sentencePiece()).isEqualTo(WORDS.sentencePiece());
        assertThat(new String(WORDS.sentencePiece(), StandardCharsets.UTF_8)).contains("▁circle", "<image>");
    }
}
