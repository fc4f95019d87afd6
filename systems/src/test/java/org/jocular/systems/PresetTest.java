package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jocular.llama.GenerationSettings;
import org.jocular.systems.Preset.Turn;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prompts, letter by letter. */
class PresetTest {
    private static final String SYSTEM = "A chat between a curious user and an artificial intelligence assistant. "
            + "The assistant gives helpful, detailed, and polite answers to the user's questions. ";

    private static final List<Turn> HISTORY = List.of(new Turn("Who?", "A cat."), new Turn("Where?", "Here."));

    @Test
    void hub() {
        Preset preset = preset("llava-hf");
        assertThat(preset.prompt(0, List.of(), "Why?")).isEqualTo("USER: Why? ASSISTANT:");
        assertThat(preset.prompt(1, List.of(), "Why?")).isEqualTo("USER: <image>\nWhy? ASSISTANT:");
        assertThat(preset.prompt(2, List.of(), "Why?")).isEqualTo("USER: <image>\n<image>\nWhy? ASSISTANT:");
        assertThat(preset.prompt(1, HISTORY, "Why?"))
                .isEqualTo(
                        "USER: <image>\nWho? ASSISTANT: A cat.</s>USER: Where? ASSISTANT: Here.</s>USER: Why? ASSISTANT:");
    }

    @Test
    void vicuna() {
        Preset preset = preset("vicuna_v1");
        assertThat(preset.prompt(0, List.of(), "Why?")).isEqualTo(SYSTEM + "USER: Why? ASSISTANT:");
        assertThat(preset.prompt(1, List.of(), "Why?")).isEqualTo(SYSTEM + "USER: <image>\nWhy? ASSISTANT:");
        assertThat(preset.prompt(2, List.of(), "Why?")).isEqualTo(SYSTEM + "USER: <image>\n<image>\nWhy? ASSISTANT:");
        assertThat(preset.prompt(1, HISTORY, "Why?"))
                .isEqualTo(
                        SYSTEM
                                + "USER: <image>\nWho? ASSISTANT: A cat.</s>USER: Where? ASSISTANT: Here.</s>USER: Why? ASSISTANT:");
    }

    @Test
    void whereAPictureStandsBetweenTokensOfItsOwn() {
        Preset preset = LlavaPresets.WITH_START_AND_END.getFirst();
        assertThat(preset.name()).isEqualTo("vicuna_v1");
        assertThat(preset.prompt(1, List.of(), "Why?"))
                .isEqualTo(SYSTEM + "USER: <im_start><image><im_end>\nWhy? ASSISTANT:");
    }

    @Test
    void captionsNeedNoQuestion() {
        Preset caption = Systems.presets("blip2").get(2);
        assertThat(caption.asks()).isFalse();
        assertThat(caption.converses()).isFalse();
        assertThat(caption.prompt(1, List.of(), "")).isEqualTo("a photo of");
    }

    /** Each changes settings that exist, to values that make sense. */
    @Test
    void decodingSettingsExist() {
        for (String system : Systems.NAMES) {
            for (Preset preset : Systems.presets(system)) {
                assertThat(GenerationSettings.builder()
                                .set(preset.decoding())
                                .build()
                                .asMap())
                        .containsAllEntriesOf(preset.decoding());
            }
        }
    }

    @Test
    void bracesThatPeopleWriteStayWhatTheyAre() {
        Preset preset = preset("llava-hf");
        assertThat(preset.prompt(1, List.of(new Turn("{a} $1 \\ {images}", "{q}")), "{images}{q}{a}"))
                .isEqualTo("USER: <image>\n{a} $1 \\ {images} ASSISTANT: {q}</s>USER: {images}{q}{a} ASSISTANT:");
    }

    /** The strings that the checkpoints were published with, and all of them. */
    @Test
    void asPublished() throws IOException {
        JsonNode published = JsonMapper.shared().readTree(Files.readString(Shared.path("facts/prompts.json")));
        for (String system : Systems.NAMES) {
            Map<String, Preset> presets = new HashMap<>();
            Systems.presets(system).forEach(preset -> presets.put(preset.name(), preset));
            published.path(system).forEachEntry((name, expected) -> {
                // Options and context are an evaluation's to fill in; image_tokens is no prompt.
                if (name.equals("scienceqa") || name.equals("image_tokens")) {
                    return;
                }
                assertThat(presets).as(system).containsKey(name);
                Preset preset = Objects.requireNonNull(presets.get(name));
                assertThat(preset.prompt(1, List.of(), "{q}"))
                        .isEqualTo(expected.path("first").asString());
                if (expected.has("next")) {
                    assertThat(preset.next()).isEqualTo(expected.path("next").asString());
                }
                if (expected.has("stop")) {
                    assertThat(preset.stop())
                            .isEqualTo(expected.path("stop")
                                    .valueStream()
                                    .map(JsonNode::asString)
                                    .toList());
                }
            });
        }
    }

    private static Preset preset(String name) {
        return LlavaPresets.FOR_HUB.stream()
                .filter(preset -> preset.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
