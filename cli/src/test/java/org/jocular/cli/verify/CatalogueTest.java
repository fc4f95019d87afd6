package org.jocular.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.cli.Shared;
import org.jocular.cli.verify.Check.Generation;
import org.jocular.cli.verify.Check.Recorded;
import org.jocular.cli.verify.Check.Required;
import org.jocular.llama.GenerationSettings;
import org.jocular.tensor.BadInput;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.tokenizers.Tokenizers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The records that come with the program, and how a model is recognised as one that has some. */
class CatalogueTest {
    private static final Catalogue PUBLISHED = Catalogue.published();

    @TempDir
    private Path folder;

    static Stream<PublicCheckpoint> checkpoints() {
        return PUBLISHED.checkpoints().stream();
    }

    static Stream<Generation> generations() {
        return checkpoints().flatMap(checkpoint -> checkpoint.generations().stream());
    }

    @Test
    void holdsTheseCheckpoints() {
        assertThat(checkpoints().map(c -> "%s %d".formatted(c.name(), c.checks().size())))
                .containsExactly(
                        "Salesforce/blip2-opt-2.7b 7",
                        "Salesforce/blip2-opt-2.7b-coco 1",
                        "Salesforce/blip2-opt-6.7b 1",
                        "Salesforce/blip2-opt-6.7b-coco 1",
                        "Salesforce/blip2-flan-t5-xl 5",
                        "Salesforce/blip2-flan-t5-xxl 4",
                        "Salesforce/instructblip-vicuna-7b 4",
                        "Salesforce/instructblip-flan-t5-xl 1",
                        "llava-hf/llava-1.5-7b-hf 7");
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void namesEachCheckOnce(PublicCheckpoint checkpoint) {
        assertThat(checkpoint.checks().stream().map(Check::id)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("generations")
    void isCompleteAndMakesSense(Generation check) {
        GenerationSettings.builder().set(check.settings()).build();
        assertThat(check.settings()).containsKeys("max_new_tokens", "eos_token_id");
        assertThat(check.pictures()).isNotEmpty();
        for (Recorded recorded : check.recorded()) {
            assertThat(recorded.source()).isNotBlank();
            // Less than half precision proves less, which must be said.
            if (!List.of("float32", "float16").contains(recorded.precision())) {
                assertThat(check.required()).as(check.id()).isNotNull();
            }
        }
        if (check.required() != null) {
            assertThat(check.required().why()).isNotBlank();
            assertThat(String.valueOf(check.recorded().getFirst().text()))
                    .startsWith(check.required().text());
        }
    }

    /** Ids and texts were published side by side, so a slip of the pen in either shows. */
    @ParameterizedTest
    @CsvSource({
        "opt, tokenizers/opt/vocab.json, 2",
        "t5, tokenizers/t5/tokenizer.json, 3",
        "llama, tokenizers/llama/tinyllama_tokenizer.json, 3"
    })
    void itsIdsSayWhatItsTextsSay(String languageModel, String file, int most) {
        Tokenizer tokenizer = Tokenizers.load(Shared.path("assets/" + file));
        List<Recorded> both = checkpoints()
                .filter(checkpoint -> checkpoint.sizes().text().equals(languageModel))
                .flatMap(checkpoint -> checkpoint.generations().stream())
                .flatMap(check -> check.recorded().stream())
                .filter(recorded -> !recorded.ids().isEmpty() && recorded.text() != null)
                .toList();

        assertThat(both).hasSize(most);
        for (Recorded recorded : both) {
            int[] ids =
                    recorded.generated().stream().mapToInt(Integer::intValue).toArray();
            assertThat(tokenizer.decode(ids, true).strip()).isEqualTo(recorded.text());
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void recognisesEachByItsSizes(PublicCheckpoint checkpoint) throws IOException {
        Sizes sizes = checkpoint.sizes();
        boolean t5 = sizes.text().equals("t5");
        String text = "\"%s\": %d, \"%s\": %d"
                .formatted(
                        t5 ? "d_model" : "hidden_size",
                        sizes.width(),
                        t5 ? "num_layers" : "num_hidden_layers",
                        sizes.layers());
        String vocabulary = sizes.vocabSize() == 0 ? "" : ", \"vocab_size\": " + sizes.vocabSize();
        write("""
                {"model_type": "%s",
                 "text_config": {"model_type": "%s", "num_attention_heads": 32, "num_heads": 32,
                                 "feed_forward_proj": "gated-gelu", %s%s},
                 "vision_config": {"hidden_size": %d, "num_attention_heads": 16, "patch_size": 14, "image_size": %d}}
                """.formatted(
                        sizes.system().equals("blip2") ? "blip-2" : sizes.system(),
                        sizes.text(),
                        text,
                        vocabulary,
                        sizes.visionWidth(),
                        sizes.imageSize()));

        assertThat(PUBLISHED.recognised(folder)).isEqualTo(checkpoint);
    }

    /** Files on the hub leave out what is as transformers has it by default. */
    @Test
    void recognisesSparseConfigs() throws IOException {
        write("""
                {"model_type": "llava", "image_token_index": 32000,
                 "text_config": {"model_type": "llama", "vocab_size": 32064, "rms_norm_eps": 1e-05},
                 "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024, "image_size": 336,
                                   "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size": 14}}
                """);
        assertThat(PUBLISHED.recognised(folder).name()).isEqualTo("llava-hf/llava-1.5-7b-hf");

        write("""
                {"model_type": "instructblip", "text_config": {"model_type": "llama", "vocab_size": 32001},
                 "vision_config": {}}
                """);
        assertThat(PUBLISHED.recognised(folder).name()).isEqualTo("Salesforce/instructblip-vicuna-7b");
    }

    /** Its pictures are padded, so it rightly answers in another way. */
    @Test
    void takesTheOriginalLlavaForNone() throws IOException {
        write("{\"model_type\": \"llava\", \"mm_vision_tower\": \"openai/clip-vit-large-patch14-336\"}");

        assertThatThrownBy(() -> PUBLISHED.recognised(folder))
                .isInstanceOf(BadInput.class)
                .hasMessageContainingAll("config.json is of no system or layout with records", "--as NAME");
    }

    @Test
    void takesAnotherVocabularyForNone() throws IOException {
        write("""
                {"model_type": "llava", "text_config": {"model_type": "llama", "vocab_size": 128320},
                 "vision_config": {"hidden_size": 1024, "image_size": 336, "num_attention_heads": 16, "patch_size": 14}}
                """);

        assertThatThrownBy(() -> PUBLISHED.recognised(folder))
                .isInstanceOf(BadInput.class)
                .hasMessageContainingAll("the sizes of no checkpoint with records", "llama of 4096 x 32");
    }

    @Test
    void findsNamesWithAndWithoutTheirOrganisation() {
        assertThat(PUBLISHED.named("llava-1.5-7b-hf")).isEqualTo(PUBLISHED.named("llava-hf/llava-1.5-7b-hf"));
        assertThatThrownBy(() -> PUBLISHED.named("gpt-5"))
                .isInstanceOf(BadInput.class)
                .hasMessageContainingAll("--as is gpt-5", "llava-hf/llava-1.5-7b-hf");
    }

    @Test
    void refusesRecordsThatContradictThemselves() {
        assertThatThrownBy(() -> new Recorded("float32", "here", List.of(2), List.of(1, 2), null))
                .hasMessageContaining("does not begin with [2]");
        assertThatThrownBy(() -> new Recorded("float32", "here", List.of(), List.of(), null))
                .hasMessageContaining("neither ids nor a text");
        assertThatThrownBy(() -> generation(List.of(1), new Required(2, "", "why")))
                .hasMessageContaining("more ids are required than recorded");
        PublicCheckpoint lost = new PublicCheckpoint(
                "a/b", new Sizes("llava", "llama", 1, 1, 1, 1, 1), List.of(generation(List.of(1), null)), List.of());
        assertThatThrownBy(() -> new Catalogue(Map.of(), List.of(lost))).hasMessageContaining("unknown pictures");
    }

    private static Generation generation(List<Integer> ids, @Nullable Required required) {
        Recorded recorded = new Recorded("float32", "here", List.of(), ids, null);
        return new Generation("id", List.of("cat"), "", Map.of(), false, List.of(recorded), required);
    }

    private void write(String config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
    }
}
