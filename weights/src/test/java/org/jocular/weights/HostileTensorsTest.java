package org.jocular.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Storages that are not what the pickle says, and views that reach beyond them. */
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class HostileTensorsTest {
    private static final long MAX = Long.MAX_VALUE;

    @TempDir
    private Path folder;

    static Stream<Hostile> storages() {
        return Stream.of(
                storage(
                        "no such entry",
                        "the storage \"7\", for which the archive has no entry",
                        Pickle.begin().storage("FloatStorage", "7", 4)),
                storage(
                        "a key that leads out",
                        "the storage \"../../../etc/passwd\", for which",
                        Pickle.begin().storage("FloatStorage", "../../../etc/passwd", 4)),
                storage(
                        "an empty key",
                        "the storage \"\", for which",
                        Pickle.begin().storage("FloatStorage", "", 4)),
                storage(
                        "a key of another entry",
                        "the storage \"../data.pkl\", for which",
                        Pickle.begin().storage("FloatStorage", "../data.pkl", 4)),
                storage(
                        "fewer elements than the entry",
                        "F32[3], but its entry has 16 bytes",
                        Pickle.begin().storage("FloatStorage", "0", 3)),
                storage(
                        "more elements than the entry",
                        "F32[5], but its entry has 16 bytes",
                        Pickle.begin().storage("FloatStorage", "0", 5)),
                storage(
                        "elements of another size",
                        "F64[4], but its entry has 16 bytes",
                        Pickle.begin().storage("DoubleStorage", "0", 4)),
                storage(
                        "a negative size",
                        "F32[-4], but its entry has 16 bytes",
                        Pickle.begin().storage("FloatStorage", "0", -4)),
                storage(
                        "a size of 2^62",
                        "F32[4611686018427387904], but",
                        Pickle.begin().storage("FloatStorage", "0", 1L << 62)),
                storage(
                        "a size that wraps around to 16 bytes",
                        "F32[4611686018427387908], but",
                        Pickle.begin().storage("FloatStorage", "0", (1L << 62) + 4)),
                storage(
                        "a size of 80 bits",
                        "refers to the text \"storage\", the type torch.FloatStorage",
                        id().text("0")
                                .text("cpu")
                                .op(0x8a, 10)
                                .bytes(new byte[9])
                                .op(1)
                                .ops("tQ")),
                storage(
                        "a size of text",
                        "expected a storage's class, key, device and size",
                        id().text("0").text("cpu").text("4").ops("tQ")),
                storage(
                        "a key of numbers",
                        "expected a storage's class, key, device and size",
                        id().number(0).text("cpu").number(4).ops("tQ")),
                storage(
                        "a device of numbers",
                        "expected a storage's class, key, device and size",
                        id().text("0").number(0).number(4).ops("tQ")),
                storage(
                        "an id of four parts",
                        "expected a storage's class, key, device and size",
                        id().text("0").number(4).ops("tQ")),
                storage(
                        "an id of six parts",
                        "expected a storage's class, key, device and size",
                        id().text("0").text("cpu").number(4).ops("NtQ")),
                storage(
                        "an id of another kind",
                        "refers to the text \"module\", the type",
                        Pickle.begin()
                                .op('(')
                                .text("module")
                                .global("torch", "FloatStorage")
                                .text("0")
                                .text("cpu")
                                .number(4)
                                .ops("tQ")),
                storage(
                        "a function for a class",
                        "refers to the text \"storage\", the function torch.Size",
                        Pickle.begin()
                                .op('(')
                                .text("storage")
                                .global("torch", "Size")
                                .text("0")
                                .text("cpu")
                                .number(4)
                                .ops("tQ")),
                storage(
                        "text for a class",
                        "refers to the text \"storage\", the text \"FloatStorage\"",
                        Pickle.begin()
                                .op('(')
                                .text("storage")
                                .text("FloatStorage")
                                .text("0")
                                .text("cpu")
                                .number(4)
                                .ops("tQ")),
                storage(
                        "text for an id",
                        "refers to the text \"0\", expected",
                        Pickle.begin().text("0").op('Q')),
                storage(
                        "a list for an id",
                        "refers to a list of 0, expected",
                        Pickle.begin().ops("]Q")),
                storage(
                        "one storage as two types",
                        "the storage \"0\" as F32[4] and as I32[4]",
                        Pickle.begin().storage("FloatStorage", "0", 4).storage("IntStorage", "0", 4)),
                storage(
                        "one storage in two sizes",
                        "the storage \"0\" as F32[4] and as F32[2]",
                        Pickle.begin().storage("FloatStorage", "0", 4).storage("FloatStorage", "0", 2)),
                new Hostile(
                        "an entry of half an element",
                        Zip.torch(Pickle.begin().storage("FloatStorage", "0", 4).stop(), new byte[18])
                                .bytes(),
                        "the storage \"0\" as F32[4], but its entry has 18 bytes"));
    }

    static Stream<Hostile> views() {
        return Stream.of(
                view(
                        "a negative offset",
                        "offset -1, sizes [1] and strides [1], of which none",
                        -1,
                        sizes(1),
                        sizes(1)),
                view(
                        "an offset beyond the end",
                        "elements up to 6 of the storage \"0\", which has 4",
                        5,
                        sizes(1),
                        sizes(1)),
                view("an empty view beyond the end", "elements up to 5 of the storage", 5, sizes(0), sizes(1)),
                view("an offset of 2^63 - 1", "overflow 64 bits", MAX, sizes(1), sizes(1)),
                view(
                        "one element too many",
                        "elements up to 5 of the storage \"0\", which has 4",
                        0,
                        sizes(5),
                        sizes(1)),
                view("one element too far", "elements up to 5 of the storage", 1, sizes(2, 2), sizes(2, 1)),
                view("a column too far", "elements up to 5 of the storage", 0, sizes(2, 2), sizes(1, 3)),
                view("a scalar beyond the end", "elements up to 5 of the storage", 4, sizes(), sizes()),
                view("a negative size", "sizes [-1] and strides [1], of which none", 0, sizes(-1), sizes(1)),
                view("two negative sizes", "sizes [-2, -2]", 0, sizes(-2, -2), sizes(2, 1)),
                view("a negative stride", "strides [-1], of which none may be negative", 3, sizes(4), sizes(-1)),
                view("a negative stride that cancels", "strides [4, -4]", 0, sizes(2, 2), sizes(4, -4)),
                view("more strides than sizes", "1 sizes and 2 strides", 0, sizes(4), sizes(1, 1)),
                view("fewer strides than sizes", "2 sizes and 1 strides", 0, sizes(2, 2), sizes(1)),
                view("no strides", "1 sizes and 0 strides", 0, sizes(4), sizes()),
                view("sizes whose product overflows", "overflow 64 bits", 0, sizes(1L << 32, 1L << 32), sizes(0, 0)),
                view("sizes whose product wraps to 4", "overflow 64 bits", 0, sizes(1L << 62, 4, 1), sizes(0, 0, 0)),
                view("sizes that overflow beside a zero", "overflow 64 bits", 0, sizes(1L << 62, 4, 0), sizes(1, 1, 1)),
                view("a stride that overflows", "overflow 64 bits", 0, sizes(4), sizes(MAX)),
                view("strides whose sum overflows", "overflow 64 bits", 0, sizes(2, 2), sizes(MAX, MAX)),
                view("a stride that wraps to 0", "overflow 64 bits", 0, sizes(5), sizes(1L << 62)),
                view(
                        "a storage repeated to a terabyte",
                        "1099511627776 elements of the storage",
                        0,
                        sizes(1L << 40),
                        sizes(0)),
                view(
                        "a storage repeated twice",
                        "8 elements of the storage \"0\", which has 4: it repeats",
                        0,
                        sizes(2, 4),
                        sizes(0, 1)),
                view(
                        "windows that overlap",
                        "6 elements of the storage \"0\", which has 4",
                        0,
                        sizes(3, 2),
                        sizes(1, 1)),
                view(
                        "65 axes",
                        "65 sizes and 65 strides",
                        0,
                        LongStream.generate(() -> 1).limit(65).toArray(),
                        LongStream.generate(() -> 1).limit(65).toArray()),
                tensor(
                        "an offset of text",
                        "gives a tensor the offset the text \"0\"",
                        Pickle.begin().text("0").numbers(4).numbers(1)),
                tensor(
                        "an offset of 80 bits",
                        "the offset an integer of more than 64 bits",
                        Pickle.begin()
                                .op(0x8a, 10)
                                .bytes(new byte[9])
                                .op(1)
                                .numbers(4)
                                .numbers(1)),
                tensor(
                        "sizes of text",
                        "sizes that are a tuple of 1, expected a tuple of whole numbers",
                        Pickle.begin().number(0).op('(').text("4").op('t').numbers(1)),
                tensor(
                        "a size that is no tuple",
                        "sizes that are 4, expected",
                        Pickle.begin().number(0).number(4).numbers(1)),
                tensor(
                        "sizes of fractions",
                        "sizes that are a tuple of 1",
                        Pickle.begin().number(0).ops("(G").i8(0).op('t').numbers(1)),
                tensor(
                        "strides of None",
                        "strides that are None, expected",
                        Pickle.begin().number(0).numbers(4).op('N')),
                Hostile.pickle(
                        "an untyped storage read beyond its end",
                        Pickle.begin()
                                .global("torch._utils", "_rebuild_tensor_v3")
                                .op('(')
                                .storage("ByteStorage", "0", 16)
                                .number(3)
                                .numbers(2)
                                .numbers(1)
                                .ops("NN")
                                .global("torch", "float32")
                                .ops("tR"),
                        "elements up to 5 of the storage \"0\", which has 4"),
                new Hostile(
                        "an untyped storage of half an element",
                        Zip.torch(
                                        Pickle.begin()
                                                .global("torch._utils", "_rebuild_tensor_v3")
                                                .op('(')
                                                .storage("ByteStorage", "0", 7)
                                                .number(0)
                                                .numbers(2)
                                                .numbers(1)
                                                .ops("NN")
                                                .global("torch", "float32")
                                                .ops("tR")
                                                .stop(),
                                        new byte[7])
                                .bytes(),
                        "elements up to 2 of the storage \"0\", which has 1"));
    }

    @ParameterizedTest
    @MethodSource({"storages", "views"})
    void isRefusedInOneSentence(Hostile tensor) throws IOException {
        tensor.assertRefused(folder);
    }

    private static Hostile storage(String name, String reason, Pickle pickle) {
        return Hostile.pickle(name, pickle, reason);
    }

    /** The first half of a storage's id. */
    private static Pickle id() {
        return Pickle.begin().op('(').text("storage").global("torch", "FloatStorage");
    }

    private static Hostile view(String name, String reason, long offset, long[] sizes, long[] strides) {
        return Hostile.pickle(name, Pickle.begin().tensor("FloatStorage", "0", 4, offset, sizes, strides), reason);
    }

    /** @param arguments offset, sizes and strides */
    private static Hostile tensor(String name, String reason, Pickle arguments) {
        byte[] written = arguments.toBytes();
        Pickle pickle =
                Pickle.begin().global("torch._utils", "_rebuild_tensor_v2").op('(');
        pickle.storage("FloatStorage", "0", 4)
                .bytes(Arrays.copyOfRange(written, 2, written.length))
                .ops("NNtR");
        return Hostile.pickle(name, pickle, reason);
    }

    private static long[] sizes(long... sizes) {
        return sizes;
    }
}
