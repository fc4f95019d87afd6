package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ids and texts of the original implementations, every one. */
class VectorsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CPP = "tokenizers/llamacpp/ggml-vocab-";
    private static final String BERT = "tokenizers/bert/";
    private static final String LLAMA_JSON = "tokenizers/llama/tinyllama_tokenizer.json";

    /** A file with vectors, their number, and the tokenizers that must give them; all under {@code assets}. */
    record VectorFile(String file, int count, List<String> tokenizers) {
        @Override
        public String toString() {
            return file;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Vector(String text, int[] ids, @Nullable String decoded) {}

    static List<VectorFile> files() {
        return List.of(
                file("sentencepiece/vectors_llama.jsonl", 4302, "llama/tokenizer.model"),
                file("sentencepiece/vectors_tok512.jsonl", 514, "llama/tok512.model"),
                file("sentencepiece/vectors_sp_test_unigram.jsonl", 4302, "sentencepiece/test_model.model"),
                file("sentencepiece/vectors_hf_bpe.jsonl", 514, "sentencepiece/test_sentencepiece_bpe.model"),
                file(
                        "sentencepiece/vectors_hf_bytefallback.jsonl",
                        514,
                        "sentencepiece/test_sentencepiece_with_bytefallback.model"),
                file(
                        "sentencepiece/vectors_hf_test_sentencepiece.jsonl",
                        514,
                        "sentencepiece/test_sentencepiece.model"),
                file("sentencepiece/vectors_hf_albert_spiece.jsonl", 514, "sentencepiece/spiece.model"),
                file("tokenizers/clip/vectors_clip.jsonl", 1310, "tokenizers/clip/hf_vocab.json"),
                file("tokenizers/gpt2/vectors_gpt2.jsonl", 1010, "tokenizers/gpt2/encoder.json"),
                file(CPP + "llama-spm.gguf.out", 46, "llama/tokenizer.model", LLAMA_JSON),
                file(CPP + "gpt-2.gguf.out", 46, "tokenizers/gpt2/encoder.json"),
                file(CPP + "roberta-bpe.gguf.out", 46, "tokenizers/opt/vocab.json"),
                file(
                        CPP + "bert-bge.gguf.out",
                        46,
                        BERT + "bert-base-uncased-vocab.txt",
                        BERT + "bert-tokenizer.json"));
    }

    private static VectorFile file(String file, int count, String... tokenizers) {
        return new VectorFile(file, count, List.of(tokenizers));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void everyVector(VectorFile file, TestReporter reporter) throws IOException {
        List<Vector> vectors = file.file.endsWith(".jsonl") ? jsonLines(file.file) : llamaCpp(file.file);
        for (String path : file.tokenizers) {
            Tokenizer tokenizer = Tokenizers.load(Shared.path("assets/" + path));
            List<String> wrong = new ArrayList<>();
            for (Vector vector : vectors) {
                int[] found = tokenizer.encode(vector.text);
                if (!Arrays.equals(found, vector.ids)) {
                    wrong.add(vector.text + " gave " + Arrays.toString(found));
                }
                String decoded = tokenizer.decode(vector.ids, false);
                if (vector.decoded != null && !decoded.equals(vector.decoded)) {
                    wrong.add(vector.decoded + " was decoded as " + decoded);
                }
            }
            assertThat(wrong).as(path).isEmpty();
        }
        assertThat(vectors).hasSize(file.count);
        reporter.publishEntry(file.file, String.valueOf(vectors.size()));
    }

    private static List<Vector> jsonLines(String file) throws IOException {
        // The tool that made these leaves a space behind the last word, transformers takes it away.
        boolean strip = file.contains("clip");
        List<Vector> vectors = new ArrayList<>();
        for (String line : Files.readAllLines(Shared.path("assets/" + file))) {
            JsonNode vector = JSON.readTree(line);
            String decoded = vector.has("dec") ? vector.path("dec").asString() : null;
            vectors.add(new Vector(
                    vector.path("t").asString(),
                    ints(vector.path("ids")),
                    strip && decoded != null ? decoded.strip() : decoded));
        }
        return vectors;
    }

    /** Texts separated by a marker line, ids one line each; llama.cpp {@code tests/test-tokenizer-0.cpp}. */
    private static List<Vector> llamaCpp(String file) throws IOException {
        Path ids = Shared.path("assets/" + file);
        Path input = Path.of(ids.toString().replace(".out", ".inp"));
        String[] texts = Files.readString(input).split("\n__ggml_vocab_test__\n", -1);
        assertThat(texts[texts.length - 1]).as("behind the last marker").isEmpty();
        List<String> lines = Files.readAllLines(ids);
        assertThat(lines).hasSize(texts.length - 1);
        List<Vector> vectors = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int[] expected = Arrays.stream(lines.get(i).strip().split(" "))
                    .filter(id -> !id.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            vectors.add(new Vector(texts[i], expected, null));
        }
        return vectors;
    }

    /** The same vocabulary as {@code .model} and as {@code tokenizer.json}, added tokens included. */
    @Test
    void tokenizerJsonGivesWhatTheModelGives() throws IOException {
        Tokenizer model = Tokenizers.load(Shared.path("assets/llama"));
        Tokenizer json = Tokenizers.load(Shared.path("assets/" + LLAMA_JSON));
        List<Vector> vectors = jsonLines("sentencepiece/vectors_llama.jsonl");
        for (int i = 0; i < vectors.size(); i++) {
            String line = vectors.get(i).text;
            String text = i % 3 == 0 ? "<s>" + line + "</s> " + line : line;
            int[] ids = model.encode(text, true);
            assertThat(json.encode(text, true)).as(text).isEqualTo(ids);
            assertThat(json.decode(ids, true)).as(text).isEqualTo(model.decode(ids, true));
        }
        assertThat(vectors).hasSize(4302);
    }

    /** No vectors for this one (it holds another vocabulary than its name says), but what goes in must come out. */
    @Test
    void everyTextSurvivesTokenizerJson() throws IOException {
        Tokenizer json = Tokenizers.load(Shared.path("assets/tokenizers/llama/lenml_llama2_tokenizer.json"));
        List<Vector> vectors = jsonLines("sentencepiece/vectors_llama.jsonl");
        for (Vector vector : vectors) {
            String text = vector.text.replace('\u2581', ' ');
            // Written special tokens become special tokens, and those bring a space of the next stretch with them.
            if (!text.contains("<s>")) {
                assertThat(json.decode(json.encode(text), false)).isEqualTo(text);
            }
        }
        assertThat(vectors).hasSize(4302);
    }

    static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
