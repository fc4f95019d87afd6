package org.jocular.systems.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.systems.GoldenLlava;
import org.jocular.systems.Shared;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.parity.Parity;
import org.jocular.systems.parity.ParityReport;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.GenerationConfig;
import org.jocular.weights.JsonFile;
import org.jocular.weights.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A converted model is the same model, and nothing of the source is passed over in silence. */
class ConversionTest {
    private static final Conversion.Settings AS_STORED = new Conversion.Settings(null, 5_000_000_000L);

    @TempDir
    private Path folder;

    /** Names, lists of ids, tensors written and left out. */
    @ParameterizedTest
    @CsvSource({
        "llava, 60, 120, 89, 0",
        "llava-v1-original, 44, 40, 87, 3",
        "llava-v15-original, 44, 40, 89, 3",
        "blip2-opt, 84, 108, 183, 0",
        "blip2-t5, 108, 60, 206, 0",
        "blip2-vicuna, 68, 40, 161, 14",
        "instructblip-vicuna, 82, 111, 187, 0",
        "instructblip-t5, 108, 63, 232, 0",
        "minigpt4, 68, 40, 161, 21",
        "mplug-owl, 66, 40, 143, 1"
    })
    void isTheSameModel(String name, int names, int lists, int written, int leftOut) throws IOException {
        Path golden = golden(name);
        Path out = folder.resolve("out");

        Conversion.Result result = convert(golden, out);

        assertThat(result.written().tensors()).hasSize(written);
        assertThat(result.leftOut()).hasSize(leftOut);
        assertThat(result.files()).contains("config.json", "model.safetensors", "preprocessor_config.json");
        try (Executor executor = CpuExecutor.simd(2)) {
            ParityReport report = Parity.compare(golden, out, executor, Parity.TOLERANCE);
            assertThat(report.differences()).isEmpty();
            assertThat(report.names()).hasSize(names);
            assertThat(report.idsEqual()).isEqualTo(lists);
        }
        convert(golden, folder.resolve("twice"));
        convert(out, folder.resolve("again"));
        assertSameFiles(folder.resolve("twice"), out);
        assertSameFiles(folder.resolve("again"), out);
    }

    @Test
    void aConvertedDirectoryIsAGoldenOfItsOwn() throws IOException {
        Path golden = golden("blip2-vicuna");
        Path out = folder.resolve("out");
        convert(golden, out);
        for (Path file : list(golden)) {
            if (file.toString().matches(".*/(cases\\.json|case-.+|.+\\.png)")) {
                Files.copy(file, out.resolve(file.getFileName()));
            }
        }
        try (Executor executor = CpuExecutor.simd(2)) {
            ParityReport report = Parity.compare(out, executor, Parity.TOLERANCE);
            assertThat(report.differences()).isEmpty();
            assertThat(report.names()).hasSize(68);
        }
    }

    /** Each tensor of the files is written or named: those of EVA's biases in pairs. */
    @ParameterizedTest
    @CsvSource({"blip2-vicuna, 3", "llava, 0"})
    void nothingIsPassedOver(String name, int mergedPairs) throws IOException {
        Path golden = golden(name);
        int stored = 0;
        for (Path place : name.equals("llava")
                ? List.of(golden)
                : List.of(
                        golden.resolve("vicuna"),
                        golden.resolve("eva_vit_g.pth"),
                        golden.resolve("blip2_pretrained_vicuna7b.pth"))) {
            try (Checkpoint checkpoint = Checkpoint.open(place)) {
                stored += checkpoint.tensors().size() + checkpoint.beside().size();
            }
        }
        Conversion.Result result = convert(golden, folder.resolve("out"));
        // Of the block that LAVIS does not keep, the biases are merged too before they are left out.
        int pairs = mergedPairs == 0 ? 0 : mergedPairs + 1;
        assertThat(result.written().tensors().size() + result.leftOut().size()).isEqualTo(stored - pairs);
    }

    @Test
    void mergedBiasesHaveTheTypeOfTheirLayer() throws IOException {
        convert(golden("blip2-vicuna"), folder.resolve("out"));
        assertThat(types(folder.resolve("out"))).containsOnly("F16");
        assertThat(type(folder.resolve("out"))).isEqualTo("float16");
    }

    @Test
    void theRestOfClipIsWrittenThoughNobodyComputesIt() throws IOException {
        Conversion.Result result = convert(GoldenLlava.DIRECTORY, folder.resolve("out"));
        assertThat(result.written().tensors())
                .extracting(TensorInfo::name)
                .contains(
                        "vision_tower.vision_model.encoder.layers.2.mlp.fc2.weight",
                        "vision_tower.vision_model.post_layernorm.bias");
        assertThat(result.leftOut()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"F32, float32", "F16, float16", "BF16, bfloat16"})
    void anotherType(DType dtype, String called) throws IOException {
        Path out = folder.resolve("out");
        Conversion.run(
                Origin.model(golden("blip2-vicuna")),
                out,
                new Conversion.Settings(dtype, AS_STORED.maxShardBytes()),
                (bytes, all) -> {});
        assertThat(types(out)).containsOnly(dtype.name());
        assertThat(type(out)).isEqualTo(called);
    }

    @Test
    void numbersThatAreTooLargeForTheTypeLeaveNothingBehind() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        GoldenLlava.copy(model, tensors -> {
            tensors.computeIfPresent("language_model.model.norm.weight", (name, tensor) -> {
                var large = tensor.to(DType.F32, java.lang.foreign.Arena.ofAuto());
                DType.F32.set(large.data(), 0, 1e6);
                return large;
            });
            return tensors;
        });
        assertThatThrownBy(() -> Conversion.run(
                        Origin.model(model),
                        folder.resolve("out"),
                        new Conversion.Settings(DType.F16, AS_STORED.maxShardBytes()),
                        (bytes, all) -> {}))
                .isInstanceOf(BadInput.class)
                .hasMessageContainingAll("language_model.model.norm.weight", "1000000", "overflows F16");
        assertThat(list(folder)).containsExactly(model);
    }

    @Test
    void manyShardsHoldTheSame() throws IOException {
        Path one = folder.resolve("one");
        Path many = folder.resolve("many");
        convert(GoldenLlava.DIRECTORY, one);
        List<Long> heard = new ArrayList<>();
        Conversion.run(
                Origin.model(GoldenLlava.DIRECTORY),
                many,
                new Conversion.Settings(null, 50_000),
                (bytes, all) -> heard.add(bytes * 1000 / all));
        assertThat(heard).isSorted().endsWith(1000L);
        assertThat(many.resolve("model.safetensors.index.json")).exists();
        assertThat(list(many)).hasSizeGreaterThan(list(one).size() + 5);
        convert(many, folder.resolve("again"));
        assertSameFiles(folder.resolve("again"), one);
    }

    /** As transformers 4.52 and later name the parts. */
    @Test
    void newerNamesBecomeThoseOfAllVersions() throws IOException {
        Path newer = Files.createDirectory(folder.resolve("newer"));
        GoldenLlava.copy(newer, tensors -> {
            Map<String, Tensor> renamed = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> renamed.put(
                    name.startsWith("language_model.lm_head")
                            ? name.replace("language_model.", "")
                            : "model." + name.replace("language_model.model.", "language_model."),
                    tensor));
            return renamed;
        });
        convert(newer, folder.resolve("out"));
        convert(GoldenLlava.DIRECTORY, folder.resolve("expected"));
        assertSameFiles(folder.resolve("out"), folder.resolve("expected"));
    }

    /** In LAVIS it is the code that ends OPT's answers at a line's end. */
    @Test
    void theEndTokenOfTheCodeIsWritten() throws IOException {
        Path text = Files.createDirectory(folder.resolve("opt"));
        Files.writeString(text.resolve("generation_config.json"), "{\"eos_token_id\": 2, \"top_k\": 7}");
        SideFiles files = new SideFiles(Files.createDirectory(folder.resolve("out")));
        files.generation(List.of(text), List.of(50118));
        GenerationConfig written = GenerationConfig.read(folder.resolve("out"));
        assertThat(written.eosTokenIds()).containsExactly(50118);
        assertThat(written.topK()).isEqualTo(7);
    }

    /** The source need not say how it prepares pictures, nor need its own preprocessor_config.json be complete. */
    @ParameterizedTest
    @ValueSource(strings = {"", "{\"do_center_crop\": false, \"size\": {\"height\": 28, \"width\": 56}}"})
    void picturesArePreparedEqually(String preprocessor) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        GoldenLlava.copyFiles(model, name -> !name.equals("preprocessor_config.json"));
        GoldenLlava.replace(
                model.resolve("config.json"),
                "\"image_token_index\"",
                "\"image_aspect_ratio\": \"pad\", \"image_token_index\"");
        if (!preprocessor.isEmpty()) {
            Files.writeString(model.resolve("preprocessor_config.json"), preprocessor);
        }
        Path out = folder.resolve("out");
        convert(model, out);
        assertThat(Systems.imageProcessor(out)).isEqualTo(Systems.imageProcessor(model));
        assertThat(out.resolve("preprocessor_config.json")).exists();
        try (VisionLanguageModel converted = Systems.load(out)) {
            assertThat(converted.imageProcessor()).isEqualTo(Systems.imageProcessor(model));
        }
    }

    @Test
    void namesAreOrderedAsPeopleCount() {
        List<String> names =
                new ArrayList<>(List.of("a.10.b", "a.2.b", "a.2", "a.x", "a.0010.b", "b", "a.12345678901.b"));
        names.sort(HubTensors::compareNames);
        assertThat(names).containsExactly("a.2", "a.2.b", "a.0010.b", "a.10.b", "a.12345678901.b", "a.x", "b");
    }

    private static Conversion.Result convert(Path model, Path out) {
        return Conversion.run(Origin.model(model), out, AS_STORED, (bytes, all) -> {});
    }

    private static String type(Path directory) {
        return JsonFile.read(directory.resolve("config.json")).text("torch_dtype");
    }

    private static List<String> types(Path directory) {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return checkpoint.tensors().stream()
                    .map(TensorInfo::dtype)
                    .distinct()
                    .toList();
        }
    }

    private static void assertSameFiles(Path found, Path expected) throws IOException {
        assertThat(PartialDirectory.files(found)).isEqualTo(PartialDirectory.files(expected));
        for (String file : PartialDirectory.files(expected)) {
            assertThat(Files.mismatch(found.resolve(file), expected.resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static Path golden(String name) {
        if (name.equals("llava")) {
            return GoldenLlava.DIRECTORY;
        }
        Path committed = Path.of("src/test/resources/golden", name);
        return Files.exists(committed) ? committed : Shared.path("goldens/" + name);
    }
}
