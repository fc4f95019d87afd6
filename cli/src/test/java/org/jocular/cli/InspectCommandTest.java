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
import org.jocular.weights.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is there and what is missing, in models, halves of models and mere files. */
class InspectCommandTest {
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
    void inspectShowsAConfigThatCannotBeRun() throws IOException {
        copyModelBut("config.json");
        String config = Files.readString(Cli.MODEL.resolve("config.json"));
        Files.writeString(
                folder.resolve("config.json"), config.replace("\"image_size\": 56", "\"image_size\": [56, 56]"));

        Cli.Result result = Cli.run("inspect", folder.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("cannot run", "image_size = a list", "patch_size 14", "89 in 2 files");
    }

    @Test
    void inspectRefusesADirectoryOfNothing() {
        Cli.Result result = Cli.run("inspect", folder.toString());

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .contains("nothing in", "config.json is missing", "weights are missing")
                .hasLineCount(1);
    }
}
