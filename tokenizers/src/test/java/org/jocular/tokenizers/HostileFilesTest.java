package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken vocabularies, merges and settings are refused in one sentence that names the file and the place. */
class HostileFilesTest {
    @TempDir
    private Path directory;

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content, StandardCharsets.UTF_8);
    }

    /** The sentence begins with the file and ends with {@code end}. */
    private void refused(String file, String end) {
        assertThatThrownBy(() -> Tokenizers.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith(directory.resolve(file) + ": ")
                .endsWith(end)
                .hasSizeLessThan(300 + directory.toString().length())
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "[]                     | expected a JSON object, found ARRAY",
                "7                      | expected a JSON object, found NUMBER",
                "{}                     | {}, expected an object with pieces and their ids",
                "{\"a\": -1}            | a is -1, expected an id from 0 to 16777216",
                "{\"a\": 2147483648}    | a is 2147483648, expected an id from 0 to 16777216",
                "{\"a\": 16777217}      | a is 16777217, expected an id from 0 to 16777216",
                "{\"a\": 0.5}           | a is 0.5, expected an id from 0 to 16777216",
                "{\"a\": \"0\"}         | a is \"0\", expected an id from 0 to 16777216",
                "{\"a\": null}          | a is null, expected an id from 0 to 16777216",
                "{\"a\": 0, \"b\": 0}   | b is 0, expected an id of its own, not that of 'a'",
            })
    void vocabJson(String json, String end) throws IOException {
        write("vocab.json", json);
        write("merges.txt", "#version: 0.2\na b\n");
        refused("vocab.json", end);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\": 0", "{\"a\": 0}}", "{\"a\": NaN}", "\u0000", "#version: 0.2", "{'a': 0}"})
    void vocabJsonThatIsNone(String json) throws IOException {
        write("vocab.json", json);
        write("merges.txt", "a b\n");
        refused("vocab.json", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''              | the file is empty",
                "#version: 0.2   | no merges in it",
                "a b             | line 1 is 'a b', expected two pieces of the vocabulary whose concatenation is one too",
                "a c             | line 1 is 'a c', expected two pieces of the vocabulary whose concatenation is one too",
                "a a a           | line 1 is 'a a a', expected two pieces of the vocabulary whose concatenation is one too",
                "a               | line 1 is 'a', expected two pieces of the vocabulary whose concatenation is one too",
            })
    void merges(String merges, String end) throws IOException {
        write("vocab.json", "{\"a\": 0, \"b\": 1, \"aa\": 2, \"</s>\": 3}");
        write("merges.txt", merges);
        refused("merges.txt", end);
    }

    @Test
    void notUtf8() throws IOException {
        byte[] latin1 = "[UNK]\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(directory.resolve("vocab.txt"), latin1);
        refused("vocab.txt", "not UTF-8 behind byte 9");
        write("vocab.json", "{\"a\": 0}");
        Files.write(directory.resolve("merges.txt"), latin1);
        refused("merges.txt", "not UTF-8 behind byte 9");
        Files.write(directory.resolve("vocab.json"), "{\"\u00e9\": 0}".getBytes(StandardCharsets.ISO_8859_1));
        refused("vocab.json", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                   | the file is empty",
                "a,b                  | no line reads [UNK], expected a WordPiece vocabulary with its unknown token",
                "[UNK],a,b,a          | line 4 repeats line 2, 'a'",
            })
    void vocabTxt(String lines, String end) throws IOException {
        write("vocab.txt", lines.replace(',', '\n'));
        refused("vocab.txt", end);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tokenizer_class\": \"Qwen2Tokenizer\"} | tokenizer_class is \"Qwen2Tokenizer\", expected GPT2Tokenizer or CLIPTokenizer beside a vocab.json",
                "{\"tokenizer_class\": 7}           | tokenizer_class is 7, expected a string",
                "{\"add_prefix_space\": true}       | add_prefix_space is true, expected false",
                "{\"add_bos_token\": \"yes\"}       | add_bos_token is \"yes\", expected true or false",
                "{\"bos_token\": [\"</s>\"]}        | bos_token is [\"</s>\"], expected a token: a string, or an object with content",
                "{\"added_tokens_decoder\": {\"-5\": {\"content\": \"x\"}}} | added_tokens_decoder.-5 is {\"content\":\"x\"}, expected a name that is an id from 0 to 16777216",
                "{\"added_tokens_decoder\": {\"4294967296\": {\"content\": \"x\"}}} | expected a name that is an id from 0 to 16777216",
                "{\"added_tokens_decoder\": {\"1\": {\"content\": null}}} | added_tokens_decoder.1.content is null, expected a token: a string, or an object with content",
            })
    void config(String json, String end) throws IOException {
        write("vocab.json", "{\"a\": 0, \"aa\": 1, \"</s>\": 2}");
        write("merges.txt", "a a\n");
        write("tokenizer_config.json", json);
        refused("tokenizer_config.json", end);
    }

    @Test
    void addedTokensJson() throws IOException {
        Files.copy(Shared.resource("opt/vocab.json"), directory.resolve("vocab.json"));
        Files.copy(Shared.resource("opt/merges.txt"), directory.resolve("merges.txt"));
        write("added_tokens.json", "{\"<image>\": \"620\"}");
        refused("added_tokens.json", "<image> is \"620\", expected a whole number from 0 to 16777216");
        write("added_tokens.json", "{}");
        write("special_tokens_map.json", "[");
        assertThatThrownBy(() -> Tokenizers.load(directory))
                .hasMessageContaining("special_tokens_map.json: not JSON: ");
    }

    /** Holes are no harm: models pad their tables. */
    @Test
    void holes() throws IOException {
        write("vocab.json", "{\"a\": 5, \"aa\": 1, \"</s>\": 9}");
        write("merges.txt", "a a\r\n");
        Tokenizer tokenizer = Tokenizers.load(directory);
        assertThat(tokenizer.encode("aaa")).containsExactly(1, 5);
        assertThat(tokenizer.encode("b")).as("unknown").containsExactly(9);
        assertThat(tokenizer.vocabSize()).as("OPT's <pad> comes last").isEqualTo(11);
        assertThat(tokenizer.decode(new int[] {1, 7, 1000, -3, 5}, false)).isEqualTo("aaa");
        assertThatThrownBy(() -> tokenizer.piece(7)).hasMessageEndingWith("no piece 7, expected 0 to 10");
    }

    /** Whatever is cut off or changed: a tokenizer, or one sentence, never anything else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "opt/vocab.json",
                "opt/merges.txt",
                "opt/tokenizer_config.json",
                "qformer/vocab.txt",
                "qformer/tokenizer.json",
                "clip/tokenizer.json",
                "llava/tokenizer.json",
                "opt/special_tokens_map.json"
            })
    void cutAndFlipped(String resource) throws IOException {
        Path good = Shared.resource(resource);
        boolean json = resource.endsWith("/tokenizer.json");
        for (String name : json ? List.<String>of() : List.of("vocab.json", "merges.txt", "tokenizer_config.json")) {
            if (Files.exists(good.resolveSibling(name))) {
                Files.copy(good.resolveSibling(name), directory.resolve(name));
            }
        }
        byte[] bytes = Files.readAllBytes(good);
        Path file = directory.resolve(String.valueOf(good.getFileName()));
        Random random = new Random(17);
        List<String> messages = new ArrayList<>();
        for (int run = 0; run < 120; run++) {
            byte[] broken = run % 3 == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
            for (int flips = run % 3; flips > 0 && broken.length > 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            Files.write(file, broken);
            try {
                Tokenizer tokenizer = Tokenizers.load(directory);
                tokenizer.decode(tokenizer.encode("Hello wörld 🙂", true), false);
            } catch (IllegalArgumentException e) {
                messages.add(String.valueOf(e.getMessage()));
            }
        }
        assertThat(messages)
                .isNotEmpty()
                .allSatisfy(message ->
                        assertThat(message).startsWith(directory.toString()).doesNotContain("\n"));
    }
}
