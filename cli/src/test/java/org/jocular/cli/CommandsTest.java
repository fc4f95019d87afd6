package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Chat, parity, preprocess and doctor, on the model that is committed with the source. */
class CommandsTest {
    private static final String MODEL = Cli.MODEL.toString();

    @TempDir
    private Path folder;

    @Test
    void chatRemembersWhatWasSaid() {
        String picture = Cli.MODEL.resolve("wide.png").toString();
        String[] chat = {"chat", "--model", MODEL, "--image", picture, "--max-new-tokens", "6"};

        List<String> twice = Cli.runWith("What is it?\nWhat is it?\n/reset\nWhat is it?\n", chat)
                .out()
                .lines()
                .toList();

        assertThat(twice).hasSize(3);
        assertThat(twice.get(1)).isNotEqualTo(twice.get(0)); // the second time it follows the first
        assertThat(twice.get(2)).isEqualTo(twice.get(0));
        assertThat(twice.get(0))
                .isEqualTo(Cli.run(
                                "ask",
                                "--model",
                                MODEL,
                                "--image",
                                picture,
                                "--prompt",
                                "What is it?",
                                "--max-new-tokens",
                                "6")
                        .out()
                        .stripTrailing());
    }

    @Test
    void chatTakesAnotherPictureAndGoesOnAfterAnError() {
        String tall = Cli.MODEL.resolve("tall.png").toString();

        Cli.Result result = Cli.runWith(
                "/image nothing.png\n/what\n/image " + tall + "\nWhat?\n/exit\nNever asked\n",
                "chat",
                "--model",
                MODEL,
                "--max-new-tokens",
                "6");

        assertThat(result.err()).contains("nothing.png does not exist", "/what is no command here");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out())
                .isEqualTo(
                        Cli.run("ask", "--model", MODEL, "--image", tall, "--prompt", "What?", "--max-new-tokens", "6")
                                .out());
    }

    @Test
    void parityPassesInTheShapeOfTheContract() {
        Cli.Result result = Cli.run("parity", MODEL, "--json");

        assertThat(result.status()).isZero();
        JsonNode json = result.json();
        assertThat(json.path("dir").asString()).isEqualTo(MODEL);
        assertThat(json.path("passed").asBoolean()).isTrue();
        assertThat(json.path("names").asInt()).isGreaterThan(50);
        assertThat(json.path("worst").path("error").asDouble()).isBetween(0.0, 1e-4);
        assertThat(json.path("worst").path("name").asString()).isNotEmpty();
        assertThat(json.path("ids").path("equal")).isEqualTo(json.path("ids").path("total"));
        assertThat(json.path("candidates").path("worst").asDouble()).isLessThan(1e-3);
    }

    @Test
    void parityFailsWithStatus1AndNamesTheWorstLast() {
        Cli.Result result = Cli.run("parity", MODEL, "--tolerance", "1e-9");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out())
                .contains("differs", "allowed is 1e-09", "more")
                .endsWith("FAILED" + System.lineSeparator());
        List<Double> errors = result.out()
                .lines()
                .filter(line -> line.matches("  \\d\\.\\d+e-\\d+  case.*"))
                .map(line -> Double.valueOf(line.strip().split(" ")[0]))
                .toList();
        assertThat(errors).hasSizeGreaterThan(50).isSorted();
    }

    @Test
    void parityComparesAnotherModelWithOneFolder() {
        assertThat(Cli.run("parity", MODEL, "--model", MODEL).status()).isZero();

        Cli.Result two = Cli.run("parity", MODEL, MODEL, "--model", MODEL);
        assertThat(two.status()).isEqualTo(2);
        assertThat(two.err()).contains("--model is for one folder, not for 2").hasLineCount(1);
    }

    @Test
    void parityGoesOnAfterAFolderThatItCannotCompare() {
        Cli.Result result = Cli.run("parity", folder.toString(), MODEL, "--json");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("is no golden folder").hasLineCount(1);
        List<JsonNode> lines =
                result.out().lines().map(JsonMapper.shared()::readTree).toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).path("passed").asBoolean()).isFalse();
        assertThat(lines.get(1).path("passed").asBoolean()).isTrue();
    }

    @Test
    void preprocessWritesWhatTheModelIsGiven() {
        Path out = folder.resolve("pixels.safetensors");

        Cli.Result result = Cli.run(
                "preprocess",
                "--model",
                MODEL,
                "--image",
                Cli.MODEL.resolve("wide.png").toString(),
                "--out",
                out.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out()).isEmpty();
        try (Arena arena = Arena.ofConfined()) {
            Tensor found = Safetensors.open(out, arena).tensor("pixel_values");
            Tensor expected = Safetensors.open(Cli.MODEL.resolve("case-1.safetensors"), arena)
                    .tensor("pixel_values");
            assertThat(found.hasShape(3, 56, 56)).isTrue();
            assertThat(found.toFloats())
                    .containsExactly(expected.toFloats(), org.assertj.core.data.Offset.offset(1e-6f));
        }
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(out));
    }

    @Test
    void preprocessNeedsNoWeightsAndObeysTheSettings() throws IOException {
        Files.copy(Cli.MODEL.resolve("config.json"), folder.resolve("config.json"));
        Files.writeString(
                folder.resolve("preprocessor_config.json"),
                "{\"size\": {\"height\": 20, \"width\": 28}, \"do_center_crop\": false, \"image_mean\": [9, 9, 9]}");
        Path out = folder.resolve("pixels.safetensors");

        Cli.Result result = Cli.run(
                "preprocess",
                "--model",
                folder.toString(),
                "--image",
                Cli.MODEL.resolve("wide.png").toString(),
                "--out",
                out.toString());

        assertThat(result.status()).as(result.err()).isZero();
        try (Arena arena = Arena.ofConfined()) {
            Tensor found = Safetensors.open(out, arena).tensor("pixel_values");
            assertThat(found.hasShape(3, 20, 28)).isTrue();
            assertThat(found.toFloats()[0]).isLessThan(-20); // (at most 1 − 9) / 0.27
        }
    }

    @Test
    void doctorTellsWhatThereIs() {
        JsonNode json = Cli.run("doctor", "--json").json();

        assertThat(json.path("vector_bits").asInt()).isPositive();
        assertThat(json.path("cores").asInt()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(json.path("gpu").path("reason").asString()).isNotEmpty();
        assertThat(json.path("memory_available_bytes").asLong())
                .isBetween(1L, json.path("memory_bytes").asLong());
        assertThat(Cli.run("doctor").out()).contains("JDK", "SIMD", "cores", "available", "GPU", "default");
    }

    @Test
    void versionIsOneLine() {
        assertThat(Cli.run("--version").out()).startsWith("jocular ").hasLineCount(1);
    }
}
