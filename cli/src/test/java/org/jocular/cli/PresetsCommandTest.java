package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Presets: listed, and followed by ask and chat. */
class PresetsCommandTest {
    private static final String PICTURE = Cli.MODEL.resolve("wide.png").toString();

    @TempDir
    private Path folder;

    @Test
    void allSystems() {
        List<JsonNode> systems = Cli.run("presets", "--json")
                .out()
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();

        assertThat(systems)
                .extracting(system -> system.path("system").asString())
                .containsExactly("blip2", "llava", "minigpt4", "mplug-owl", "instructblip");
        for (JsonNode system : systems) {
            assertThat(system.path("presets").size()).isPositive();
        }
        JsonNode caption = systems.getFirst().path("presets").get(2);
        assertThat(caption.path("name").asString()).isEqualTo("caption");
        assertThat(caption.path("asks").asBoolean()).isFalse();
        assertThat(caption.path("converses").asBoolean()).isFalse();
        assertThat(caption.path("decoding").path("num_beams").asInt()).isEqualTo(5);
    }

    @Test
    void oneSystem() {
        assertThat(Cli.run("presets", "--system", "minigpt4").out())
                .contains("vicuna0: Vicuna v0", "###Human: {images}{q}###Assistant: \"", "do_sample true", "\"###\"")
                .doesNotContain("vicuna_v1");
    }

    @Test
    void thoseOfAModelDependOnItsLanguageModel() throws IOException {
        Path blip2 = TinyModels.copy("blip2-vicuna", folder.resolve("model"));

        JsonNode json =
                Cli.run("presets", "--model", blip2.toString(), "--json").json();

        assertThat(json.path("system").asString()).isEqualTo("blip2");
        assertThat(json.path("presets")
                        .get(0)
                        .path("decoding")
                        .path("repetition_penalty")
                        .asDouble())
                .isEqualTo(1.5);
    }

    @Test
    void nonsense() {
        assertThat(Cli.run("presets", "--system", "gpt").err())
                .contains("--system is gpt, expected one of blip2, llava");
        assertThat(Cli.run("presets", "--system", "llava", "--model", Cli.MODEL.toString())
                        .err())
                .contains("--system does not go with --model");
    }

    /** The preset's decoding counts more than the model's files, and flags more than the preset. */
    @Test
    void askDecodesAsThePresetSays() throws IOException {
        Path model = TinyModels.copy("llava", folder.resolve("model"));
        Files.writeString(
                model.resolve("generation_config.json"), "{\"eos_token_id\": 2, \"do_sample\": true, \"top_k\": 7}");

        JsonNode settings = ask(model, "--prompt", "What?").path("settings");
        assertThat(settings.path("preset").asString()).isEqualTo("llava-hf");
        assertThat(settings.path("do_sample").asBoolean()).isFalse();
        assertThat(settings.path("top_k").asInt()).isEqualTo(7);
        // 1024 of the preset, less what the context of 512 has no room for.
        assertThat(settings.path("max_new_tokens").asInt())
                .isEqualTo(
                        512 - ask(model, "--prompt", "What?").path("prompt_ids").size());

        JsonNode flags = ask(model, "--prompt", "What?", "--do-sample", "--max-new-tokens", "3")
                .path("settings");
        assertThat(flags.path("do_sample").asBoolean()).isTrue();
        assertThat(flags.path("max_new_tokens").asInt()).isEqualTo(3);

        JsonNode raw = ask(model, "--raw", "--prompt", "USER: <image>\nWhat? ASSISTANT:")
                .path("settings");
        assertThat(raw.path("preset").isNull()).isTrue();
        assertThat(raw.path("do_sample").asBoolean()).isTrue();
        assertThat(raw.path("max_new_tokens").asInt()).isEqualTo(256);
    }

    @Test
    void aPresetThatAsksNothingNeedsNoPrompt() throws IOException {
        Path model = TinyModels.copy("blip2-vicuna", folder.resolve("model"));

        JsonNode caption = ask(model, "--preset", "caption");

        assertThat(caption.path("settings").path("prompt").asString()).isEqualTo("a photo of");
        assertThat(caption.path("settings").path("num_beams").asInt()).isEqualTo(5);
        assertThat(caption.path("settings").path("preset").asString()).isEqualTo("caption");
        assertThat(caption.path("sequences").size()).isPositive();
        refused("--preset caption has no place for a --prompt", model, "--preset", "caption", "--prompt", "What?");
        refused("--prompt is missing", model, "--preset", "vqa");
        refused("--prompt is missing", model, "--raw");
        refused("--preset does not go with --raw", model, "--raw", "--preset", "vqa", "--prompt", "What?");
    }

    @Test
    void chatNeedsAPresetThatGoesOn() throws IOException {
        Path blip2 = TinyModels.copy("blip2-vicuna", folder.resolve("model"));
        Cli.Result none = Cli.run("chat", "--model", blip2.toString(), "--image", PICTURE);
        assertThat(none.status()).isEqualTo(2);
        assertThat(none.err()).contains("blip2 answers one question at a time").hasLineCount(1);

        Cli.Result plain = Cli.run("chat", "--model", Cli.MODEL.toString(), "--preset", "plain");
        assertThat(plain.status()).isEqualTo(2);
        assertThat(plain.err()).contains("--preset plain ends with its answer, expected one of llava-hf, vicuna_v1");
    }

    /** Each turn takes more of the context than the one before. */
    @Test
    void chatFitsEachAnswerIntoTheContext() {
        Cli.Result result = Cli.runWith("Hi\n", "chat", "--model", Cli.MODEL.toString());

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).isNotBlank();
    }

    private static JsonNode ask(Path model, String... arguments) {
        return run(model, arguments).json();
    }

    private static void refused(String sentence, Path model, String... arguments) {
        Cli.Result result = run(model, arguments);
        assertThat(result.err()).contains(sentence).hasLineCount(1);
        assertThat(result.status()).isEqualTo(2);
    }

    private static Cli.Result run(Path model, String... arguments) {
        return Cli.run(Stream.concat(
                        Stream.of("ask", "--json", "--model", model.toString(), "--image", PICTURE),
                        Stream.of(arguments))
                .toArray(String[]::new));
    }
}
