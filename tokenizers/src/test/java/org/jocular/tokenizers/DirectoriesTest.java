package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of several files in a directory is read. */
class DirectoriesTest {
    @TempDir
    private Path directory;

    private void copy(String resource, String... names) throws IOException {
        for (String name : names) {
            Files.copy(Shared.resource(resource + "/" + name), directory.resolve(name));
        }
    }

    private void config(String json) throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), json);
    }

    /** The kind of tokenizer, by a piece that only one of them has. */
    private String kind() {
        Tokenizer tokenizer = Tokenizers.load(directory);
        return tokenizer.id("▁the") >= 0 ? "llava" : tokenizer.id("Ġthe") >= 0 ? "opt" : "qformer";
    }

    @Test
    void theOrder() throws IOException {
        copy("llava", "tokenizer.json");
        assertThat(kind()).isEqualTo("llava");
        copy("qformer", "vocab.txt");
        assertThat(kind()).isEqualTo("qformer");
        copy("opt", "vocab.json");
        assertThat(kind()).as("nothing without merges.txt").isEqualTo("qformer");
        copy("opt", "merges.txt");
        assertThat(kind()).isEqualTo("opt");
        copy("llava", "tokenizer.model");
        assertThat(kind()).isEqualTo("llava");
    }

    @Test
    void theClassHasTheLastWord() throws IOException {
        copy("llava", "tokenizer.json", "tokenizer.model");
        copy("qformer", "vocab.txt");
        copy("opt", "vocab.json", "merges.txt");
        config("{\"tokenizer_class\": \"BertTokenizerFast\"}");
        assertThat(kind()).isEqualTo("qformer");
        config("{\"tokenizer_class\": \"GPT2Tokenizer\"}");
        assertThat(kind()).isEqualTo("opt");
        config("{\"tokenizer_class\": \"T5Tokenizer\"}");
        assertThat(kind()).as("no spiece.model").isEqualTo("llava");
        config("{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
        assertThat(Tokenizers.load(directory)).isInstanceOf(PipelineTokenizer.class);
        config("{\"tokenizer_class\": \"LlamaTokenizerFast\"}");
        assertThat(Tokenizers.load(directory)).isInstanceOf(HubTokenizer.class);
    }

    /** Without JSON files, the vocabulary says whose it is. */
    @Test
    void bareVocabularies() throws IOException {
        copy("opt", "vocab.json", "merges.txt");
        assertThat(Tokenizers.load(directory).encode("a", true)).startsWith(2).hasSize(2);
        Files.delete(directory.resolve("vocab.json"));
        Files.delete(directory.resolve("merges.txt"));
        copy("clip", "vocab.json", "merges.txt");
        assertThat(Tokenizers.load(directory).encode("A", true)).containsExactly(808, 320, 809);
    }

    @Test
    void othersNamesForTheSame() throws IOException {
        Files.copy(Shared.resource("opt/vocab.json"), directory.resolve("gpt2-vocab.json"));
        Files.copy(Shared.resource("opt/merges.txt"), directory.resolve("gpt2-merges.txt"));
        Files.copy(Shared.resource("opt/vocab.json"), directory.resolve("encoder.json"));
        Files.copy(Shared.resource("opt/merges.txt"), directory.resolve("vocab.bpe"));
        Files.copy(Shared.resource("qformer/vocab.txt"), directory.resolve("bert-vocab.txt"));
        int[] ids = Tokenizers.load(Shared.resource("opt")).encode("the cat");
        assertThat(Tokenizers.load(directory.resolve("gpt2-vocab.json")).encode("the cat"))
                .isEqualTo(ids);
        assertThat(Tokenizers.load(directory.resolve("encoder.json")).encode("the cat"))
                .isEqualTo(ids);
        assertThat(Tokenizers.load(directory.resolve("bert-vocab.txt")).encode("", true))
                .containsExactly(2, 3);
        assertThatThrownBy(() -> Tokenizers.load(directory.resolve("vocab.bpe")))
                .hasMessageContaining("not a known kind of tokenizer");
    }
}
