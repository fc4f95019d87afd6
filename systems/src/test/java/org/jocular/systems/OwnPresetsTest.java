package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.systems.Preset.Turn;
import org.jocular.systems.convert.Conversion;
import org.jocular.systems.convert.Origin;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts that a directory brings itself. */
class OwnPresetsTest {
    private static final String FILE = """
            {"wording": "plain",
             "presets": [
               {"name": "bare", "used_by": "its training", "first": "{images}<user> {q}", "next": " {a}</s><user> {q}",
                "image": "<img><image></img>", "stop": ["</s>"],
                "decoding": {"do_sample": false, "max_new_tokens": 40, "repetition_penalty": 1.5}},
               {"name": "caption", "first": "a"}]}
            """;

    @TempDir
    private Path directory;

    private OwnPresets read(String json) throws IOException {
        Files.writeString(directory.resolve(OwnPresets.NAME), json);
        return OwnPresets.read(directory);
    }

    @Test
    void fields() throws IOException {
        OwnPresets own = read(FILE);
        assertThat(own.wording()).isEqualTo("plain");
        assertThat(own.presets())
                .containsExactly(
                        new Preset(
                                "bare",
                                "its training",
                                "{images}<user> {q}",
                                " {a}</s><user> {q}",
                                "<img><image></img>",
                                List.of("</s>"),
                                Map.of("do_sample", false, "max_new_tokens", 40, "repetition_penalty", 1.5)),
                        new Preset("caption", "this model", "a", "", "", List.of(), Map.of()));
        assertThat(own.presets().getFirst().prompt(1, List.of(new Turn("Who?", "a cat")), "Why?"))
                .isEqualTo("<img><image></img><user> Who? a cat</s><user> Why?");
        assertThat(read("{\"presets\": [{\"name\": \"bare\", \"first\": \"{q}\"}]}")
                        .wording())
                .isNull();
    }

    @Test
    void noSuchFile() {
        assertThat(OwnPresets.read(directory)).isEqualTo(OwnPresets.NONE);
        assertThat(OwnPresets.NONE.or(MplugOwlPresets.ALL)).isEqualTo(MplugOwlPresets.ALL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|has no presets, expected a list of at least one",
                "{\"presets\": []}|has no presets",
                "{\"presets\": {\"name\": \"x\"}}|has no presets",
                "{\"preset\": []}|has a field preset, expected wording and presets",
                "{\"wording\": 1, \"presets\": [{\"name\": \"x\", \"first\": \"{q}\"}]}|has wording = 1, expected text",
                "{\"wording\": \"\", \"presets\": [{\"name\": \"x\", \"first\": \"{q}\"}]}|has an empty wording",
                "{\"presets\": [3]}|has a presets[0] that is no object",
                "{\"presets\": [{\"first\": \"{q}\"}]}|lacks presets[0].name",
                "{\"presets\": [{\"name\": \"x\"}]}|lacks presets[0].first",
                "{\"presets\": [{\"name\": \"\", \"first\": \"{q}\"}]}|presets[0].name that is not right",
                "{\"presets\": [{\"name\": \"x\", \"first\": 1}]}|presets[0].first that is not right, expected one that is text",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"\", \"frist\": \"\"}]}|has a field presets[0].frist",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"\"}, {\"name\": \"x\", \"first\": \"\"}]}|presets[1].name that is not right, expected one that no other",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{images}{q}\"}]}|presets[0].first that is not right, expected one with {images} if",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{q}\", \"image\": \"<i>\"}]}|presets[0].first that is not right",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{q}\", \"next\": \"{a}\"}]}|presets[0].next that is not right, expected one with {q}",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{q}\", \"stop\": \"###\"}]}|presets[0].stop that is not right",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{q}\", \"stop\": [\"\"]}]}|presets[0].stop that is not right",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{q}\", \"decoding\": []}]}|presets[0].decoding that is not right",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{q}\", \"decoding\": {\"beams\": 3}}]}|presets[0].decoding that is not right: there is no generation setting beams",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{q}\", \"decoding\": {\"top_k\": \"3\"}}]}|decoding that is not right: the generation setting top_k cannot be 3",
                "{\"presets\": [{\"name\": \"x\", \"first\": \"{q}\", \"decoding\": {\"num_beams\": [3]}}]}|presets[0].decoding.num_beams that is not right",
                "[]|expected a JSON object"
            })
    void whatIsWrong(String json, String sentence) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith(directory.resolve(OwnPresets.NAME).toString())
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("\n");
    }

    /** All five systems, and all layouts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llava",
                "llava-v1-original",
                "blip2-vicuna",
                "blip2-opt",
                "instructblip-t5",
                "minigpt4",
                "mplug-owl"
            })
    void everySystemReadsThem(String name) throws IOException {
        copy(golden(name), directory);
        try (VisionLanguageModel model = Systems.load(directory)) {
            assertThat(model.presets())
                    .hasSizeGreaterThan(1)
                    .noneMatch(preset -> preset.name().equals("bare"));
            assertThat(model.wording()).isNull();
        }
        Files.writeString(directory.resolve(OwnPresets.NAME), FILE);
        try (VisionLanguageModel model = Systems.load(directory)) {
            assertThat(model.presets()).extracting(Preset::name).containsExactly("bare", "caption");
            assertThat(model.wording()).isEqualTo("plain");
        }
        Files.writeString(directory.resolve(OwnPresets.NAME), "{\"presets\": 1}");
        assertThatThrownBy(() -> Systems.load(directory)).hasMessageContaining("presets.json has no presets");
    }

    @Test
    void conversionTakesThemAlong(@TempDir Path out) throws IOException {
        copy(golden("llava"), directory);
        Files.writeString(directory.resolve(OwnPresets.NAME), FILE);
        Path converted = out.resolve("converted");
        Conversion.Result result = Conversion.run(
                Origin.model(directory), converted, new Conversion.Settings(null, 1 << 30), (written, of) -> {});
        assertThat(result.files()).contains(OwnPresets.NAME);
        assertThat(converted.resolve(OwnPresets.NAME)).hasContent(FILE);
    }

    private static Path golden(String name) {
        if (name.equals("llava")) {
            return GoldenLlava.DIRECTORY;
        }
        Path committed = Path.of("src/test/resources/golden", name);
        return Files.exists(committed) ? committed : Shared.path("goldens/" + name);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
