package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.weights.SafetensorsWriter.Spec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    private Path folder;

    @Test
    void everyTypeAndShapeComesBack() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (DType dtype : DType.values()) {
                Tensor tensor = Tensor.zeros(arena, dtype, 3, 5);
                for (int i = 0; i < 15; i++) {
                    dtype.set(tensor.data(), i, dtype == DType.BOOL ? i % 2 : i * 3 - (dtype == DType.U8 ? 0 : 7));
                }
                tensors.put("of." + dtype, tensor);
            }
            tensors.put("scalar", Tensor.of(arena, new float[] {42}));
            tensors.put("zero", Tensor.zeros(arena, DType.F16, 2, 0));
            tensors.put("a \"name\"\\ – 名前", Tensor.zeros(arena, DType.U8, 1));
            Path path = folder.resolve("all.safetensors");
            SafetensorsWriter.write(path, tensors);

            Safetensors read = Safetensors.open(path, arena);
            assertThat(read.metadata()).isEqualTo(SafetensorsWriter.PYTORCH);
            assertThat(read.tensors()).hasSameSizeAs(tensors.keySet());
            tensors.forEach((name, expected) -> {
                Tensor found = read.tensor(name);
                assertThat(found).hasToString(expected.toString());
                assertThat(found.data().mismatch(expected.data())).isEqualTo(-1);
                // Written largest type first, so that nothing is out of line.
                assertThat(found.data().address() % found.dtype().bytes()).isZero();
            });
            assertThat(files(folder)).containsExactly("all.safetensors");
        }
    }

    @Test
    void theBytesAreThoseOfTheReference() throws IOException {
        // tensor.rs, test_serialization_forced_alignement and test_empty
        try (Arena arena = Arena.ofConfined()) {
            Path path = folder.resolve("a.safetensors");
            Map<String, Tensor> one = Map.of("attn0", Tensor.of(arena, new float[] {0, 1, 2, 3, 4, 5}, 1, 1, 2, 3));
            SafetensorsWriter.write(path, SafetensorsWriter.specs(one), Map.of(), SafetensorsWriter.from(one));
            String header = "{\"attn0\":{\"dtype\":\"F32\",\"shape\":[1,1,2,3],\"data_offsets\":[0,24]}}       ";
            assertThat(HexFormat.of().formatHex(Files.readAllBytes(path)))
                    .isEqualTo("4800000000000000"
                            + HexFormat.of().formatHex(header.getBytes(StandardCharsets.UTF_8))
                            + "000000000000803f00000040000040400000804000" + "00a040");

            SafetensorsWriter.write(path, List.of(), Map.of(), (any, sink) -> {});
            assertThat(Files.readAllBytes(path)).isEqualTo(Crafted.file("{}      ", 0));
            SafetensorsWriter.write(path, List.of(), Map.of("framework", "pt"), (any, sink) -> {});
            assertThat(Files.readAllBytes(path))
                    .isEqualTo(Crafted.file("{\"__metadata__\":{\"framework\":\"pt\"}}     ", 0));
        }
    }

    @Test
    void tensorsAreOrderedByTypeThenName() {
        List<Spec> specs = Stream.of(DType.values())
                .flatMap(dtype -> Stream.of("b", "a").map(name -> new Spec(name + "." + dtype, dtype, List.of(1L))))
                .toList();
        Path path = folder.resolve("ordered.safetensors");
        SafetensorsWriter.write(
                path, specs, Map.of(), (spec, sink) -> sink.put(MemorySegment.ofArray(new byte[(int) spec.bytes()])));
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Safetensors.open(path, arena).tensors())
                    .extracting(TensorInfo::name)
                    .containsExactly(
                            "a.I64", "b.I64", "a.F64", "b.F64", "a.F32", "b.F32", "a.I32", "b.I32", "a.BF16", "b.BF16",
                            "a.F16", "b.F16", "a.I16", "b.I16", "a.I8", "b.I8", "a.U8", "b.U8", "a.BOOL", "b.BOOL");
        }
    }

    @Test
    void dataComesInPiecesOfAnyKindOfMemory() {
        Path path = folder.resolve("pieces.safetensors");
        Spec spec = new Spec("x", DType.F32, List.of(4L));
        SafetensorsWriter.write(path, List.of(spec), Map.of(), (any, sink) -> {
            sink.put(MemorySegment.ofArray(new float[] {1, 2}));
            sink.put(MemorySegment.ofArray(new byte[0]));
            sink.put(MemorySegment.ofArray(new byte[] {0, 0, 64}));
            sink.put(MemorySegment.ofArray(new byte[] {64, 0, 0, (byte) 128, 64}));
        });
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Safetensors.open(path, arena).tensor("x").toFloats()).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path path = Crafted.write(folder.resolve("kept.safetensors"), "old");
        List<Spec> specs = List.of(new Spec("x", DType.U8, List.of(4L)));
        MemorySegment three = MemorySegment.ofArray(new byte[3]);
        assertThatThrownBy(() -> SafetensorsWriter.write(path, specs, Map.of(), (any, sink) -> sink.put(three)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("1 of 4 bytes of x were not written");
        assertThatThrownBy(() -> SafetensorsWriter.write(path, specs, Map.of(), (any, sink) -> {
                    sink.put(three);
                    sink.put(three);
                }))
                .hasMessage("more than 4 bytes for x");
        Sentences.assertOneLine(
                () -> SafetensorsWriter.write(path, specs, Map.of(), (any, sink) -> {
                    throw new IOException("no space left");
                }),
                path,
                "cannot be written: no space left");
        assertThat(path).hasContent("old");
        assertThat(files(folder)).containsExactly("kept.safetensors");

        Path lost = folder.resolve("missing/model.safetensors");
        Sentences.assertOneLine(
                () -> SafetensorsWriter.write(lost, specs, Map.of(), (any, sink) -> sink.put(three)),
                lost,
                "cannot be written: its folder is missing");
    }

    @Test
    void namesThatCannotBeWrittenAreRefused() {
        Path path = folder.resolve("names.safetensors");
        Spec spec = new Spec("__metadata__", DType.U8, List.of(0L));
        assertThatThrownBy(() -> SafetensorsWriter.write(path, List.of(spec), Map.of(), (any, sink) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
        Spec twice = new Spec("x", DType.U8, List.of(0L));
        assertThatThrownBy(() -> SafetensorsWriter.write(path, List.of(twice, twice), Map.of(), (any, sink) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shardsAreFilledInOrderAndReadAgain() throws IOException {
        Path model = folder.resolve("model");
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("c", Tensor.of(arena, new float[] {1, 2}, 2));
            tensors.put("b", Tensor.of(arena, new float[] {3, 4, 5, 6, 7}, 5));
            tensors.put("a", Tensor.of(arena, new float[] {8}, 1));
            tensors.put("d", Tensor.of(arena, new float[] {9}, 1));
            List<Path> written = ShardWriter.write(model, 8, tensors);
            assertThat(written)
                    .extracting(path -> path.getFileName().toString())
                    .containsExactly(
                            "model-00001-of-00003.safetensors",
                            "model-00002-of-00003.safetensors",
                            "model-00003-of-00003.safetensors",
                            "model.safetensors.index.json");
            assertThat(files(model)).hasSize(4);
            assertThat(model.resolve("model.safetensors.index.json")).hasContent("""
                    {
                      "metadata" : {
                        "total_size" : 36
                      },
                      "weight_map" : {
                        "a" : "model-00003-of-00003.safetensors",
                        "b" : "model-00002-of-00003.safetensors",
                        "c" : "model-00001-of-00003.safetensors",
                        "d" : "model-00003-of-00003.safetensors"
                      }
                    }""");
            try (Checkpoint checkpoint = Checkpoint.open(model)) {
                assertThat(checkpoint.root().tensor("b", 5).toFloats()).containsExactly(3, 4, 5, 6, 7);
                assertThat(checkpoint.root().tensor("d", 1).toFloats()).containsExactly(9);
                assertThat(checkpoint.totalBytes()).isEqualTo(36);
            }
            Sentences.assertOneLine(
                    () -> ShardWriter.write(model, 8, tensors),
                    model,
                    "holds \"model-00001-of-00003.safetensors\" already");
        }
    }

    @Test
    void aModelThatFitsIntoOneShardNeedsNoIndex() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ShardWriter.write(folder, 1000, Map.of("a", Tensor.of(arena, new float[] {8}, 1)));
            assertThat(files(folder)).containsExactly("model.safetensors");
        }
    }

    @Test
    void aShardThatFailsLeavesNoOther() throws IOException {
        List<Spec> specs = List.of(new Spec("a", DType.U8, List.of(4L)), new Spec("b", DType.U8, List.of(4L)));
        Sentences.assertOneLine(
                () -> ShardWriter.write(folder, 4, specs, Map.of(), (spec, sink) -> {
                    if (spec.name().equals("b")) {
                        throw new IOException("no space left");
                    }
                    sink.put(MemorySegment.ofArray(new byte[4]));
                }),
                folder,
                "cannot be written: no space left");
        assertThat(files(folder)).isEmpty();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
