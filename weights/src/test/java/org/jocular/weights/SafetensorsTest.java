package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jocular.weights.Crafted.file;
import static org.jocular.weights.Crafted.tensor;
import static org.jocular.weights.Crafted.withLength;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SafetensorsTest {
    /** The words in our sentence for each error of the reference implementation. */
    private static final Map<String, String> REASONS = Map.of(
            "HeaderTooSmall", "too small for a safetensors file",
            "HeaderTooLarge", "too large: at most 100000000",
            "InvalidHeaderLength", "cut short",
            "InvalidHeader", "not UTF-8",
            "InvalidHeaderDeserialization", "not valid JSON",
            "TensorInvalidInfo", "I32[2, 2] 4 bytes, expected 16",
            "ValidationOverflow", "overflows 64 bits",
            "MetadataIncompleteBuffer", "but its tensors cover 16",
            "InvalidOffset", "overlaps");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> conformanceCases() throws IOException {
        Path cases = Shared.path("assets/safetensors/cases");
        JsonNode manifest = JsonMapper.shared().readTree(Files.readString(cases.resolve("manifest.json")));
        assertThat(manifest.size()).isEqualTo(17);
        return manifest.valueStream()
                .map(one -> DynamicTest.dynamicTest(one.get("file").stringValue(), () -> {
                    String expected = one.get("expect").stringValue();
                    Path file = cases.resolve(one.get("file").stringValue());
                    try (Arena arena = Arena.ofConfined()) {
                        if (expected.equals("ok")) {
                            Safetensors opened = Safetensors.open(file, arena);
                            opened.tensors().forEach(info -> opened.tensor(info.name()));
                        } else {
                            assertThatThrownBy(() -> Safetensors.open(file, arena))
                                    .isInstanceOf(BadInput.class)
                                    .hasMessageStartingWith(file + " ")
                                    .hasMessageContaining(REASONS.get(expected));
                        }
                    }
                }));
    }

    @Test
    void readsWhatTheFormatAllows() {
        try (Arena arena = Arena.ofConfined()) {
            Safetensors matrix = open(arena, "{" + tensor("test", "I32", "[2,2]", "0", "16") + "}", 16);
            assertThat(matrix.tensor("test").hasShape(2, 2)).isTrue();
            assertThat(matrix.tensor("test").get(1)).isEqualTo(0x07060504);

            Safetensors scalar = open(arena, "{" + tensor("test", "I32", "[]", "0", "4") + "}", 4);
            assertThat(scalar.tensor("test").hasShape()).isTrue();
            assertThat(scalar.tensor("test").get(0)).isEqualTo(0x03020100);

            Safetensors empty = open(arena, "{" + tensor("test", "I32", "[2,0]", "0", "0") + "}", 0);
            assertThat(empty.tensor("test").elements()).isZero();

            assertThat(open(arena, "{}\r \t\n", 0).tensors()).isEmpty();
            assertThat(open(arena, "\t\n{}\r ", 0).tensors()).isEmpty();
            assertThat(open(arena, "{\"__metadata__\":{\"format\":\"pt\"}}", 0).metadata())
                    .containsExactly(Map.entry("format", "pt"));
        }
    }

    @Test
    void tensorsComeInTheOrderOfTheirDataAndNeedNoAlignment() {
        String header = "{%s,%s,%s} "
                .formatted(
                        tensor("b", "F32", "[1]", "1", "5"),
                        tensor("zero", "F32", "[0]", "1", "1"),
                        tensor("a", "U8", "[1]", "0", "1"));
        try (Arena arena = Arena.ofConfined()) {
            Safetensors file = open(arena, header, 5);
            assertThat(file.tensors()).extracting(TensorInfo::name).containsExactly("a", "zero", "b");
            assertThat(file.tensor("b").get(0)).isEqualTo(Float.intBitsToFloat(0x04030201));
        }
    }

    @Test
    void typesThatCannotBeComputedWithAreListedButNotLoaded() {
        try (Arena arena = Arena.ofConfined()) {
            for (String type : List.of("F8_E4M3", "F8_E5M2", "U16", "U32", "U64", "C64", "F4")) {
                Safetensors file = open(arena, "{" + tensor("w", type, "[16]", "0", bytes(type)) + "}", bytesOf(type));
                assertThat(file.tensors()).extracting(TensorInfo::dtype).containsExactly(type);
                assertThatThrownBy(() -> file.tensor("w"))
                        .isInstanceOf(BadInput.class)
                        .hasMessageContaining(
                                "has tensor \"w\" in the type " + type + ", which cannot be computed with");
            }
        }
    }

    @Test
    void aTensorBeyondTwoGibibytesIsReadToItsLastElement() throws IOException {
        long size = 5L << 29;
        byte[] start = file("{" + tensor("long", "U8", "[" + size + "]", "0", "" + size) + "}", 0);
        Path file = Crafted.write(folder.resolve("sparse.safetensors"), start);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(start.length + size);
            sparse.seek(start.length + size - 1);
            sparse.write(200);
        }
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Safetensors.open(file, arena).tensor("long");
            assertThat(tensor.dtype()).isEqualTo(DType.U8);
            assertThat(tensor.get(size - 1)).isEqualTo(200);
            assertThat(tensor.get(size - 2)).isZero();
        }
    }

    /** One wrong file and the words that its sentence must contain. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares these.
    private record Broken(String name, byte[] bytes, String reason) {
        Broken(String name, String header, int dataBytes, String reason) {
            this(name, file(header, dataBytes), reason);
        }
    }

    @TestFactory
    Stream<DynamicTest> brokenFilesAreRefusedInOneSentence() {
        String good = tensor("a", "I32", "[2,2]", "0", "16");
        return Stream.of(
                        new Broken("no bytes at all", new byte[0], "has 0 bytes, too small"),
                        new Broken("seven bytes", new byte[7], "has 7 bytes, too small"),
                        new Broken("length without a header", withLength(60), "60 bytes, but only 0 follow"),
                        new Broken(
                                "length 2^63",
                                withLength(1L << 63, (byte) '{'),
                                "9223372036854775808 bytes, too large"),
                        new Broken("length 2^64 - 1", withLength(-1), "18446744073709551615 bytes, too large"),
                        new Broken("length one over", withLength(100_000_001), "100000001 bytes, too large"),
                        new Broken("length at the limit", withLength(100_000_000), "but only 0 follow"),
                        new Broken("not UTF-8", withLength(1, (byte) 0xff), "not UTF-8"),
                        new Broken("overlong UTF-8", withLength(2, (byte) 0xc0, (byte) 0xbb), "not UTF-8"),
                        new Broken("empty header", "", 0, "does not start with '{'"),
                        new Broken("a brace", "{", 0, "not valid JSON"),
                        new Broken("a list", "[]", 0, "does not start with '{'"),
                        new Broken("a byte order mark", "\ufeff{}", 0, "not valid JSON"),
                        new Broken("two objects", "{}{}", 0, "follows the closing brace"),
                        new Broken("a comment", "{/*x*/}", 0, "not valid JSON"),
                        new Broken("a trailing comma", "{" + good + ",}", 16, "not valid JSON"),
                        new Broken("no padding but zeros", "{}\0\0", 0, "not valid JSON"),
                        new Broken("tensor twice", "{" + good + "," + good + "}", 16, "has tensor \"a\" twice"),
                        new Broken("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "twice"),
                        new Broken(
                                "metadata key twice",
                                "{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}",
                                0,
                                "__metadata__.k twice"),
                        new Broken(
                                "metadata of numbers",
                                "{\"__metadata__\":{\"k\":1}}",
                                0,
                                "__metadata__.k in its header that is 1"),
                        new Broken(
                                "metadata nested",
                                "{\"__metadata__\":{\"k\":{}}}",
                                0,
                                "that is an object, expected a string"),
                        new Broken(
                                "metadata a list",
                                "{\"__metadata__\":[]}",
                                0,
                                "that is a list, expected an object of strings"),
                        new Broken("metadata null", "{\"__metadata__\":null}", 0, "that is null, expected an object"),
                        new Broken("tensor null", "{\"a\":null}", 0, "describes tensor \"a\" by null"),
                        new Broken(
                                "no dtype",
                                "{\"a\":{\"shape\":[],\"data_offsets\":[0,4]}}",
                                4,
                                "lacks the dtype of tensor \"a\""),
                        new Broken(
                                "no shape",
                                "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}",
                                4,
                                "lacks the shape of"),
                        new Broken(
                                "no offsets",
                                "{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}",
                                4,
                                "lacks the data_offsets of"),
                        new Broken(
                                "dtype twice",
                                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}",
                                0,
                                "the field dtype twice"),
                        new Broken(
                                "unknown field", "{\"a\":{\"strides\":[1]}}", 0, "a field \"strides\" that the format"),
                        new Broken(
                                "unknown dtype", "{" + tensor("a", "Q9", "[1]", "0", "1") + "}", 1, "the dtype \"Q9\""),
                        new Broken(
                                "dtype a number", "{\"a\":{\"dtype\":32}}", 0, "a dtype that is 32, expected a string"),
                        new Broken("shape a number", "{\"a\":{\"shape\":4}}", 0, "a shape that is 4, expected a list"),
                        new Broken(
                                "shape of text",
                                "{\"a\":{\"shape\":[\"4\"]}}",
                                0,
                                "with the string \"4\", expected whole numbers"),
                        new Broken(
                                "shape of fractions",
                                "{\"a\":{\"shape\":[2.0]}}",
                                0,
                                "with 2.0, expected whole numbers"),
                        new Broken(
                                "shape nested", "{\"a\":{\"shape\":[[2]]}}", 0, "with a list, expected whole numbers"),
                        new Broken("negative shape", "{\"a\":{\"shape\":[-2]}}", 0, "the negative number -2"),
                        new Broken(
                                "negative offset",
                                "{" + tensor("a", "U8", "[1]", "-1", "0") + "}",
                                0,
                                "the negative number -1"),
                        new Broken(
                                "one offset",
                                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}",
                                0,
                                "data_offsets [0], expected"),
                        new Broken(
                                "three offsets",
                                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0,0]}}",
                                0,
                                "data_offsets [0, 0, 0], expected"),
                        new Broken(
                                "backward offsets",
                                "{" + tensor("a", "U8", "[4]", "4", "0") + "}",
                                4,
                                "data_offsets [4, 0], expected"),
                        new Broken(
                                "size and bytes differ",
                                "{" + tensor("a", "I32", "[2,2]", "0", "4") + "}",
                                4,
                                "I32[2, 2] 4 bytes, expected 16"),
                        new Broken(
                                "shape overflows",
                                "{" + tensor("a", "I32", "[2,9223372036854775807]", "0", "16") + "}",
                                16,
                                "overflows 64 bits"),
                        new Broken(
                                "number overflows",
                                "{" + tensor("a", "I32", "[2,18446744073709551614]", "0", "16") + "}",
                                16,
                                "18446744073709551614, which overflows 64 bits"),
                        new Broken(
                                "bytes overflow",
                                "{" + tensor("a", "I64", "[2305843009213693952]", "0", "0") + "}",
                                0,
                                "overflows 64 bits"),
                        new Broken(
                                "half a byte",
                                "{" + tensor("a", "F4", "[3]", "0", "1") + "}",
                                1,
                                "not end at a whole byte"),
                        new Broken(
                                "a hole at the start",
                                "{" + tensor("a", "U8", "[4]", "4", "8") + "}",
                                8,
                                "leaves a hole after the header"),
                        new Broken(
                                "a hole",
                                "{" + good + "," + tensor("b", "U8", "[1]", "17", "18") + "}",
                                18,
                                "leaves a hole after \"a\""),
                        new Broken(
                                "an overlap",
                                "{" + good + "," + tensor("b", "U8", "[4]", "12", "16") + "}",
                                16,
                                "tensor \"b\" at offset 12, where it overlaps \"a\""),
                        new Broken("one storage for all", sharedStorage(), 16, "overlaps"),
                        new Broken(
                                "data missing",
                                "{" + good + "}",
                                14,
                                "holds 14 bytes of data after its header, but its tensors cover 16"),
                        new Broken("data beyond the end", "{" + good + "}", 50, "holds 50 bytes of data"),
                        new Broken(
                                "offsets beyond any file",
                                "{" + tensor("a", "U8", "[9223372036854775807]", "0", "9223372036854775807") + "}",
                                0,
                                "overflows 64 bits"),
                        new Broken(
                                "a nested bomb",
                                "{\"a\":" + "[".repeat(1_000_000),
                                0,
                                "describes tensor \"a\" by a list"),
                        new Broken(
                                "a nested bomb of objects",
                                "{\"a\":".repeat(500_000),
                                0,
                                "a field \"a\" that the format"),
                        new Broken("10 MB of one letter", "x".repeat(10_000_000), 0, "not valid JSON"),
                        new Broken(
                                "10 MB of name",
                                "{\"" + "n".repeat(10_000_000) + "\":1}",
                                0,
                                "by 1, expected an object"),
                        new Broken(
                                "10 MB of digits", "{\"a\":{\"shape\":[" + "9".repeat(10_000_000) + "]}}", 0, "JSON"),
                        new Broken("10 MB of garbage", garbage(), "JSON"),
                        new Broken(
                                "a name of two lines", "{\"a\\nb\\u2028\":1}", 0, "tensor \"a\\u000ab\\u2028\" by 1"))
                .map(broken -> DynamicTest.dynamicTest(broken.name, () -> {
                    Path file = Crafted.write(folder.resolve("broken.safetensors"), broken.bytes);
                    try (Arena arena = Arena.ofConfined()) {
                        Sentences.assertOneLine(() -> Safetensors.open(file, arena), file, broken.reason);
                    }
                }));
    }

    @Test
    void filesThatCannotBeReadAreRefusedInOneSentence() {
        try (Arena arena = Arena.ofConfined()) {
            Path missing = folder.resolve("missing.safetensors");
            Sentences.assertOneLine(() -> Safetensors.open(missing, arena), missing, "there is no such file");
            Sentences.assertOneLine(() -> Safetensors.open(folder, arena), folder, "cannot be read");
        }
    }

    private Safetensors open(Arena arena, String header, int dataBytes) {
        return Safetensors.open(Crafted.write(folder.resolve("good.safetensors"), file(header, dataBytes)), arena);
    }

    private static String sharedStorage() {
        List<String> tensors = IntStream.range(0, 10)
                .mapToObj(i -> tensor("weight_" + i, "F32", "[2,2]", "0", "16"))
                .toList();
        return "{" + String.join(",", tensors) + "}";
    }

    private static byte[] garbage() {
        byte[] header = new byte[10_000_000];
        Arrays.fill(header, (byte) '"');
        System.arraycopy("{".getBytes(StandardCharsets.UTF_8), 0, header, 0, 1);
        return file(header, 0);
    }

    private static int bytesOf(String type) {
        return switch (type) {
            case "F4" -> 8;
            case "U16" -> 32;
            case "U32" -> 64;
            case "U64", "C64" -> 128;
            default -> 16;
        };
    }

    private static String bytes(String type) {
        return Integer.toString(bytesOf(type));
    }
}
