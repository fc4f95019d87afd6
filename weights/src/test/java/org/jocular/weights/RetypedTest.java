package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Renaming.Prefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetypedTest {
    @TempDir
    private Path folder;

    private Path model() {
        return new Stored()
                .add("enc.b", DType.F32, 0, 1.0009765625, 1.00146484375, 3.0e-8, Double.NaN, Double.POSITIVE_INFINITY)
                .add("enc.a", DType.F16, 0, 1, 2, 3)
                .add("enc.ids", DType.I64, 0, 1, 2, 1L << 40)
                .to(folder.resolve("model.safetensors"));
    }

    @Test
    void weightsAreRoundedToTheNearestAndOtherTensorsStay() {
        try (Checkpoint halves = Retyped.checkpoint(Checkpoint.open(model()), DType.F16)) {
            assertThat(halves.tensors()).extracting(TensorInfo::dtype).containsExactlyInAnyOrder("F16", "F16", "I64");
            Tensor b = halves.root().tensor("enc.b", 5);
            assertThat(b.toFloats())
                    .containsExactly(
                            1.0009765625f,
                            1.001953125f,
                            0x1p-25f > 3e-8f ? 0 : 0x1p-24f,
                            Float.NaN,
                            Float.POSITIVE_INFINITY);
            assertThat(halves.root().tensor("enc.a", 3).data().isReadOnly())
                    .as("in place")
                    .isTrue();
            assertThat(halves.root().tensor("enc.ids", 3).get(2)).isEqualTo(1L << 40);
            halves.finish();
        }
    }

    @Test
    void aValueBeyondTheTypeIsRefusedByNameAndNothingIsWritten() throws IOException {
        Path file = new Stored()
                .add("good", DType.F32, 0, 65519.99)
                .add("tall", DType.F32, 0, 1, 65520)
                .to(folder.resolve("model.safetensors"));
        Path written = folder.resolve("halves");
        try (Checkpoint halves = Retyped.checkpoint(Checkpoint.open(file), DType.F16)) {
            assertThat(halves.root().tensor("good", 1).get(0)).isEqualTo(65504);
            Sentences.assertOneLine(
                    () -> ShardWriter.write(written, 1, halves),
                    file,
                    "has tensor \"tall\" whose element 1 is 65520.0, which overflows F16");
        }
        try (Stream<Path> left = Files.list(written)) {
            assertThat(left).isEmpty();
        }
        try (Checkpoint brains = Retyped.checkpoint(Checkpoint.open(file), DType.BF16)) {
            assertThat(brains.root().tensor("tall", 2).toFloats()).containsExactly(1, 65536);
        }
        try (Checkpoint plain = Checkpoint.open(file)) {
            assertThatThrownBy(() -> Retyped.file(plain, DType.I8)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatAModelTookIsWrittenInTheLayoutOfTheCodeAlwaysWithTheSameBytes() throws IOException {
        Path file = model();
        for (String copy : List.of("first", "second")) {
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                take(checkpoint);
                ShardWriter.write(folder.resolve(copy), 8, Retyped.file(checkpoint.loaded(), DType.BF16));
            }
        }
        try (Checkpoint names = Checkpoint.namesOnly(Retyped.checkpoint(Checkpoint.open(file), DType.BF16))) {
            assertThat(take(names).toFloats()).containsOnly(0);
            ShardWriter.write(folder.resolve("third"), 8, names.loaded());
        }
        try (Checkpoint written = Checkpoint.open(folder.resolve("first"))) {
            assertThat(written.tensors()).extracting(TensorInfo::name).containsExactly("encoder.a", "encoder.b");
            assertThat(written.root().tensor("encoder.a", 3).toFloats()).containsExactly(1, 2, 3);
        }
        List<Path> files = list(folder.resolve("first"));
        assertThat(files).hasSize(3);
        for (Path one : files) {
            for (String copy : List.of("second", "third")) {
                assertThat(folder.resolve(copy).resolve(one.getFileName())).hasSameBinaryContentAs(one);
            }
        }
    }

    private static Tensor take(Checkpoint checkpoint) {
        Weights encoder =
                checkpoint.root(Renaming.prefixes(new Prefix("encoder", "enc"))).at("encoder");
        encoder.tensor("a", 3);
        return encoder.floats("b", 5);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
