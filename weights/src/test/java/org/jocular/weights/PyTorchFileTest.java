package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.weights.TensorFile.Beside;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PyTorchFileTest {
    @TempDir
    private Path folder;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void unmap() {
        arena.close();
    }

    /** Counts and checksums come from Python's own zipfile and pickle; a file's is folded over its tensors' CRC-32. */
    @ParameterizedTest
    @CsvSource({
        "goldens/llava-v1-original/pytorch_model-00001-of-00002.bin, 17, 7194a7de",
        "goldens/llava-v1-original/pytorch_model-00002-of-00002.bin, 18, 49512690",
        "goldens/llava-v15-original/pytorch_model-00001-of-00002.bin, 18, 8ada2cd5",
        "goldens/llava-v15-original/pytorch_model-00002-of-00002.bin, 19, 7fc39de1",
        "goldens/mplug-owl/pytorch_model.bin, 144, d3dc8830",
        "goldens/blip2-vicuna/blip2_pretrained_vicuna7b.pth, 91, 890b7cb9",
        "goldens/blip2-vicuna/eva_vit_g.pth, 58, d8564e22",
        "goldens/minigpt4/eva_vit_g.pth, 58, 213ce299",
        "goldens/minigpt4/blip2_pretrained_flant5xxl.pth, 91, d1aa9f95",
        "goldens/minigpt4/pretrained_minigpt4_7b.pth, 2, aa587f65",
        "goldens/minigpt4/vicuna/pytorch_model-00001-of-00002.bin, 15, 91600e4a",
        "goldens/minigpt4/vicuna/pytorch_model-00002-of-00002.bin, 15, aeddfbe1",
        "assets/vit_mnist/vit_mnist_3class.pt, 52, c82028e3",
    })
    void readsEveryBitAsPythonDoes(String name, int tensors, String checksum) {
        PyTorchFile file = PyTorchFile.open(Shared.path(name), arena);
        int folded = 0;
        for (TensorInfo info : file.tensors()) {
            CRC32 crc = new CRC32();
            crc.update(file.tensor(info.name(), arena).data().toArray(ValueLayout.JAVA_BYTE));
            folded = folded * 31 + (int) crc.getValue();
        }
        assertThat(file.tensors()).hasSize(tensors);
        assertThat(Integer.toHexString(folded)).isEqualTo(checksum);
    }

    @Test
    void holdsWhatTheSafetensorsFileBesideItHolds() {
        PyTorchFile file = PyTorchFile.open(Shared.path("assets/vit_mnist/vit_mnist_gpu.pt"), arena);
        Safetensors twin = Safetensors.open(Shared.path("assets/vit_mnist/vit_mnist_gpu.safetensors"), arena);
        assertThat(file.tensors())
                .extracting(TensorInfo::name)
                .containsExactlyInAnyOrderElementsOf(
                        twin.tensors().stream().map(TensorInfo::name).toList());
        for (TensorInfo info : twin.tensors()) {
            Tensor found = file.tensor(info.name(), arena);
            Tensor expected = twin.tensor(info.name());
            assertThat(found.dtype()).isEqualTo(expected.dtype());
            assertThat(found.shape()).isEqualTo(expected.shape());
            assertThat(found.data().mismatch(expected.data())).isEqualTo(-1);
        }
    }

    @Test
    void tellsWhatLiesBesideTheWeights() {
        PyTorchFile file = PyTorchFile.open(Shared.path("goldens/minigpt4/pretrained_minigpt4_7b.pth"), arena);
        assertThat(file.tensors())
                .extracting(TensorInfo::name, TensorInfo::dtype, TensorInfo::shape)
                .containsExactly(
                        tuple("llama_proj.weight", "F32", List.of(48L, 36L)),
                        tuple("llama_proj.bias", "F32", List.of(48L)));
        assertThat(file.beside())
                .containsExactly(
                        new Beside("optimizer", "a dictionary of 2 entries"),
                        new Beside("config", "a dictionary of 1 entry"),
                        new Beside("scaler", "a dictionary of 0 entries"),
                        new Beside("epoch", "3"));
    }

    @ParameterizedTest
    @CsvSource({
        "DoubleStorage, F64, 8",
        "FloatStorage, F32, 4",
        "HalfStorage, F16, 2",
        "BFloat16Storage, BF16, 2",
        "LongStorage, I64, 8",
        "IntStorage, I32, 4",
        "ShortStorage, I16, 2",
        "CharStorage, I8, 1",
        "ByteStorage, U8, 1",
        "BoolStorage, BOOL, 1",
    })
    void readsEveryTypeInPlace(String storage, DType dtype, int bytes) {
        ByteBuffer data = ByteBuffer.allocate(3 * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < data.capacity(); i++) {
            data.put((byte) (i % bytes == bytes - 1 ? 1 : 0));
        }
        byte[] pickle = Pickle.begin()
                .ops("}")
                .text("a")
                .vector(storage, "0", 3)
                .ops("s")
                .stop();
        PyTorchFile file = open(Zip.torch(pickle, data.array()));
        Tensor tensor = file.tensor("a", arena);
        assertThat(tensor.dtype()).isEqualTo(dtype);
        assertThat(tensor.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(data.array());
        assertThat(tensor.data().isReadOnly()).as("in place").isTrue();
        assertThat(file.tensors())
                .containsExactly(new TensorInfo("a", dtype.name(), List.of(3L), 3L * bytes, file.file()));
    }

    @Test
    void viewsAreSlicesWhereContiguousAndCopiesWhereNot() {
        long[] two = {2, 3};
        Pickle pickle = Pickle.begin().ops("}(");
        pickle.text("all").tensor("FloatStorage", "0", 12, 0, new long[] {12}, new long[] {1});
        pickle.text("tail").tensor("FloatStorage", "0", 12, 6, two, new long[] {3, 1});
        pickle.text("transposed").tensor("FloatStorage", "0", 12, 6, new long[] {3, 2}, new long[] {1, 3});
        pickle.text("column").tensor("FloatStorage", "0", 12, 1, new long[] {4, 1}, new long[] {3, 77});
        pickle.text("every other").tensor("FloatStorage", "0", 12, 1, new long[] {6}, new long[] {2});
        pickle.text("scalar").tensor("FloatStorage", "0", 12, 11, new long[] {}, new long[] {});
        pickle.text("empty").tensor("FloatStorage", "0", 12, 12, new long[] {0, 5}, new long[] {9, 9});
        pickle.text("cube").tensor("FloatStorage", "0", 12, 0, new long[] {2, 3, 2}, new long[] {1, 4, 2});
        PyTorchFile file = open(Zip.torch(pickle.ops("u").stop(), counting(12)));
        assertThat(values(file, "tail")).containsExactly(6, 7, 8, 9, 10, 11);
        assertThat(file.tensor("tail", arena).data().isReadOnly()).isTrue();
        assertThat(values(file, "transposed")).containsExactly(6, 9, 7, 10, 8, 11);
        assertThat(file.tensor("transposed", arena).hasShape(3, 2)).isTrue();
        assertThat(values(file, "column")).containsExactly(1, 4, 7, 10);
        assertThat(values(file, "every other")).containsExactly(1, 3, 5, 7, 9, 11);
        assertThat(values(file, "scalar")).containsExactly(11);
        assertThat(values(file, "empty")).isEmpty();
        assertThat(values(file, "cube")).containsExactly(0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11);
        assertThat(file.tensor("all", arena).data().asSlice(24))
                .as("two tensors in one storage")
                .isEqualTo(file.tensor("tail", arena).data());
        assertThatThrownBy(() -> file.tensor("other", arena))
                .isInstanceOf(BadInput.class)
                .hasMessage(file.file() + " has no tensor \"other\"");
    }

    @Test
    void readsWhatNewerProtocolsWrite() {
        Pickle pickle = Pickle.begin(4).op(0x95).i8(5).op('}', 0x94).op(0x8c, 1, 'w', 0x94);
        pickle.op(0x8c, 12)
                .ops("torch._utils")
                .op(0x8c, 18)
                .ops("_rebuild_tensor_v2")
                .op(0x93, 0x94);
        pickle.op('(')
                .storage("HalfStorage", "0", 4)
                .number(0)
                .numbers(4)
                .numbers(1)
                .op(0x89);
        pickle.global("collections", "OrderedDict").ops(")RtRs");
        assertThat(open(Zip.torch(pickle.stop(), new byte[8])).tensors()).hasSize(1);
    }

    @Test
    void readsParametersUntypedStoragesAndStateDictsOfModules() {
        Pickle pickle = Pickle.begin().global("collections", "OrderedDict").ops(")R(");
        pickle.text("parameter").global("torch._utils", "_rebuild_parameter").op('(');
        pickle.vector("FloatStorage", "0", 2)
                .op(0x88)
                .global("collections", "OrderedDict")
                .ops(")RtR");
        pickle.text("typed late").global("torch._utils", "_rebuild_tensor_v3").op('(');
        pickle.op('(')
                .text("storage")
                .global("torch.storage", "UntypedStorage")
                .text("1")
                .text("cpu");
        pickle.number(6)
                .ops("tQ")
                .number(1)
                .numbers(2)
                .numbers(1)
                .op(0x89)
                .op('N')
                .global("torch", "int16")
                .ops("tR");
        pickle.ops("u}").text("_metadata").ops("}sb");
        PyTorchFile file =
                open(Zip.torch(pickle.stop(), counting(2)).add("archive/data/1", new byte[] {9, 9, 1, 0, 2, 0}));
        assertThat(values(file, "parameter")).containsExactly(0, 1);
        assertThat(values(file, "typed late")).containsExactly(1, 2);
        assertThat(file.beside()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"model, state_dict, model", "state_dict, module, state_dict", "weights, module, module"})
    void theFirstKnownDictionaryHoldsTheTensors(String first, String second, String holder) {
        Pickle pickle = Pickle.begin().ops("}(").text("stray").vector("FloatStorage", "0", 2);
        for (String name : List.of(second, first)) {
            pickle.text(name).ops("}(").text("of " + name).vector("FloatStorage", "0", 2);
            pickle.text("n").number(7).op('u');
        }
        PyTorchFile file = open(Zip.torch(pickle.ops("u").stop(), counting(2)));
        assertThat(file.tensors()).extracting(TensorInfo::name).containsExactly("of " + holder);
        assertThat(file.beside())
                .containsExactlyInAnyOrder(
                        new Beside(holder + ".n", "7"),
                        new Beside("stray", "a tensor F32[2]"),
                        new Beside(holder.equals(first) ? second : first, "a dictionary of 2 entries"));
    }

    @Test
    void theTopLevelHoldsTheTensorsWhereNoKnownDictionaryDoes() {
        Pickle pickle =
                Pickle.begin().ops("}(").text("model").ops("}").text("w").vector("FloatStorage", "0", 2);
        PyTorchFile file =
                open(Zip.torch(pickle.text("rate").op('G').i8(0).ops("u").stop(), counting(2)));
        assertThat(file.tensors()).extracting(TensorInfo::name).containsExactly("w");
        assertThat(file.beside())
                .containsExactly(new Beside("model", "a dictionary of 0 entries"), new Beside("rate", "0.0"));
        assertThat(open(Zip.torch(Pickle.begin().ops("}").stop())).tensors()).isEmpty();
    }

    @Test
    void archivesWithCommentsWithoutZip64AndWithSizesBehindTheDataAreRead() {
        byte[] pickle = Pickle.begin()
                .ops("}")
                .text("w")
                .vector("FloatStorage", "0", 2)
                .ops("s")
                .stop();
        assertThat(open(Zip.torch(pickle, counting(2)).comment("hello PK\5\6")).tensors())
                .hasSize(1);
        Zip.Written old = Zip.torch(pickle, counting(2)).without64().written();
        int storage = old.local("archive/data/0");
        old.set2(storage + 6, 1 << 3).set4(storage + 18, 0).set4(storage + 22, 0);
        old.set2(old.listed("archive/data/0") + 8, 1 << 3);
        assertThat(values(open(old.bytes()), "w")).containsExactly(0, 1);
    }

    @Test
    void anArchiveBeyondFourGibibytesIsReadToItsLastElement() throws IOException {
        long elements = 5L << 30;
        byte[] pickle = Pickle.begin()
                .ops("}(")
                .text("long")
                .vector("ByteStorage", "0", elements)
                .text("end")
                .tensor("ByteStorage", "0", elements, elements - 2, new long[] {2}, new long[] {1})
                .ops("u")
                .stop();
        byte[] sizes = ByteBuffer.allocate(20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 1)
                .putShort((short) 16)
                .putLong(elements)
                .putLong(elements)
                .array();
        Zip.Written zip =
                Zip.torch(pickle).add("archive/data/0", new byte[0], sizes).written();
        int listed = zip.listed("archive/data/0");
        zip.set4(listed + 20, -1).set4(listed + 24, -1);
        int local = zip.local("archive/data/0");
        zip.set4(local + 18, -1).set4(local + 22, -1);
        zip.set8(zip.end64() + 48, zip.directory() + elements).set4(zip.end() + 16, -1);
        zip.set8(zip.locator() + 8, zip.end64() + elements);
        Path path = folder.resolve("sparse.pt");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(zip.bytes(), 0, zip.directory());
            file.seek(zip.directory() + elements - 1);
            file.write(200);
            file.write(zip.bytes(), zip.directory(), zip.bytes().length - zip.directory());
        }
        PyTorchFile file = PyTorchFile.open(path, arena);
        assertThat(file.tensor("long", arena).get(elements - 1)).isEqualTo(200);
        assertThat(values(file, "end")).containsExactly(0, 200);
    }

    private float[] values(PyTorchFile file, String name) {
        return file.tensor(name, arena).toFloats();
    }

    private PyTorchFile open(Zip zip) {
        return open(zip.bytes());
    }

    private PyTorchFile open(byte[] bytes) {
        return PyTorchFile.open(Crafted.write(folder.resolve("crafted.pt"), bytes), arena);
    }

    /** The floats 0, 1, 2, … */
    private static byte[] counting(int elements) {
        ByteBuffer bytes = ByteBuffer.allocate(elements * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            bytes.putFloat(i);
        }
        return bytes.array();
    }
}
