package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.tensor.DType;
import org.jocular.tensor.Weights;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class DeltaTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String LAYER = "model.layers.0.mlp.up_proj.weight";

    @TempDir
    private Path folder;

    private Stored base() {
        return new Stored()
                .add(EMBEDDING, DType.F16, 2, 1, 2, 3, 4)
                .add(LAYER, DType.F16, 2, 0.1, 1, 2048, -5)
                .add("model.layers.0.self_attn.rotary_emb.inv_freq", DType.F32, 0, 1, 0.5);
    }

    @Test
    void sumsAreRoundedOnceAndNewTokensAndTensorsAreTheDeltasOwn() {
        Path base = base().to(folder.resolve("base.safetensors"));
        Path delta = new Stored()
                .add(EMBEDDING, DType.F16, 2, 10, 20, 30, 40, 7, 8, 9, 11)
                .add(LAYER, DType.F16, 2, 0.2, -1, 1.5, 5)
                .add("model.mm_projector.weight", DType.F32, 2, 0.25, 0.5)
                .to(folder.resolve("delta.safetensors"));
        try (Checkpoint sum = Delta.applied(Checkpoint.open(base), delta)) {
            Weights model = sum.root().at("model");
            assertThat(model.tensor("embed_tokens.weight", 4, 2).toFloats())
                    .containsExactly(11, 22, 33, 44, 7, 8, 9, 11);
            float tenths = Float.float16ToFloat(Float.floatToFloat16(half(0.1f) + half(0.2f)));
            // 2049.5 lies between the halves 2048 and 2050.
            assertThat(model.tensor("layers.0.mlp.up_proj.weight", 2, 2).toFloats())
                    .containsExactly(tenths, 0, 2050, 0);
            assertThat(model.tensor("layers.0.mlp.up_proj.weight", 2, 2).dtype())
                    .isEqualTo(DType.F16);
            assertThat(model.tensor("mm_projector.weight", 1, 2).data().isReadOnly())
                    .as("in place")
                    .isTrue();
            sum.finish();
            assertThat(sum.tensors()).hasSize(3);
        }
    }

    @Test
    void longTensorsAreSummedPieceByPiece() {
        double[] base = IntStream.range(0, 9_001 * 2).mapToDouble(i -> i % 100).toArray();
        double[] delta = IntStream.range(0, 12_000 * 2).mapToDouble(i -> i % 31).toArray();
        Path file = new Stored().add(EMBEDDING, DType.BF16, 2, delta).to(folder.resolve("delta.safetensors"));
        Checkpoint start =
                Checkpoint.open(new Stored().add(EMBEDDING, DType.F32, 2, base).to(folder.resolve("base.safetensors")));
        try (Checkpoint sum = Delta.applied(start, file)) {
            float[] found = sum.root().tensor(EMBEDDING, 12_000, 2).toFloats();
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isEqualTo(i % 31 + (i < base.length ? i % 100 : 0));
            }
        }
    }

    @Test
    void aModelTakesASumOnceAndAWriterAnArenaAtATime() {
        Path base = base().to(folder.resolve("base.safetensors"));
        Path delta = base().to(folder.resolve("delta.safetensors"));
        try (Checkpoint sum = Delta.applied(Checkpoint.open(base), delta)) {
            assertThat(sum.root().tensor(LAYER, 2, 2)).isSameAs(sum.root().tensor(LAYER, 2, 2));
        }
        Path written = folder.resolve("sum.safetensors");
        try (Checkpoint sum = Delta.applied(Checkpoint.open(base), delta)) {
            SafetensorsWriter.write(written, sum);
        }
        try (Checkpoint sum = Checkpoint.open(written)) {
            assertThat(sum.root().tensor(EMBEDDING, 2, 2).toFloats()).containsExactly(2, 4, 6, 8);
            assertThat(sum.root()
                            .tensor("model.layers.0.self_attn.rotary_emb.inv_freq", 2)
                            .toFloats())
                    .as("a buffer is no weight and stays")
                    .containsExactly(1, 0.5f);
        }
    }

    @TestFactory
    Stream<DynamicTest> deltasThatDoNotFitAreRefusedInOneSentence() {
        return Stream.of(
                refused(
                        "a tensor of the base is missing",
                        new Stored().add(EMBEDDING, DType.F16, 2, 1, 2, 3, 4),
                        "lacks tensor \"" + LAYER),
                refused(
                        "fewer tokens",
                        complete().add(EMBEDDING, DType.F16, 2, 1, 2),
                        "F16[1, 2], to which F16[2, 2] of the base"),
                refused(
                        "wider embeddings",
                        complete().add(EMBEDDING, DType.F16, 4, 1, 2, 3, 4),
                        "F16[1, 4], to which F16[2, 2] of"),
                refused(
                        "more rows of a layer",
                        complete().add(LAYER, DType.F16, 2, 1, 2, 3, 4, 5, 6),
                        "F16[3, 2], to which F16[2, 2] of"),
                refused(
                        "a vector",
                        complete().add(EMBEDDING, DType.F16, 0, 1, 2, 3, 4),
                        "F16[4], to which F16[2, 2] of"),
                refused(
                        "whole numbers",
                        complete().add(LAYER, DType.I32, 2, 1, 2, 3, 4),
                        "I32[2, 2], to which F16[2, 2] of"));
    }

    @Test
    void aSumBeyondTheTypeIsRefusedByName() {
        Path base = base().to(folder.resolve("base.safetensors"));
        Path delta = complete().add(LAYER, DType.F16, 2, 0, 0, 65000, 0).to(folder.resolve("delta.safetensors"));
        try (Checkpoint sum = Delta.applied(Checkpoint.open(base), delta)) {
            Sentences.assertOneLine(
                    () -> sum.root().tensor(LAYER, 2, 2),
                    delta,
                    "has tensor \"" + LAYER + "\" whose element 2 is 67040.0, which overflows F16");
        }
    }

    private static Stored complete() {
        return new Stored().add(EMBEDDING, DType.F16, 2, 1, 2, 3, 4).add(LAYER, DType.F16, 2, 1, 2, 3, 4);
    }

    private DynamicTest refused(String name, Stored delta, String reason) {
        return DynamicTest.dynamicTest(name, () -> {
            Checkpoint base = Checkpoint.open(base().to(folder.resolve("base.safetensors")));
            Path file = delta.to(folder.resolve("delta.safetensors"));
            Sentences.assertOneLine(() -> Delta.applied(base, file).close(), file, reason);
            assertThatThrownBy(() -> base.root().tensor(LAYER, 2, 2).get(0))
                    .as("the base is closed")
                    .isInstanceOf(IllegalStateException.class);
        });
    }

    private static float half(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }
}
