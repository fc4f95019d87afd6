package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.tensor.Tensor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jocular.weights.Safetensors;
import org.jocular.weights.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every command but {@code ask}, on the model that is committed with the source. */
class CommandsTest {
    private static final String MODEL = Cli.MODEL.toString();

    @TempDir
    private Path folder;

    private void copyModelBut(String... left) throws IOException {
        try (Stream<Path> files = Files.list(Cli.MODEL)) {
            for (Path file : files.toList()) {
                if (!List.of(left).contains(file.getFileName().toString())) {
                    Files.copy(file, folder.resolve(file.getFileName()));
                }
            }
        }
    }

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
    void tokenizesJsonLinesAndBack() {
        String ids = Cli.runWith("\"A red circle\"\n\"\"\n\"\\u00e0\\n\"\n", "tokenize", "--model", MODEL, "--jsonl")
                .out();

        assertThat(ids.lines()).hasSize(3).element(1).isEqualTo("[]");
        assertThat(Cli.runWith(ids, "tokenize", "--model", MODEL, "--jsonl", "--decode")
                        .out())
                .isEqualTo("\"A red circle\"\n\"\"\n\"à\\n\"\n");
    }

    @Test
    void tokenizesPlainLinesWithSpecialTokensOnRequest() {
        String model = Cli.MODEL.resolve("tokenizer.model").toString();

        String plain =
                Cli.runWith("A red circle\r\n", "tokenize", "--model", model).out();
        String special = Cli.runWith("A red circle", "tokenize", "--model", MODEL, "--special")
                .out();

        assertThat(special).isEqualTo("1 " + plain);
        assertThat(Cli.runWith(plain, "tokenize", "--model", model, "--decode").out())
                .isEqualTo("A red circle\n");
    }

    @Test
    void tokenizeNamesTheLineThatIsBroken() {
        for (String broken : List.of("\"half", "5", "[1]", "null", "\"a\" \"b\"", "")) {
            Cli.Result result = Cli.runWith("\"good\"\n" + broken + "\n", "tokenize", "--model", MODEL, "--jsonl");

            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err()).startsWith("jocular: line 2 of the standard input is not a JSON string");
            assertThat(result.err()).hasLineCount(1);
        }
        byte[] latin1 = "\"caf\u00e9\"".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Cli.runWith(latin1, "tokenize", "--model", MODEL, "--jsonl").err())
                .contains("line 1", "not UTF-8");
        assertThat(Cli.runWith("12 x", "tokenize", "--model", MODEL, "--decode").err())
                .contains("line 1", "list of ids");
    }

    @Test
    void tokenizeRefusesWhatIsNoTokenizer() {
        Cli.Result result = Cli.run("tokenize", "--model", folder.toString());

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("no tokenizer here").hasLineCount(1);
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
    void inspectShowsSystemTensorsAndWhatIsNotNeeded() {
        Cli.Result result = Cli.run("inspect", MODEL);

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("llava, which this version runs", "89 in 2 files", "203.2 k parameters", "F16 89")
                .contains("after the selected layer", "language_model.model.layers.*", "num_hidden_layers 3");
    }

    @Test
    void inspectListsEveryTensorOfAFileOfUnknownTypesToo() throws IOException {
        byte[] header = "{\"a.weight\":{\"dtype\":\"F8_E4M3\",\"shape\":[2,3],\"data_offsets\":[0,6]}}"
                .getBytes(StandardCharsets.UTF_8);
        byte[] file = new byte[8 + header.length + 6];
        file[0] = (byte) header.length;
        System.arraycopy(header, 0, file, 8, header.length);
        Path weights = Files.write(folder.resolve("w.safetensors"), file);

        Cli.Result result = Cli.run("inspect", weights.toString(), "--tensors");

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("a.weight", "F8_E4M3", "[2, 3]", "w.safetensors");
        JsonNode json =
                Cli.run("inspect", weights.toString(), "--tensors", "--json").json();
        assertThat(json.path("list").get(0).path("dtype").asString()).isEqualTo("F8_E4M3");
        assertThat(json.path("parameters").asInt()).isEqualTo(6);
    }

    @Test
    void inspectSaysWhatIsMissingOfAModelHalfDownloaded() throws IOException {
        copyModelBut("model-00002-of-00002.safetensors", "tokenizer.model", "tokenizer.json");

        Cli.Result result = Cli.run("inspect", folder.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("model-00002-of-00002.safetensors is missing, with", "no tokenizer here", "in 1 file,")
                .doesNotContain("which this version runs");
    }

    @Test
    void inspectReadsADirectoryOfWeightsAlone() {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsWriter.write(
                    folder.resolve("part.safetensors"),
                    Map.of("layers.0.weight", Tensor.of(arena, new float[6], 2, 3)));
        }

        Cli.Result result = Cli.run("inspect", folder.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("config.json is missing", "layers.*", "F32");
    }

    @Test
    void inspectRefusesADirectoryOfNothing() {
        Cli.Result result = Cli.run("inspect", folder.toString());

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .contains("nothing in", "config.json is missing", "weights are missing")
                .hasLineCount(1);
    }

    @Test
    void doctorTellsWhatThereIs() {
        JsonNode json = Cli.run("doctor", "--json").json();

        assertThat(json.path("vector_bits").asInt()).isPositive();
        assertThat(json.path("cores").asInt()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(json.path("gpu").path("reason").asString()).isNotEmpty();
        assertThat(Cli.run("doctor").out()).contains("JDK", "SIMD", "cores", "memory", "GPU", "default");
    }

    @Test
    void demoRunsTheWholePathAndChecksItself() {
        Path out = folder.resolve("demo");

        Cli.Result result = Cli.run("demo", "--out", out.toString());

        assertThat(result.status()).as(result.out() + result.err()).isZero();
        assertThat(result.out())
                .contains("16 visual tokens of width 48", "58 ids", "PASSED", "weights of this model are random");
        Picture drawn = PictureReader.read(out.resolve("demo.png"));
        assertThat(drawn).isEqualTo(Drawing.circleLeftOfSquare());
        assertThat(PictureReader.read(out.resolve("patches.png")).width()).isEqualTo(448);
    }

    @Test
    void versionIsOneLine() {
        assertThat(Cli.run("--version").out()).startsWith("jocular ").hasLineCount(1);
    }
}
