package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jocular.eval.run.Manifest.TaskPart;
import org.jocular.eval.run.RunFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A model whose directory says how it wants to be asked. */
class OwnPresetsTest {
    private static final String PRESETS = """
            {"wording": "%s",
             "presets": [
               {"name": "bare", "first": "{images}{q}", "image": "<image>", "decoding": {"max_new_tokens": 3}},
               {"name": "spoken", "first": "{images}Q: {q} A:", "image": "<image>"}]}
            """;

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void copy() throws IOException {
        model = TinyModels.copy("llava", folder.resolve("model"));
        wants("plain");
    }

    private void wants(String wording) throws IOException {
        Files.writeString(model.resolve("presets.json"), PRESETS.formatted(wording));
    }

    private Cli.Result eval(Path out, String... further) {
        String[] command = {
            "eval",
            "--model",
            model.toString(),
            "--task",
            "vsr,gqa,pope,llava-bench",
            "--limit",
            "2",
            "--data",
            folder.resolve("data").toString(),
            "--out",
            out.toString(),
            "--max-new-tokens",
            "3"
        };
        TinyBenchmarks.write(folder.resolve("data"));
        return Cli.run(Stream.of(command, further).flatMap(Arrays::stream).toArray(String[]::new));
    }

    @Test
    void areListedInPlaceOfThePublishedOnes() {
        JsonNode json =
                Cli.run("presets", "--model", model.toString(), "--json").json();
        assertThat(json.path("presets")
                        .valueStream()
                        .map(preset -> preset.path("name").asString()))
                .containsExactly("bare", "spoken");
        assertThat(json.path("presets")
                        .get(0)
                        .path("decoding")
                        .path("max_new_tokens")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void decideHowBenchmarksAsk() {
        Path out = folder.resolve("run");
        Cli.Result result = eval(out);
        assertThat(result.status()).as(result.err()).isZero();
        Map<String, String> wordings = new TreeMap<>();
        for (TaskPart part : RunFolder.open(out).manifest().tasks()) {
            wordings.put(part.task(), part.wording());
            assertThat(part.preset()).isEqualTo("bare");
            assertThat(part.template()).isEqualTo("{images}{q}");
        }
        assertThat(wordings).isEqualTo(Map.of("vsr", "plain", "gqa", "plain", "pope", "llava", "llava-bench", "llava"));
    }

    @Test
    void theUserHasTheLastWord() {
        Path out = folder.resolve("run");
        Cli.Result result = eval(out, "--wording", "gqa=lmms-eval", "--preset", "spoken");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(RunFolder.open(out).manifest().task("gqa").wording()).isEqualTo("lmms-eval");
        assertThat(RunFolder.open(out).manifest().task("vsr").wording()).isEqualTo("plain");
        assertThat(RunFolder.open(out).manifest().task("vsr").preset()).isEqualTo("spoken");
    }

    @Test
    void aWordingThatNobodyHas() throws IOException {
        wants("plane");
        Cli.Result result = eval(folder.resolve("run"));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("presets.json has wording = plane, which no benchmark has");
        wants("");
        assertThat(eval(folder.resolve("run")).err()).contains("presets.json has an empty wording");
    }
}
