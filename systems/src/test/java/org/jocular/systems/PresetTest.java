package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
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

    /** Every preset that LLaVA has must be written out above. */
    @Test
    void thereAreNoOthers() {
        assertThat(LlavaPresets.ALL).extracting(Preset::name).containsExactly("llava-hf", "vicuna_v1");
        assertThat(LlavaPresets.ALL)
                .allSatisfy(preset -> assertThat(preset.stop()).isEmpty());
    }

    @Test
    void bracesThatPeopleWriteStayWhatTheyAre() {
        Preset preset = preset("llava-hf");
        assertThat(preset.prompt(1, List.of(new Turn("{a} $1 \\ {images}", "{q}")), "{images}{q}{a}"))
                .isEqualTo("USER: <image>\n{a} $1 \\ {images} ASSISTANT: {q}</s>USER: {images}{q}{a} ASSISTANT:");
    }

    /** The strings that the checkpoints were published with. */
    @Test
    void asPublished() throws IOException {
        JsonNode published = JsonMapper.shared()
                .readTree(Files.readString(Shared.path("facts/prompts.json")))
                .path("llava");
        for (Preset preset : LlavaPresets.ALL) {
            JsonNode expected = published.path(preset.name());
            assertThat(preset.prompt(1, List.of(), "{q}"))
                    .isEqualTo(expected.path("first").asString());
            if (expected.has("next")) {
                assertThat(preset.next()).isEqualTo(expected.path("next").asString());
            }
        }
    }

    private static Preset preset(String name) {
        return LlavaPresets.ALL.stream()
                .filter(preset -> preset.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
