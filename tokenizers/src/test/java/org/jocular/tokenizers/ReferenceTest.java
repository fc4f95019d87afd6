package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What transformers, tokenizers and sentencepiece make of awkward texts; {@code reference/README.md} says how. */
class ReferenceTest {
    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest
    @CsvSource({
        "opt,       opt",
        "opt,       opt/vocab.json",
        "opt,       opt/tokenizer.json",
        "qformer,   qformer",
        "qformer,   qformer/vocab.txt",
        "qformer,   qformer/tokenizer.json",
        "clip,      clip",
        "clip-json, clip/tokenizer.json",
    })
    void small(String reference, String tokenizer) throws IOException {
        compare(reference, Tokenizers.load(Shared.resource(tokenizer)), 108);
    }

    @ParameterizedTest
    @CsvSource({
        "real-opt,              tokenizers/opt/vocab.json,                 108",
        "real-gpt2,             tokenizers/gpt2/encoder.json,              108",
        "real-bert,             tokenizers/bert/bert-base-uncased-vocab.txt, 108",
        "real-bert-json,        tokenizers/bert/bert-tokenizer.json,       108",
        "real-t5-json,          tokenizers/t5/tokenizer.json,              108",
        "real-llama-json,       tokenizers/llama/tinyllama_tokenizer.json, 108",
        "real-sentencepiece-ja, sentencepiece/test_ja_model.model,         111",
    })
    void published(String reference, String file, int count) throws IOException {
        compare(reference, Tokenizers.load(Shared.path("assets/" + file)), count);
    }

    /** Under the names that the hub has. */
    @ParameterizedTest
    @CsvSource("real-clip, tokenizers/clip")
    void clip(String reference, String folder, @TempDir Path directory) throws IOException {
        for (String name :
                new String[] {"vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"}) {
            Files.copy(Shared.path("assets/" + folder + "/hf_" + name), directory.resolve(name));
        }
        compare(reference, Tokenizers.load(directory), 108);
    }

    private static void compare(String reference, Tokenizer tokenizer, int expectedCount) throws IOException {
        int count = 0;
        for (String line : Files.readAllLines(Shared.resource("reference/" + reference + ".jsonl"))) {
            JsonNode one = JSON.readTree(line);
            String text = one.path("text").asString();
            int[] ids = VectorsTest.ints(one.path("ids"));
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
            boolean special = !one.path("special").isNull();
            if (special) {
                ids = VectorsTest.ints(one.path("special"));
                assertThat(tokenizer.encode(text, true)).as(text).isEqualTo(ids);
            }
            if (!one.path("decoded").isNull()) {
                assertThat(tokenizer.decode(ids, special))
                        .as(text)
                        .isEqualTo(one.path("decoded").asString());
            }
            count++;
        }
        assertThat(count).isEqualTo(expectedCount);
    }
}
