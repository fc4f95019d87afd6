package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class LoraTest {
    private static final String A = "base_model.model.model.q_proj.lora_A.weight";
    private static final String B = "base_model.model.model.q_proj.lora_B.weight";

    @TempDir
    private Path folder;

    private Path base;
    private Path adapter;

    @BeforeEach
    void writeBase() throws IOException {
        adapter = Files.createDirectories(folder.resolve("adapter"));
        base = new Stored()
                .add("model.q_proj.weight", DType.F16, 3, 1, 2, 3, 4, 5, 6)
                .add("model.k_proj.weight", DType.F16, 3, 1, 2, 3, 4, 5, 6)
                .add("lm_head.weight", DType.F16, 3, 1, 2, 3)
                .to(folder.resolve("base.safetensors"));
    }

    private void config(String fields) {
        Crafted.write(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"target_modules\": [\"q_proj\"]%s}"
                        .formatted(fields));
    }

    /** A = [[1, 0, 2], [0, 1, −1]], B = [[1, 3], [0.5, 0]]; B·A = [[1, 3, −1], [0.5, 0, 1]]. */
    private static Stored factors(String a, String b) {
        return new Stored().add(a, DType.F32, 3, 1, 0, 2, 0, 1, -1).add(b, DType.F32, 2, 1, 3, 0.5, 0);
    }

    private float[] merged(String name, long... shape) {
        try (Checkpoint merged = Lora.merged(Checkpoint.open(base), adapter)) {
            Tensor tensor = merged.root().tensor(name, shape);
            assertThat(tensor.dtype()).isEqualTo(DType.F16);
            return tensor.toFloats();
        }
    }

    @Test
    void theProductIsAddedWithItsScaleToTheLayerAndToNoOther() {
        config("");
        factors(A, B).to(adapter.resolve("adapter_model.safetensors"));
        assertThat(merged("model.q_proj.weight", 2, 3)).containsExactly(3, 8, 1, 5, 5, 8);
        assertThat(merged("model.k_proj.weight", 2, 3)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void theRootOfTheRankScalesWhereTheConfigSaysSo() {
        config(", \"use_rslora\": true");
        factors(A.replace("A.weight", "A.default.weight"), B.replace("B.weight", "B.default.weight"))
                .to(adapter.resolve("adapter_model.safetensors"));
        double scale = 4 / Math.sqrt(2);
        assertThat(merged("model.q_proj.weight", 2, 3))
                .containsExactly(
                        half(1 + scale), half(2 + 3 * scale), half(3 - scale), half(4 + scale / 2), 5, half(6 + scale));
    }

    @Test
    void theProductIsTransposedWhereTheBaseIs() {
        config(", \"fan_in_fan_out\": true");
        base = new Stored()
                .add("model.q_proj.weight", DType.F16, 2, 1, 4, 2, 5, 3, 6)
                .to(folder.resolve("transposed.safetensors"));
        factors(A, B).to(adapter.resolve("adapter_model.safetensors"));
        assertThat(merged("model.q_proj.weight", 3, 2)).containsExactly(3, 5, 8, 5, 1, 8);
    }

    @Test
    void picklesAreReadAndOtherTensorsReplaceOrJoinThoseOfTheBase() {
        config(", \"modules_to_save\": [\"lm_head\"]");
        Pickle pickle = Pickle.begin().ops("}(");
        pickle.text(A).tensor("HalfStorage", "0", 8, 0, new long[] {2, 3}, new long[] {3, 1});
        pickle.text(B).tensor("HalfStorage", "0", 8, 4, new long[] {2, 2}, new long[] {2, 1});
        pickle.text("base_model.model.lm_head.modules_to_save.default.weight");
        pickle.tensor("HalfStorage", "0", 8, 0, new long[] {2, 3}, new long[] {3, 1});
        Crafted.write(
                adapter.resolve("adapter_model.bin"),
                Zip.torch(pickle.ops("u").stop(), new byte[16]).bytes());
        new Stored()
                .add("base_model.model.model.mm_projector.0.weight", DType.F16, 2, 8, 9)
                .add("model.k_proj.weight", DType.F16, 3, 7, 7, 7)
                .to(adapter.resolve("non_lora_trainables.bin"));
        try (Checkpoint merged = Lora.merged(Checkpoint.open(base), adapter)) {
            Weights root = merged.root();
            assertThat(root.tensor("model.q_proj.weight", 2, 3).toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(root.tensor("model.k_proj.weight", 1, 3).toFloats()).containsExactly(7, 7, 7);
            assertThat(root.tensor("model.mm_projector.0.weight", 1, 2).toFloats())
                    .containsExactly(8, 9);
            assertThat(root.tensor("lm_head.weight", 2, 3).toFloats()).containsOnly(0);
            merged.finish();
        }
    }

    @Test
    void mergesTheGoldenAdapterAsItsDefinitionSays() {
        Path golden = Shared.path("goldens/llava");
        Path start = Shared.path("goldens/llava/lora-start.safetensors");
        Crafted.write(adapter.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8}");
        String layer = "language_model.model.layers.1.self_attn.v_proj";
        try (Checkpoint factors = Checkpoint.open(start);
                Checkpoint plain = Checkpoint.open(golden)) {
            SafetensorsWriter.write(adapter.resolve("adapter_model.safetensors"), factors);
            Tensor a = factors.root().tensor("base_model.model." + layer + ".lora_A.weight", 4, 48);
            Tensor b = factors.root().tensor("base_model.model." + layer + ".lora_B.weight", 48, 4);
            Tensor weight = plain.root().tensor(layer + ".weight", 48, 48);
            try (Checkpoint merged = Lora.merged(Checkpoint.open(golden), adapter)) {
                Tensor found = merged.root().tensor(layer + ".weight", 48, 48);
                for (int i = 0; i < 48 * 48; i++) {
                    double sum = 0;
                    for (int k = 0; k < 4; k++) {
                        sum += b.get(i / 48 * 4 + k) * a.get(k * 48 + i % 48);
                    }
                    assertThat(found.get(i)).isEqualTo(half(weight.get(i) + 2 * sum));
                }
            }
        }
    }

    @Test
    void largeLayersAreMergedBlockByBlockToTheSameSums() {
        int rows = 701;
        int columns = 900;
        int rank = 5;
        double[] weight =
                IntStream.range(0, rows * columns).mapToDouble(i -> i % 7).toArray();
        double[] a =
                IntStream.range(0, rank * columns).mapToDouble(i -> i % 11 - 5).toArray();
        double[] b =
                IntStream.range(0, rows * rank).mapToDouble(i -> i % 13 - 6).toArray();
        base = new Stored()
                .add("model.q_proj.weight", DType.F32, columns, weight)
                .to(folder.resolve("large.safetensors"));
        new Stored()
                .add(A, DType.F32, columns, a)
                .add(B, DType.F32, rank, b)
                .to(adapter.resolve("adapter_model.safetensors"));
        Crafted.write(adapter.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 5, \"lora_alpha\": 5}");
        try (Checkpoint merged = Lora.merged(Checkpoint.open(base), adapter)) {
            float[] found =
                    merged.root().tensor("model.q_proj.weight", rows, columns).toFloats();
            for (int i = 0; i < found.length; i++) {
                double sum = weight[i];
                for (int k = 0; k < rank; k++) {
                    sum += b[i / columns * rank + k] * a[k * columns + i % columns];
                }
                assertThat(found[i]).isEqualTo((float) sum);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> adaptersThatDoNotFitAreRefusedInOneSentence() {
        String other = "base_model.model.model.other.weight";
        return Stream.of(
                refused(
                        "B is missing",
                        "",
                        new Stored().add(A, DType.F32, 3, 1, 2, 3, 4, 5, 6),
                        "lacks the factor lora_B of \"model.q_proj.weight\""),
                refused(
                        "A is missing",
                        "",
                        new Stored().add(B, DType.F32, 2, 1, 2, 3, 4),
                        "lacks the factor lora_A of \"model.q_proj.weight\""),
                refused(
                        "A twice",
                        "",
                        factors(A, B).add(A.replace("A.w", "A.default.w"), DType.F32, 3, 1, 2, 3, 4, 5, 6),
                        "has such a factor already"),
                refused(
                        "another rank",
                        "",
                        new Stored().add(A, DType.F32, 3, 1, 2, 3).add(B, DType.F32, 1, 1, 2),
                        "its F32[1, 3] does not fit r = 2 and F16[2, 3]"),
                refused(
                        "another width",
                        "",
                        new Stored().add(A, DType.F32, 2, 1, 2, 3, 4).add(B, DType.F32, 2, 1, 2, 3, 4),
                        "its F32[2, 2] does not fit r = 2 and F16[2, 3]"),
                refused(
                        "whole numbers",
                        "",
                        new Stored().add(A, DType.I8, 3, 1, 0, 2, 0, 1, -1).add(B, DType.F32, 2, 1, 2, 3, 4),
                        "its I8[2, 3] does not fit"),
                refused(
                        "a layer that is no target",
                        "",
                        factors(A.replace("q_", "k_"), B.replace("q_", "k_")),
                        "adapts \"model.k_proj\", which is none of the target_modules"),
                refused(
                        "a target of which only the end is alike",
                        "",
                        factors(A.replace("q_", "xq_"), B.replace("q_", "xq_")),
                        "adapts \"model.xq_proj\""),
                refused(
                        "a layer that the base lacks",
                        "",
                        factors(A.replace("model.q", "model.x.q"), B.replace("model.q", "model.x.q")),
                        "the base has no tensor \"model.x.q_proj.weight\""),
                refused(
                        "a whole tensor that the base lacks",
                        "",
                        factors(A, B).add(other, DType.F32, 0, 1),
                        "the base has no tensor \"model.other.weight\""),
                refused(
                        "another prefix",
                        "",
                        factors(A, B).add("model.q_proj.weight", DType.F32, 0, 1),
                        "has tensor \"model.q_proj.weight\": expected base_model.model.LAYER.lora_A.weight"),
                refused(
                        "DoRA's magnitudes",
                        "",
                        factors(A, B).add("base_model.model.model.q_proj.lora_magnitude_vector", DType.F32, 0, 1),
                        "lora_magnitude_vector\": expected"),
                refused(
                        "an adapted embedding",
                        "",
                        factors(A, B).add("base_model.model.model.lora_embedding_A", DType.F32, 0, 1),
                        "lora_embedding_A\": expected"),
                refused(
                        "a bias of a factor",
                        "",
                        factors(A, B).add(B.replace("weight", "bias"), DType.F32, 0, 1),
                        "lora_B.bias\": expected"));
    }

    private DynamicTest refused(String name, String fields, Stored weights, String reason) {
        return DynamicTest.dynamicTest(name, () -> {
            config(fields);
            Path file = weights.to(adapter.resolve("adapter_model.safetensors"));
            Sentences.assertOneLine(
                    () -> Lora.merged(Checkpoint.open(base), adapter).close(), file, reason);
        });
    }

    @TestFactory
    Stream<DynamicTest> configsOfOtherAdaptersAreRefusedInOneSentence() {
        return Stream.of(
                refusedConfig("{}", "lacks peft_type"),
                refusedConfig("{\"peft_type\": \"IA3\"}", "peft_type = \"IA3\", expected one of LORA"),
                refusedConfig("{\"peft_type\": \"LORA\"}", "lacks r"),
                refusedConfig("{\"peft_type\": \"LORA\", \"r\": 0}", "r = 0, expected a whole number from 1 to 65536"),
                refusedConfig("{\"peft_type\": \"LORA\", \"r\": 2}", "lacks lora_alpha"),
                refusedConfig(
                        "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": \"x\"}",
                        "lora_alpha = \"x\", expected a number"),
                refusedConfig("{\"peft_type\": \"LORA\", \"use_dora\": true}", "has use_dora = true"),
                refusedConfig("{\"peft_type\": \"LORA\", \"rank_pattern\": {\"x\": 3}}", "sets rank_pattern, expected"),
                refusedConfig(
                        "{\"peft_type\": \"LORA\", \"alpha_pattern\": {\"x\": 3}}", "sets alpha_pattern, expected"),
                refusedConfig("{\"peft_type\": \"LORA\", \"layer_replication\": [[0, 4]]}", "has layer_replication"),
                refusedConfig(
                        "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"target_modules\": 7}",
                        "target_modules = 7, expected a list"));
    }

    private DynamicTest refusedConfig(String json, String reason) {
        return DynamicTest.dynamicTest(json, () -> {
            Path file = Crafted.write(adapter.resolve("adapter_config.json"), json);
            factors(A, B).to(adapter.resolve("adapter_model.safetensors"));
            Sentences.assertOneLine(
                    () -> Lora.merged(Checkpoint.open(base), adapter).close(), file, reason);
        });
    }

    @Test
    void missingFilesAndTensorsThatRepeatAreRefusedInOneSentence() {
        Sentences.assertOneLine(
                () -> Lora.merged(Checkpoint.open(base), adapter).close(),
                adapter.resolve("adapter_model.safetensors"),
                "there is no such file");
        factors(A, B).to(adapter.resolve("adapter_model.safetensors"));
        Sentences.assertOneLine(
                () -> Lora.merged(Checkpoint.open(base), adapter).close(),
                adapter.resolve("adapter_config.json"),
                "there is no such file");
        config("");
        Path others = adapter.resolve("non_lora_trainables.bin");
        new Stored()
                .add("x", DType.F32, 0, 1)
                .add("base_model.model.x", DType.F32, 0, 1)
                .to(others);
        Sentences.assertOneLine(
                () -> Lora.merged(Checkpoint.open(base), adapter).close(), others, "it has the same as");
        new Stored().add(A, DType.F32, 0, 1).to(others);
        Sentences.assertOneLine(
                () -> Lora.merged(Checkpoint.open(base), adapter).close(),
                others,
                "expected whole tensors, no factors");
    }

    private static float half(double value) {
        return Float.float16ToFloat(Float.floatToFloat16(Rounding.toOdd(value)));
    }
}
