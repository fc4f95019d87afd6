package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jocular.systems.parity.Parity;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Tensor;
import org.jocular.vit.Picture;
import org.jocular.weights.Checkpoint.Ignored;
import org.jocular.weights.Renaming;
import org.jocular.weights.Renaming.Prefix;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint may be called, may hold beyond the model, and must not lack. */
class LlavaLoadingTest {
    private static final Executor EXECUTOR = CpuExecutor.simd(2);
    private static final String TEXT = "USER: <image>\nWhat is this? ASSISTANT:";

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        EXECUTOR.close();
    }

    /** As transformers 4.52 and later name the parts. */
    @Test
    void newerNames() {
        var newer = Renaming.prefixes(
                new Prefix("language_model.lm_head", "lm_head"),
                new Prefix("language_model.model", "model.language_model"),
                new Prefix("vision_tower", "model.vision_tower"),
                new Prefix("multi_modal_projector", "model.multi_modal_projector"));
        GoldenLlava.copy(directory, tensors -> {
            Map<String, Tensor> renamed = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> renamed.put(newer.apply(name), tensor));
            return renamed;
        });
        assertThat(Parity.compare(directory, EXECUTOR, Parity.TOLERANCE).differences())
                .isEmpty();
    }

    @Test
    void knownLeftoversAreAccepted() {
        try (Arena arena = Arena.ofShared()) {
            GoldenLlava.copy(directory, tensors -> {
                for (int layer = 0; layer < 3; layer++) {
                    String attention = "language_model.model.layers.%d.self_attn.".formatted(layer);
                    tensors.put(attention + "rotary_emb.inv_freq", Tensor.zeros(arena, DType.F32, 6));
                }
                tensors.put("vision_tower.vision_model.embeddings.position_ids", Tensor.zeros(arena, DType.I64, 1, 17));
                return tensors;
            });
            assertThat(logits(directory)).containsExactly(logits(GoldenLlava.DIRECTORY));
        }
        try (VisionLanguageModel model = Systems.load(directory)) {
            StoredWeights weights = model.weights();
            assertThat(weights.ignored())
                    .contains(new Ignored("vision_tower.vision_model.embeddings.position_ids", "0, 1, 2, …"));
            assertThat(weights.types()).containsOnlyKeys("F16", "F32", "I64");
            assertThat(weights.dtype()).isEqualTo("F16");
        }
    }

    @Test
    void whatNobodyKnowsIsRefusedByName() {
        try (Arena arena = Arena.ofShared()) {
            GoldenLlava.copy(directory, tensors -> {
                tensors.put("language_model.model.layers.3.mlp.up_proj.weight", Tensor.zeros(arena, DType.F32, 2));
                return tensors;
            });
            refused(() -> Systems.load(directory), "model.safetensors", "language_model.model.layers.3.mlp.up_proj");
        }
    }

    @Test
    void whatIsMissingIsRefusedByNameAndShape() {
        GoldenLlava.copy(directory, tensors -> {
            tensors.remove("multi_modal_projector.linear_2.weight");
            return tensors;
        });
        refused(() -> Systems.load(directory), "multi_modal_projector.linear_2.weight", "[48, 48]");
    }

    @Test
    void anotherShapeIsRefusedWithBoth() {
        try (Arena arena = Arena.ofShared()) {
            GoldenLlava.copy(directory, tensors -> {
                tensors.put("language_model.model.norm.weight", Tensor.zeros(arena, DType.F16, 49));
                return tensors;
            });
            refused(() -> Systems.load(directory), "language_model.model.norm.weight", "[49]", "[48]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model-00002-of-00002.safetensors", "model.safetensors.index.json", "tokenizer.model"})
    void aMissingFileIsRefusedByName(String missing) throws IOException {
        GoldenLlava.copyFiles(directory, name -> !name.equals(missing) && !name.equals("tokenizer.json"));
        refused(() -> Systems.load(directory), missing);
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        refused(() -> Systems.load(directory.resolve("none")), "none", "config.json");
        refused(() -> Systems.load(directory), "config.json");
        refused(() -> Systems.load(GoldenLlava.DIRECTORY.resolve("config.json")), "is a file", "model directory");
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"bert\"}");
        refused(() -> Systems.load(directory), "bert");
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": ");
        refused(() -> Systems.load(directory), "config.json");
        GoldenLlava.copyFiles(directory, name -> name.startsWith("model-"));
        Files.writeString(directory.resolve("config.json"), "{}");
        refused(() -> Systems.load(directory), "model_type");
    }

    /** F16 fits into F32 without loss; BF16 has three bits less. */
    @ParameterizedTest
    @ValueSource(strings = {"F32", "BF16"})
    void otherTypes(String type) {
        try (Arena arena = Arena.ofShared()) {
            GoldenLlava.copy(directory, tensors -> {
                tensors.replaceAll((name, tensor) -> tensor.to(DType.valueOf(type), arena));
                return tensors;
            });
        }
        float[] expected = logits(GoldenLlava.DIRECTORY);
        float[] found = logits(directory);
        if (type.equals("F32")) {
            assertThat(found).containsExactly(expected);
        } else {
            assertThat(error(found, expected)).isBetween(1e-4, 0.05);
        }
    }

    private static double error(float[] found, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(found[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    private static float[] logits(Path directory) {
        try (VisionLanguageModel model = Systems.load(directory)) {
            return GoldenLlava.logits(model, EXECUTOR, TEXT, Picture.filled(60, 80, 220, 20, 20));
        }
    }

    private static void refused(ThrowingCallable load, String... named) {
        assertThatThrownBy(load)
                .isInstanceOf(BadInput.class)
                .hasMessageContainingAll(named)
                .hasMessageNotContaining("\n");
    }
}
