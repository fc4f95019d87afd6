package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.weights.Checkpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ConvertCommandTest {
    private static final String MODEL = Cli.MODEL.toString();
    private static final String ADAPTER_CONFIG = """
            {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"], "base_model_name_or_path": "lmsys/vicuna"}
            """;

    @TempDir
    private Path folder;

    private Path out;

    @BeforeEach
    void nameTheResult() {
        out = folder.resolve("out");
    }

    private Cli.Result convert(String... arguments) {
        List<String> all = new ArrayList<>(List.of("convert", "--out", out.toString()));
        all.addAll(List.of(arguments));
        return Cli.run(all.toArray(String[]::new));
    }

    @Test
    void aConvertedModelAgreesWithTheReferenceOfItsSource() throws IOException {
        Cli.Result result = convert("--model", MODEL);

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("llava, hub layout", "89 tensors, 203.2 k parameters", "F16 89", "left out    nothing");
        Cli.Result parity = Cli.run("parity", MODEL, "--model", out.toString(), "--json");
        assertThat(parity.status()).as(parity.err()).isZero();
        assertThat(parity.json().path("dir").asString()).isEqualTo(MODEL);
        assertThat(parity.json().path("names").asInt()).isEqualTo(60);
        assertThat(Cli.run("inspect", out.toString(), "--json")
                        .json()
                        .path("runs")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void everyTensorIsWrittenOrNamedWithAReason() throws IOException {
        Path model = TinyModels.copy("blip2-vicuna", folder.resolve("model"));

        JsonNode json = convert("--model", model.toString(), "--json").json();

        assertThat(json.path("system").asString()).isEqualTo("blip2");
        assertThat(json.path("layout").asString()).isEqualTo("LAVIS");
        assertThat(json.path("written").size()).isEqualTo(161);
        JsonNode bias = json.path("written")
                .valueStream()
                .filter(tensor -> tensor.path("name").asString().endsWith("layers.0.self_attn.qkv.bias"))
                .findFirst()
                .orElseThrow();
        assertThat(bias.path("dtype").asString()).isEqualTo("F16");
        assertThat(bias.path("shape").toString()).isEqualTo("[120]");
        assertThat(bias.path("from").asString()).endsWith("eva_vit_g.pth");
        assertThat(json.path("left_out")
                        .valueStream()
                        .map(left -> left.path("why").asString())
                        .distinct())
                .containsExactly("one block more than LAVIS keeps", "replaced by ln_vision");
        assertThat(json.path("files").valueStream().map(JsonNode::asString))
                .contains("config.json", "model.safetensors", "tokenizer.model", "preprocessor_config.json");
    }

    @Test
    void whatIsLeftOutIsPrintedByName() throws IOException {
        Path model = TinyModels.copy("blip2-vicuna", folder.resolve("model"));

        assertThat(convert("--model", model.toString()).out())
                .contains("left out    12, one block more than LAVIS keeps:", "blocks.3.mlp.fc2.bias, eva_vit_g.pth");
    }

    @Test
    void smallShardsAndAnotherType() {
        Cli.Result result = convert("--model", MODEL, "--dtype", "bf16", "--max-shard-size", "0.1 MB");

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("BF16 89", "model-00001-of-00005.safetensors", "model.safetensors.index.json");
    }

    @Test
    void anEmptyDirectoryIsFilled() throws IOException {
        Files.createDirectory(out);

        assertThat(convert("--model", MODEL).status()).isZero();
        assertThat(out.resolve("config.json")).exists();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1500, 1500", "2kB, 2000", "3 KiB, 3072", "0.5MB, 500000", "5GB, 5000000000", "1gib, 1073741824"
    })
    void sizes(String text, long bytes) {
        assertThat(Sizes.parse("--max-shard-size", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "GB", "5 apples", "1e9", "99999999999999999999GB", "NaN"})
    void noSizes(String text) {
        refused(convert("--model", MODEL, "--max-shard-size", text), "--max-shard-size is " + text, "such as 5GB");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--json | --model is missing, expected --model, or --base with --delta or with --lora",
                "--delta,DIR | --base is missing",
                "--lora,DIR | --base is missing",
                "--base,DIR | --base alone is nothing to convert",
                "--model,DIR,--base,DIR | --model does not go with --base",
                "--model,DIR,--delta,DIR | --model does not go with --delta",
                "--base,DIR,--delta,DIR,--lora,DIR | --delta does not go with --lora",
                "--model,DIR,--dtype,q8 | --dtype is q8, expected f32, f16 or bf16",
                "--model,nothing | neither an existing file or directory",
                "--base,nothing,--delta,DIR | neither an existing file or directory",
                "--model,DIR/config.json | is a file, expected a model directory"
            })
    void flagsThatDoNotGoTogether(String flags, String sentence) {
        refused(convert(flags.replace("DIR", MODEL).split(",")), sentence);
    }

    @Test
    void aPlaceThatIsTaken() throws IOException {
        Files.createDirectory(out);
        Path file = Files.writeString(out.resolve("mine.txt"), "mine");

        refused(convert("--model", MODEL), out.toString(), "is there and not empty");
        assertThat(file).hasContent("mine");

        out = file;
        refused(convert("--model", MODEL), "mine.txt is a file");
    }

    @Test
    void aPlaceWithoutAFolder() {
        out = folder.resolve("no/where/out");
        refused(convert("--model", MODEL), "there is no folder", "where");
    }

    @Test
    void aPlaceInsideOfWhatIsRead() throws IOException {
        Path model = TinyModels.copy("llava", folder.resolve("model"));
        Path base = TinyModels.copy("llama", folder.resolve("base"));
        out = model.resolve("out");
        refused(convert("--model", model.toString()), "lies inside of", "model");
        out = folder.resolve("base/../model/deep/../out");
        refused(convert("--model", model.toString()), "lies inside of", "model");
        out = base.resolve("out");
        refused(convert("--base", base.toString(), "--delta", model.toString()), "lies inside of", "base");
        out = model;
        refused(convert("--model", model.toString()), "is there and not empty");
    }

    @Test
    void remarksWhatLooksWrong() throws IOException {
        Path model = TinyModels.copy("llama", folder.resolve("model"));
        Files.delete(model.resolve("tokenizer.model"));
        assertThat(convert("--model", model.toString()).err())
                .isEqualTo("jocular: note: no tokenizer was found and none is in " + out + System.lineSeparator());

        out = folder.resolve("other");
        Path delta = TinyModels.copy("llama", folder.resolve("delta"));
        TinyModels.zero(delta.resolve("model.safetensors"), "model.norm.weight");
        assertThat(convert("--model", delta.toString()).err())
                .contains("looks like a delta")
                .hasLineCount(1);
    }

    /** What can be wrong with a delta. */
    @Test
    void deltas() throws IOException {
        Path base = TinyModels.copy("llama", folder.resolve("base"));
        Path delta = TinyModels.copy("llama", folder.resolve("delta"));
        assertThat(convert("--base", base.toString(), "--delta", delta.toString())
                        .status())
                .isZero();
        out = folder.resolve("other");

        TinyModels.tensors(
                folder.resolve("base/model.safetensors"),
                Map.of("model.norm.weight", new long[] {48}, "model.embed_tokens.weight", new long[] {700, 48}));
        refused(
                convert("--base", base.toString(), "--delta", delta.toString()),
                "model.embed_tokens.weight",
                "[624, 48]",
                "[700, 48]",
                "cannot be added");
        TinyModels.tensor(folder.resolve("base/model.safetensors"), "model.norm.bias", 48);
        refused(
                convert("--base", base.toString(), "--delta", delta.toString()),
                "delta",
                "lacks tensor \"model.norm.bias\"",
                "the base");
        Files.writeString(folder.resolve("base/model.safetensors"), "?");
        refused(convert("--base", base.toString(), "--delta", delta.toString()), "model.safetensors", "1 bytes");
        Files.delete(folder.resolve("base/model.safetensors"));
        refused(convert("--base", base.toString(), "--delta", delta.toString()), "base", "neither model.safetensors");
        Files.delete(folder.resolve("delta/config.json"));
        refused(convert("--base", base.toString(), "--delta", delta.toString()), "delta is no model directory");
    }

    static Stream<String[]> adapters() {
        String layer = "base_model.model.model.layers.0.self_attn.";
        return Stream.of(
                new String[] {layer + "q_proj", "48", "2", "", ""},
                new String[] {layer + "k_proj", "48", "2", "", "none of the target_modules"},
                new String[] {layer + "x.q_proj", "48", "2", "", "the base has no tensor"},
                new String[] {layer + "q_proj", "50", "2", "", "does not fit r = 2"},
                new String[] {layer + "q_proj", "48", "3", "", "does not fit r = 2"},
                new String[] {layer + "q_proj", "48", "2", "\"r\": 2>\"r\": 0", "r = 0"},
                new String[] {layer + "q_proj", "48", "2", "\"r\": 2>\"r\": 1e12", "r = 1.0E12"},
                new String[] {layer + "q_proj", "48", "2", "LORA>IA3", "peft_type = \"IA3\""},
                new String[] {layer + "q_proj", "48", "2", "\"r\":>\"use_dora\": true, \"r\":", "use_dora"},
                new String[] {layer + "q_proj", "48", "2", "{>[", "adapter_config.json"});
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void adapters(String layer, int width, int rank, String edit, String expected) throws IOException {
        Path base = TinyModels.copy("llama", folder.resolve("base"));
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        String[] change = edit.isEmpty() ? new String[] {"", ""} : edit.split(">");
        Files.writeString(adapter.resolve("adapter_config.json"), ADAPTER_CONFIG.replace(change[0], change[1]));
        TinyModels.tensors(
                adapter.resolve("adapter_model.bin"),
                Map.of(layer + ".lora_A.weight", new long[] {rank, 48}, layer + ".lora_B.weight", new long[] {
                    width, rank
                }));

        Cli.Result result = convert("--base", base.toString(), "--lora", adapter.toString());

        if (expected.isEmpty()) {
            assertThat(result.status()).as(result.err()).isZero();
            try (Checkpoint checkpoint = Checkpoint.open(out)) {
                assertThat(checkpoint.tensors()).hasSize(30);
            }
        } else {
            refused(result, expected);
        }
    }

    @Test
    void anAdapterThatIsNone() throws IOException {
        Path base = TinyModels.copy("llama", folder.resolve("base"));
        Path adapter = Files.createDirectory(folder.resolve("adapter"));

        refused(convert("--base", base.toString(), "--lora", adapter.toString()), "adapter");
        Files.writeString(adapter.resolve("adapter_config.json"), ADAPTER_CONFIG);
        refused(convert("--base", base.toString(), "--lora", adapter.toString()), "adapter_model.safetensors");
    }

    /** One sentence, exit status 2, and nothing of the output is left. */
    private void refused(Cli.Result result, String... words) {
        assertThat(result.err()).startsWith("jocular: ").contains(words).hasLineCount(1);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all).noneMatch(file -> file.toString().endsWith(".partial"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        boolean made =
                Files.isDirectory(out) && Files.exists(out.resolve("model.safetensors")) && !out.endsWith("model");
        assertThat(made).isFalse();
    }
}
