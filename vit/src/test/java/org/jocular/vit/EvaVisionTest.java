package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.vit.EvaVision.Config;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;
import org.jocular.weights.Leftovers;
import org.jocular.weights.QkvBiases;
import org.jocular.weights.Renaming;
import org.jocular.weights.Renaming.Rule;
import org.jocular.weights.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaVisionTest {
    /** 9 patches, 3 heads of 8. */
    private static final Config TINY = new Config(24, 36, 2, 3, 42, 14, 1e-6f, 1e-6f, true, Activation.GELU, 0);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "blip2-opt, simd",
        "blip2-opt, reference",
        "blip2-t5, simd",
        "blip2-t5, reference",
        "instructblip-vicuna, simd",
        "instructblip-vicuna, reference",
        "instructblip-t5, simd",
        "instructblip-t5, reference"
    })
    void everyNameOfTheGoldens(String golden, String executor) {
        assertEqual(Golden.shared(golden), executor, 28);
    }

    @ParameterizedTest
    @CsvSource({"simd", "reference"})
    void everyNameOfTheCommittedGolden(String executor) {
        assertEqual(Golden.committed("blip2-t5"), executor, 14);
    }

    private static void assertEqual(Golden golden, String executor, int names) {
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory())) {
            Config config = Config.of(golden.config().object("vision_config"));
            EvaVision vision = EvaVision.load(checkpoint.root().at("vision_model"), config);
            assertThat(golden.run(executor, "vision_model.", vision::forward))
                    .hasSize(names)
                    .allSatisfy(found ->
                            assertThat(found.error()).as(found.name()).isLessThanOrEqualTo(Golden.tolerance(executor)));
        }
    }

    /** The frozen tower in LAVIS's form, of which only the names and the biases differ. */
    @ParameterizedTest
    @CsvSource({"minigpt4, simd", "minigpt4, reference", "blip2-vicuna, simd", "blip2-vicuna, reference"})
    void everyBlockOfTheGoldensInLavisForm(String folder, String executor) {
        Golden golden = Golden.shared(folder);
        UnaryOperator<String> names = Renaming.patterns(
                Rule.of("vision_model\\.embeddings\\.class_embedding", "cls_token"),
                Rule.of("vision_model\\.embeddings\\.position_embedding", "pos_embed"),
                Rule.of("vision_model\\.embeddings\\.patch_embedding\\.(.+)", "patch_embed.proj.$1"),
                Rule.of("vision_model\\.encoder\\.layers\\.(\\d+)\\.layer_norm(.+)", "blocks.$1.norm$2"),
                Rule.of("vision_model\\.encoder\\.layers\\.(\\d+)\\.self_attn\\.qkv\\.(.+)", "blocks.$1.attn.qkv.$2"),
                Rule.of(
                        "vision_model\\.encoder\\.layers\\.(\\d+)\\.self_attn\\.projection\\.(.+)",
                        "blocks.$1.attn.proj.$2"),
                Rule.of("vision_model\\.encoder\\.layers\\.(.+)", "blocks.$1"),
                // ln_vision lies in another file; EVA's own norm stands in for it, and is not compared.
                Rule.of("vision_model\\.post_layernorm\\.(.+)", "norm.$1"));
        try (Checkpoint checkpoint =
                QkvBiases.merged(Checkpoint.open(golden.directory().resolve("eva_vit_g.pth")))) {
            Weights weights = checkpoint.root(names).at("vision_model");
            EvaVision vision = EvaVision.load(weights, Config.lavis(weights, 56, 3, 4));
            checkpoint.finish(Leftovers.evaBlocksFrom(3));
            assertThat(golden.run(executor, "vision_model.e", vision::forward))
                    .hasSize(8)
                    .allSatisfy(found ->
                            assertThat(found.error()).as(found.name()).isLessThanOrEqualTo(Golden.tolerance(executor)));
        }
    }

    /** LAVIS's last norm has an eps of its own, which quiet activations show. */
    @Test
    void theLastNormHasAnEpsOfItsOwn() {
        Golden golden = Golden.committed("blip2-t5");
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory())) {
            Config config = Config.lavis(checkpoint.root().at("vision_model"), 56, 3, 4);
            EvaVision vision = EvaVision.load(checkpoint.root().at("vision_model"), config);
            List<Golden.Found> found = golden.run("reference", "vision_model.", vision::forward);
            assertThat(found)
                    .filteredOn(name -> name.error() > 5e-5)
                    .singleElement()
                    .satisfies(name -> {
                        assertThat(name.name()).isEqualTo("vision_model.post_layernorm");
                        assertThat(name.error()).isBetween(1e-4, 1e-1);
                    });
        }
    }

    @Test
    void sizesOfALavisFileAreThoseOfItsTensors() {
        try (Checkpoint checkpoint =
                Checkpoint.open(Golden.committed("blip2-t5").directory())) {
            assertThat(Config.lavis(checkpoint.root().at("vision_model"), 56, 3, 4))
                    .isEqualTo(new Config(40, 88, 3, 4, 56, 14, 1e-6f, 1e-5f, true, Activation.GELU, 0));
            assertThatThrownBy(() -> Config.lavis(checkpoint.root().at("vision_model"), 56, 3, 16))
                    .isInstanceOf(BadInput.class)
                    .hasMessage(
                            "vision_model has width 40 and patches of 14, which do not fit 16 heads and image size 56");
            assertThatThrownBy(() -> Config.lavis(checkpoint.root().at("visual"), 56, 3, 4))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("lacks tensor \"visual.embeddings.patch_embedding.weight\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"simd", "reference"})
    void redAndBlueDiffer(String executor) {
        Golden golden = Golden.committed("blip2-t5");
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory());
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin();
                Arena arena = Arena.ofConfined()) {
            Config config = Config.of(golden.config().object("vision_config"));
            EvaVision vision = EvaVision.load(checkpoint.root().at("vision_model"), config);
            float[] red = ops.read(vision.forward(ops, plain(arena, 56, 0)));
            float[] blue = ops.read(vision.forward(ops, plain(arena, 56, 2)));
            assertThat(Golden.error(red, blue)).isGreaterThan(0.01);
        }
    }

    /** Only the given channel shines. */
    private static Tensor plain(Arena arena, int side, int channel) {
        float[] pixels = new float[3 * side * side];
        Arrays.fill(pixels, -1.8f);
        Arrays.fill(pixels, channel * side * side, (channel + 1) * side * side, 2);
        return Tensor.of(arena, pixels, 3, side, side);
    }

    /** The table of a model for smaller pictures stands in the file, as in the checkpoints for captions of COCO. */
    @Test
    void positionsOfAnotherSizeAreInterpolated() {
        Config stored = new Config(24, 36, 2, 3, 28, 14, 1e-6f, 1e-6f, true, Activation.GELU, 0); // 2 × 2 patches
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F16);
            Tensor small = EvaVision.load(weights.at("vision_model"), stored).positionEmbedding();
            SafetensorsWriter.write(directory.resolve("model.safetensors"), weights.made());
            try (Checkpoint checkpoint = Checkpoint.open(directory)) {
                EvaVision vision = EvaVision.load(checkpoint.root().at("vision_model"), TINY);
                checkpoint.finish();
                assertThat(vision.positionEmbedding().shape()).containsExactly(10, 24);
                assertThat(vision.positionEmbedding().toFloats())
                        .isEqualTo(PositionGrid.resize(small, 2, 3).toFloats());
                try (Executor cpu = CpuExecutor.simd(1);
                        Ops ops = cpu.begin()) {
                    assertThat(vision.forward(ops, plain(arena, 42, 1)).shape()).containsExactly(10, 24);
                }
            }
        }
    }

    @Test
    void withoutBiasWhereTheConfigSaysSo() {
        Config config = new Config(24, 36, 1, 3, 42, 14, 1e-6f, 1e-6f, false, Activation.GELU, 0);
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            EvaVision.Attention attention =
                    EvaVision.load(weights, config).blocks().getFirst().attention();
            assertThat(weights.made()).doesNotContainKey("encoder.layers.0.self_attn.qkv.bias");
            assertThat(List.of(attention.query(), attention.key(), attention.value()))
                    .extracting(Linear::bias)
                    .containsOnlyNulls();
        }
    }

    @Test
    void theFusedWeightIsNotCopied() {
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.BF16);
            EvaVision.Attention attention =
                    EvaVision.load(weights, TINY).blocks().getFirst().attention();
            Tensor fused = weights.get("encoder.layers.0.self_attn.qkv.weight");
            assertThat(attention.key().weight().data().address())
                    .isEqualTo(fused.data().address() + 24 * 24 * 2);
        }
    }

    @Test
    void defaultsAreThoseOfTheReleasedModels() throws IOException {
        assertThat(config("{}"))
                .isEqualTo(new Config(1408, 6144, 39, 16, 224, 14, 1e-6f, 1e-6f, true, Activation.GELU, 0));
        assertThat(config("{}").patches()).isEqualTo(256);
        Config other = config("""
                {"layer_norm_eps": 1e-5, "hidden_act": "quick_gelu", "qkv_bias": false, "image_size": 364}""");
        assertThat(other)
                .isEqualTo(new Config(1408, 6144, 39, 16, 364, 14, 1e-5f, 1e-5f, false, Activation.QUICK_GELU, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'hidden_size': 0}; has hidden_size = 0, expected a whole number from 1 to 268435456",
                "{'hidden_size': 'wide'}; has hidden_size = \"wide\", expected a whole number from 1 to 268435456",
                "{'hidden_size': 1409}; hidden_size 1409 is not a multiple of num_attention_heads 16",
                "{'num_attention_heads': -16}; has num_attention_heads = -16, expected a whole number from 1 to 268435456",
                "{'num_hidden_layers': 4000000000}; has num_hidden_layers = 4000000000, expected a whole number from 1 to 1000",
                "{'image_size': 225}; image_size 225 is not a multiple of patch_size 14",
                "{'image_size': 100000}; has image_size = 100000, expected a whole number from 1 to 4096",
                "{'layer_norm_eps': 0}; has layer_norm_eps = 0, expected a number above 0",
                "{'layer_norm_eps': NaN}; has layer_norm_eps = \"NaN\", expected a number",
                "{'qkv_bias': 1}; has qkv_bias = 1, expected true or false",
                "{'hidden_act': 'mish'}; is \"mish\"; known are",
            })
    void configsThatMakeNoSense(String json, String sentence) {
        assertThatThrownBy(() -> config(json.replace('\'', '"')))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("\n");
    }

    private Config config(String json) throws IOException {
        return Config.of(JsonFile.read(Files.writeString(directory.resolve("config.json"), json)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "vision_model.embeddings.class_embedding; 24; [1, 1, 24]",
                "vision_model.embeddings.position_embedding; 1,11,24; [1, 10, 24]", // ten patches are no square
                "vision_model.embeddings.position_embedding; 10,24; [1, 10, 24]",
                "vision_model.embeddings.position_embedding; 1,10,23; [1, 10, 24]",
                "vision_model.embeddings.patch_embedding.weight; 24,1,14,14; [24, 3, 14, 14]",
                "vision_model.encoder.layers.1.self_attn.qkv.weight; 24,24; [72, 24]",
                "vision_model.encoder.layers.1.self_attn.qkv.bias; 24; [72]",
                "vision_model.encoder.layers.0.mlp.fc1.weight; 24,36; [36, 24]",
                "vision_model.post_layernorm.bias; 1; [24]",
                "vision_model.post_layernorm.weight; ; [24]",
            })
    void tensorsOfAnotherShape(String name, String shape, String expected) {
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            EvaVision.load(weights.at("vision_model"), TINY);
            Map<String, Tensor> tensors = weights.made();
            tensors.remove(name);
            if (shape != null) {
                long[] sizes = Arrays.stream(shape.split(","))
                        .mapToLong(Long::parseLong)
                        .toArray();
                tensors.put(name, Tensor.zeros(arena, DType.F32, sizes));
            }
            SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors);
            try (Checkpoint checkpoint = Checkpoint.open(directory)) {
                assertThatThrownBy(() -> EvaVision.load(checkpoint.root().at("vision_model"), TINY))
                        .isInstanceOf(BadInput.class)
                        .hasMessageContaining(shape == null ? "lacks tensor" : "has tensor")
                        .hasMessageContaining(name)
                        .hasMessageContaining(expected);
            }
        }
    }
}
