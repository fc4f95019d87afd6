package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jocular.tokenizers.SentencePieceModel.Piece;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.json.JsonMapper;

/** Every file of the folders with vectors is used by a test, or there is a reason why not. */
class AssetsCoverageTest {
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("sentencepiece/botchan.txt", "the text from which the vectors were made, without ids"),
            Map.entry("sentencepiece/nfkd.tsv", "rules for a trainer; no model here was trained with them"),
            Map.entry("sentencepiece/test_ja_model.model", "no vectors beside it; ReferenceTest has some"),
            Map.entry("tokenizers/clip/bpe_simple_vocab_16e6.txt.gz", "clipMergesAreTheFirstOfOpenAi below"),
            Map.entry("tokenizers/clip/hf_merges.txt", "read with hf_vocab.json"),
            Map.entry("tokenizers/clip/hf_special_tokens_map.json", "no vectors beside it; ReferenceTest.clip"),
            Map.entry("tokenizers/clip/hf_tokenizer_config.json", "no vectors beside it; ReferenceTest.clip"),
            Map.entry("tokenizers/gpt2/LICENSE", "a licence"),
            Map.entry("tokenizers/gpt2/vocab.bpe", "read with encoder.json"),
            Map.entry("tokenizers/llama/lenml_llama2_tokenizer.json", "no vectors; everyTextSurvivesTokenizerJson"),
            Map.entry(
                    "tokenizers/llama/tinyllama_tokenizer_config.json", "settings that its own tokenizer.json repeats"),
            Map.entry("tokenizers/llamacpp/ggml-vocab-gpt-2.gguf", "gpt2OfGguf below"),
            Map.entry("tokenizers/llamacpp/ggml-vocab-llama-spm.gguf", "llamaOfGguf below"),
            Map.entry("tokenizers/opt/merges.txt", "read with vocab.json"),
            Map.entry("tokenizers/t5/tokenizer.json", "no vectors beside it; ReferenceTest has some"),
            Map.entry("tokenizers/t5/tokenizer_config.json", "read with tokenizer.json"),
            Map.entry("tokenizers/t5/special_tokens_map.json", "read with tokenizer.json"));

    @Test
    void everyFileIsUsed() throws IOException {
        Set<String> known = new HashSet<>(ELSEWHERE.keySet());
        for (VectorsTest.VectorFile file : VectorsTest.files()) {
            known.add(file.file());
            known.add(file.file().replace(".gguf.out", ".gguf.inp"));
            known.addAll(file.tokenizers());
        }
        Path assets = Shared.path("assets");
        Set<String> found = new TreeSet<>();
        for (String folder : List.of("tokenizers", "sentencepiece")) {
            try (Stream<Path> files = Files.walk(Shared.path("assets/" + folder))) {
                files.filter(Files::isRegularFile)
                        .map(file -> assets.relativize(file).toString().replace('\\', '/'))
                        .forEach(found::add);
            }
        }
        assertThat(known).containsAll(found);
        assertThat(found).hasSizeGreaterThan(35).containsAll(ELSEWHERE.keySet());
    }

    /** Their vectors are there and they are not: the tests of them abort and say so. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "test_sentencepiece_bpe.model",
                "test_sentencepiece_with_bytefallback.model",
                "test_sentencepiece.model",
                "spiece.model"
            })
    void missingModelsAreReported(String model) {
        Path folder = Shared.path("assets/sentencepiece");
        Assumptions.assumeFalse(Files.exists(folder.resolve(model)), model + " is there now");
        assertThatThrownBy(() -> Shared.path("assets/sentencepiece/" + model))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageEndingWith("assets/sentencepiece/" + model + " is not there");
    }

    /** llama.cpp's file of GPT-2 alone gives the ids that llama.cpp expects, and it is what OpenAI's two files hold. */
    @Test
    void gpt2OfGguf(@TempDir Path directory) throws IOException {
        Map<String, Object> gguf = Gguf.settings(Shared.path("assets/tokenizers/llamacpp/ggml-vocab-gpt-2.gguf"));
        List<String> tokens = strings(gguf, "tokenizer.ggml.tokens");
        Map<String, Integer> vocabulary = new HashMap<>();
        IntStream.range(0, tokens.size()).forEach(id -> vocabulary.put(tokens.get(id), id));
        Files.writeString(directory.resolve("vocab.json"), new JsonMapper().writeValueAsString(vocabulary));
        Files.writeString(directory.resolve("merges.txt"), String.join("\n", strings(gguf, "tokenizer.ggml.merges")));
        Tokenizer fromGguf = Tokenizers.load(directory);
        Tokenizer files = Tokenizers.load(Shared.path("assets/tokenizers/gpt2/encoder.json"));
        assertThat(fromGguf.vocabSize()).isEqualTo(files.vocabSize()).isEqualTo(50257);
        for (int id = 0; id < 50257; id++) {
            assertThat(fromGguf.piece(id)).isEqualTo(files.piece(id));
        }
        String text = Files.readString(Shared.path("assets/tokenizers/llamacpp/ggml-vocab-gpt-2.gguf.inp"));
        assertThat(fromGguf.encode(text)).isEqualTo(files.encode(text)).hasSizeGreaterThan(500);
    }

    @Test
    void llamaOfGguf() throws IOException {
        Map<String, Object> gguf = Gguf.settings(Shared.path("assets/tokenizers/llamacpp/ggml-vocab-llama-spm.gguf"));
        byte[] model = Files.readAllBytes(Shared.path("assets/llama/tokenizer.model"));
        List<Piece> pieces = SentencePieceModel.parse("tokenizer.model", model).pieces();
        List<String> tokens = strings(gguf, "tokenizer.ggml.tokens");
        assertThat(tokens).isEqualTo(pieces.stream().map(Piece::text).toList());
        assertThat(gguf.get("tokenizer.ggml.scores"))
                .isEqualTo(pieces.stream().map(Piece::score).toList());
    }

    @Test
    void clipMergesAreTheFirstOfOpenAi() throws IOException {
        Path folder = Shared.path("assets/tokenizers/clip");
        List<String> merges = Files.readAllLines(folder.resolve("hf_merges.txt"));
        try (BufferedReader openAi = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(folder.resolve("bpe_simple_vocab_16e6.txt.gz"))),
                StandardCharsets.UTF_8))) {
            openAi.readLine(); // a version, with a file name before it
            for (String merge : merges.subList(1, merges.size())) {
                assertThat(openAi.readLine()).isEqualTo(merge);
            }
        }
        assertThat(merges).hasSize(48895);
    }

    @SuppressWarnings("unchecked") // the format says so
    private static List<String> strings(Map<String, Object> gguf, String key) {
        return (List<String>) gguf.getOrDefault(key, List.of());
    }
}
