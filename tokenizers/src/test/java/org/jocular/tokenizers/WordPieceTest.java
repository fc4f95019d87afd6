package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BERT's words and pieces, the settings of its tokenizer, and cutting what is too long. */
class WordPieceTest {
    private static final String VOCABULARY =
            "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\nA\na\n##b\ne\né\n日\n本\n.\n'\nUn\n^\nn\n##n\n";

    private final Tokenizer qFormer = Tokenizers.load(Shared.resource("qformer"));

    private static Tokenizer tokenizer(Path directory, String config) throws IOException {
        Files.writeString(directory.resolve("vocab.txt"), VOCABULARY);
        Files.writeString(directory.resolve("tokenizer_config.json"), config);
        return Tokenizers.load(directory);
    }

    private static String pieces(Tokenizer tokenizer, String text) {
        StringBuilder pieces = new StringBuilder();
        for (int id : tokenizer.encode(text)) {
            pieces.append(pieces.isEmpty() ? "" : " ").append(tokenizer.piece(id));
        }
        return pieces.toString();
    }

    @Test
    void longestPieceFirst(@TempDir Path directory) throws IOException {
        Tokenizer tokenizer = tokenizer(directory, "{}");
        assertThat(pieces(tokenizer, "unaffable")).isEqualTo("un ##aff ##able");
        assertThat(pieces(tokenizer, "UNAFFABLE.")).isEqualTo("un ##aff ##able .");
        assertThat(pieces(tokenizer, "unaffablex")).isEqualTo("[UNK]");
        assertThat(pieces(tokenizer, "日本a日")).isEqualTo("日 本 a 日");
        assertThat(pieces(tokenizer, "é e\u0301 É\u0323")).isEqualTo("e e e");
        assertThat(pieces(tokenizer, "a^a'a")).isEqualTo("a ^ a ' a");
        assertThat(pieces(tokenizer, "a\u0000\u200B\uFFFDb \u00A0\u3000a")).isEqualTo("a ##b a");
        assertThat(pieces(tokenizer, "a" + "b".repeat(99))).hasSize(1 + 99 * 4);
        assertThat(pieces(tokenizer, "a" + "b".repeat(100))).isEqualTo("[UNK]");
        assertThat(pieces(tokenizer, "a[MASK]b[mask]")).isEqualTo("a [MASK] [UNK] [UNK] [UNK] [UNK]");
    }

    @Test
    void settings(@TempDir Path directory) throws IOException {
        assertThat(pieces(tokenizer(directory, "{\"do_lower_case\": false}"), "Un un A É é e\u0301"))
                .isEqualTo("Un un A [UNK] é é");
        assertThat(pieces(tokenizer(directory, "{\"strip_accents\": false}"), "A É e\u0301"))
                .isEqualTo("a é é");
        assertThat(pieces(tokenizer(directory, "{\"tokenize_chinese_chars\": false}"), "日本"))
                .isEqualTo("[UNK]");
        assertThat(tokenizer(directory, "{\"pad_token\": \"<new>\"}").padId()).isEqualTo(21);
        assertThat(tokenizer(directory, "{\"pad_token\": null}").padId()).isEqualTo(-1);
        assertThatThrownBy(() -> tokenizer(directory, "{\"never_split\": [\"a\"]}"))
                .hasMessageEndingWith(
                        "never_split is [\"a\"], expected none, since special tokens are never split anyway");
        assertThatThrownBy(() -> tokenizer(directory, "{\"do_basic_tokenize\": false}"))
                .hasMessageEndingWith("do_basic_tokenize is false, expected true");
    }

    /** {@code [DEC]} begins the Q-Former's captions in training; nothing here ever puts it in front. */
    @Test
    void qFormer() {
        assertThat(new int[] {qFormer.bosId(), qFormer.eosId(), qFormer.unkId(), qFormer.padId()})
                .containsExactly(330, -1, 1, 0);
        assertThat(qFormer.encode("", true)).containsExactly(2, 3);
        assertThat(qFormer.encode("[DEC][CLS]")).containsExactly(330, 2);
        assertThat(qFormer.vocabSize()).isEqualTo(331);
        assertThat(qFormer.decode(qFormer.encode("What 's it , a dog ?", true), true))
                .isEqualTo("what's it, a dog?");
        assertThat(qFormer.decode(qFormer.encode("What", true), false)).isEqualTo("[CLS] what [SEP]");
    }

    @Test
    void tooLong(@TempDir Path directory) throws IOException {
        String text = "a b ".repeat(100);
        int[] all = qFormer.encode(text);
        int[] cut = qFormer.encode(text, 128);
        assertThat(cut).hasSize(128).startsWith(2).endsWith(3);
        assertThat(Arrays.copyOfRange(cut, 1, 127))
                .as("the end stays")
                .isEqualTo(Arrays.copyOfRange(all, all.length - 126, all.length));
        int[] right = tokenizer(directory, "{}").encode("un a", 3);
        assertThat(right).as("the beginning stays").containsExactly(2, 5, 3);
        assertThat(qFormer.encode("a", 2)).containsExactly(2, 3);
        assertThatThrownBy(() -> qFormer.encode("a", 1)).hasMessageContaining("no room for the 2 special tokens");
        Tokenizer llava = Tokenizers.load(Shared.resource("llava"));
        assertThat(llava.encode("a photo", 2)).isEqualTo(Arrays.copyOf(llava.encode("a photo", true), 2));
    }

    /** Words given out one behind the other are cleaned as the whole text is. */
    @Test
    void cleanUp() {
        String[] parts = {" .", " ,", " '", " ' ", "n't", " n't", " 's", " 're", " ", "  ", "x", "'", ".", "re", " s"};
        Random random = new Random(9);
        for (int run = 0; run < 20_000; run++) {
            int[] ids = random.ints(12, 0, parts.length).toArray();
            StringBuilder whole = new StringBuilder();
            StringBuilder chunks = new StringBuilder();
            StreamDecoder decoder = CleanUpDecoder.around(
                    new StreamDecoder() {
                        @Override
                        public String feed(int id) {
                            return parts[id];
                        }

                        @Override
                        public String flush() {
                            return "";
                        }
                    },
                    true);
            for (int id : ids) {
                whole.append(parts[id]);
                chunks.append(decoder.feed(id));
            }
            assertThat(chunks.append(decoder.flush()).toString())
                    .as(whole.toString())
                    .isEqualTo(CleanUpDecoder.cleaned(whole.toString()));
        }
    }
}
