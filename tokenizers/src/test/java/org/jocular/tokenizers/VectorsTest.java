package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ids and texts of the original implementations, every one. */
class VectorsTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void llama() throws IOException {
        sentencePiece("assets/llama/tokenizer.model", "vectors_llama.jsonl", 4302);
    }

    @Test
    void tok512() throws IOException {
        sentencePiece("assets/llama/tok512.model", "vectors_tok512.jsonl", 514);
    }

    @Test
    void bpeWithoutByteFallback() throws IOException {
        sentencePiece("assets/sentencepiece/test_sentencepiece_bpe.model", "vectors_hf_bpe.jsonl", 514);
    }

    @Test
    void unigramWithByteFallback() throws IOException {
        sentencePiece(
                "assets/sentencepiece/test_sentencepiece_with_bytefallback.model",
                "vectors_hf_bytefallback.jsonl",
                514);
    }

    @Test
    void unigram() throws IOException {
        sentencePiece("assets/sentencepiece/test_model.model", "vectors_sp_test_unigram.jsonl", 4302);
    }

    @Test
    void unigramOfTransformers() throws IOException {
        sentencePiece("assets/sentencepiece/test_sentencepiece.model", "vectors_hf_test_sentencepiece.jsonl", 514);
    }

    @Test
    void unigramOfAlbert() throws IOException {
        sentencePiece("assets/sentencepiece/spiece.model", "vectors_hf_albert_spiece.jsonl", 514);
    }

    private static void sentencePiece(String model, String vectors, int expectedCount) throws IOException {
        Tokenizer tokenizer = Tokenizers.load(Shared.path(model));
        List<String> wrong = new ArrayList<>();
        int count = 0;
        for (String line : Files.readAllLines(Shared.path("assets/sentencepiece/" + vectors))) {
            JsonNode vector = JSON.readTree(line);
            String text = vector.path("t").asString();
            int[] ids = ints(vector.path("ids"));
            int[] found = tokenizer.encode(text);
            String decoded = tokenizer.decode(ids, false);
            if (!Arrays.equals(found, ids) || !decoded.equals(vector.path("dec").asString())) {
                wrong.add(line + " found " + Arrays.toString(found) + " and '" + decoded + "'");
            }
            count++;
        }
        assertThat(wrong).isEmpty();
        assertThat(count).isEqualTo(expectedCount);
    }

    /** Texts separated by a marker line, ids one line each; llama.cpp {@code tests/test-tokenizer-0.cpp}. */
    @Test
    void llamaCpp() throws IOException {
        Tokenizer model = Tokenizers.load(Shared.path("assets/llama/tokenizer.model"));
        Tokenizer json = Tokenizers.load(Shared.path("assets/tokenizers/llama/tinyllama_tokenizer.json"));
        Path folder = Shared.path("assets/tokenizers/llamacpp");
        String[] texts = Files.readString(folder.resolve("ggml-vocab-llama-spm.gguf.inp"))
                .split("\n__ggml_vocab_test__\n", -1);
        List<String> lines = Files.readAllLines(folder.resolve("ggml-vocab-llama-spm.gguf.out"));
        assertThat(texts[texts.length - 1]).as("behind the last marker").isEmpty();
        int count = 0;
        for (String text : Arrays.copyOf(texts, texts.length - 1)) {
            int[] ids = Arrays.stream(lines.get(count).strip().split(" "))
                    .filter(id -> !id.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            assertThat(model.encode(text)).as("model: " + text).isEqualTo(ids);
            assertThat(json.encode(text)).as("json: " + text).isEqualTo(ids);
            count++;
        }
        assertThat(count).isEqualTo(46).isEqualTo(lines.size());
    }

    /** The same vocabulary as {@code .model} and as {@code tokenizer.json}, added tokens included. */
    @Test
    void tokenizerJsonGivesWhatTheModelGives() throws IOException {
        Tokenizer model = Tokenizers.load(Shared.path("assets/llama"));
        Tokenizer json = Tokenizers.load(Shared.path("assets/tokenizers/llama/tinyllama_tokenizer.json"));
        List<String> lines = Files.readAllLines(Shared.path("assets/sentencepiece/vectors_llama.jsonl"));
        for (int i = 0; i < lines.size(); i++) {
            String line = JSON.readTree(lines.get(i)).path("t").asString();
            String text = i % 3 == 0 ? "<s>" + line + "</s> " + line : line;
            int[] ids = model.encode(text, true);
            assertThat(json.encode(text, true)).as(text).isEqualTo(ids);
            assertThat(json.decode(ids, true)).as(text).isEqualTo(model.decode(ids, true));
        }
        assertThat(lines).hasSize(4302);
    }

    /** No vectors for this one (it holds another vocabulary than its name says), but what goes in must come out. */
    @Test
    void everyTextSurvivesTokenizerJson() throws IOException {
        Tokenizer json = Tokenizers.load(Shared.path("assets/tokenizers/llama/lenml_llama2_tokenizer.json"));
        List<String> lines = Files.readAllLines(Shared.path("assets/sentencepiece/vectors_llama.jsonl"));
        for (String line : lines) {
            String text = JSON.readTree(line).path("t").asString().replace('\u2581', ' ');
            // Written special tokens become special tokens, and those bring a space of the next stretch with them.
            if (!text.contains("<s>")) {
                assertThat(json.decode(json.encode(text), false)).isEqualTo(text);
            }
        }
        assertThat(lines).hasSize(4302);
    }

    static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
