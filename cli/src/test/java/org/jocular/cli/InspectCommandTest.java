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
                .contains("llava, hub layout", "runs        yes", "89 in 2 files", "203.2 k parameters", "F16 89")
                .contains("part        vision tower: 37 tensors, 52.1 k parameters, F16, in model-00001")
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
                .contains("llava, hub layout")
                .doesNotContain("runs  ");
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
    void inspectShowsThePartsOfAComposition() throws IOException {
        Path model = TinyModels.copy("blip2-vicuna", folder.resolve("model"));

        JsonNode json = Cli.run("inspect", model.toString(), "--json").json();

        assertThat(json.path("system").asString()).isEqualTo("blip2");
        assertThat(json.path("layout").asString()).isEqualTo("LAVIS");
        assertThat(json.path("runs").asBoolean()).isTrue();
        assertThat(json.path("files").valueStream().map(JsonNode::asString))
                .containsExactly("blip2_pretrained_vicuna7b.pth", "eva_vit_g.pth", "vicuna/model.safetensors");
        assertThat(json.path("parts")
                        .valueStream()
                        .map(part -> part.path("part").asString()))
                .containsExactlyInAnyOrder("vision tower", "Q-Former", "projection", "language model");
        assertThat(json.path("not_needed").size()).isEqualTo(14);
        assertThat(json.path("config").path("vision").path("num_hidden_layers").asInt())
                .isEqualTo(3);
    }

    @Test
    void inspectSaysWhatAFileOfLavisIs() throws IOException {
        Path model = TinyModels.copy("blip2-vicuna", folder.resolve("model"));

        assertThat(Cli.run("inspect", model.resolve("eva_vit_g.pth").toString()).out())
                .contains("EVA's vision tower: the \"vision\" of a jocular.json", "58 in 1 file");
        assertThat(Cli.run(
                                "inspect",
                                model.resolve("blip2_pretrained_vicuna7b.pth").toString())
                        .out())
                .contains("a Q-Former in LAVIS's layout", "91 in 1 file");
        assertThat(Cli.run("inspect", model.resolve("vicuna").toString()).out())
                .contains("llama, hub layout", "language_model of a jocular.json");
    }

    @Test
    void inspectNamesWhatLiesBesideTheWeights() {
        Path minigpt4 = Shared.path("goldens/minigpt4");
        for (String file : List.of("", "pretrained_minigpt4_7b.pth")) {
            assertThat(Cli.run("inspect", minigpt4.resolve(file).toString()).out())
                    .contains("beside      optimizer: a dictionary of 2 entries, in pretrained_minigpt4_7b.pth")
                    .contains("beside      epoch: 3, in pretrained_minigpt4_7b.pth");
        }
    }

    @Test
    void inspectNamesWhatACompositionLacks() throws IOException {
        Path model = TinyModels.copy("blip2-vicuna", folder.resolve("model"));
        Files.delete(model.resolve("eva_vit_g.pth"));
        Files.delete(model.resolve("vicuna/tokenizer.model"));

        Cli.Result result = Cli.run("inspect", model.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("blip2, LAVIS layout", "eva_vit_g.pth is missing", "no tokenizer", "part        Q-Former")
                .doesNotContain("runs  ");
    }

    @Test
    void inspectNamesAVisionTowerThatIsNowhere() throws IOException {
        Path model = TinyModels.copy("llava-original", folder.resolve("model"));
        assertThat(Cli.run("inspect", model.toString()).out())
                .contains("llava, original layout", "in clip/model.safetensors");
        TinyModels.set(model.resolve("config.json"), "mm_vision_tower", "openai/no-such-clip");

        Cli.Result result = Cli.run("inspect", model.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("llava, original layout", "openai/no-such-clip", "nothing is downloaded", "34 in 1 file");
    }

    @Test
    void inspectKnowsADelta() throws IOException {
        Path model = TinyModels.copy("llama", folder.resolve("model"));
        TinyModels.tensor(model.resolve("model.safetensors"), "model.norm.weight", 48);

        assertThat(Cli.run("inspect", model.toString()).out())
                .contains("llama, a delta", "the base from which these weights are differences", "--delta " + model);
    }

    @Test
    void inspectKnowsAnAdapter() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.writeString(
                model.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 8, \"lora_alpha\": 32, \"target_modules\": [\"q_proj\", \"v_proj\"], "
                        + "\"base_model_name_or_path\": \"lmsys/vicuna-7b\"}");
        TinyModels.tensor(
                model.resolve("adapter_model.bin"),
                "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
                8,
                48);

        Cli.Result result = Cli.run("inspect", model.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains(
                        "an adapter, LORA, rank 8, alpha 32, of q_proj, v_proj",
                        "lmsys/vicuna-7b",
                        "--lora " + model,
                        "1 in 1 file");
    }

    @Test
    void inspectKnowsTheAdapterOfAWholeLlava() throws IOException {
        Path model = TinyModels.copy("llava-original", folder.resolve("model"));
        Files.delete(model.resolve("model.safetensors"));
        Files.writeString(model.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\"}");
        TinyModels.tensor(model.resolve("adapter_model.bin"), "base_model.model.x.lora_A.weight", 8, 48);
        TinyModels.tensor(
                model.resolve("non_lora_trainables.bin"), "base_model.model.model.mm_projector.weight", 48, 40);

        JsonNode json = Cli.run("inspect", model.toString(), "--json").json();

        assertThat(json.path("system").asString()).isEqualTo("llava");
        assertThat(json.path("what").asString()).isEqualTo("llava, an adapter, LORA");
        assertThat(json.path("runs").asBoolean()).isFalse();
        assertThat(json.path("tensors").asInt()).isEqualTo(2);
        assertThat(json.path("missing").get(0).asString()).contains("the base that it adapts: jocular convert --base");
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
