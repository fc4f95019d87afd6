package org.jocular.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pickles whose opcodes, lengths or structure are wrong. */
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class HostilePicklesTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(from = "INT")
    void opcodesThatTorchSaveDoesNotWriteAreRefusedByName(PickleOpcode opcode) throws IOException {
        Pickle pickle = Pickle.begin().ops("}(").text("x").op(opcode.code).ops("os\nsystem\n");
        String reason = "uses the opcode %s, which no file of weights needs, at byte 10".formatted(opcode);
        Hostile.pickle(opcode.name(), pickle, reason).assertRefused(folder);
    }

    static Stream<Hostile> lengths() {
        return Stream.of(
                bytes(
                        "text of 4 GiB",
                        "asks for 4294967295 bytes where 1 are left",
                        Pickle.begin().op('X').i4(-1)),
                bytes(
                        "text of 2^31",
                        "asks for 2147483648 bytes",
                        Pickle.begin().op('X').i4(1L << 31)),
                bytes(
                        "text of 2^63 - 1",
                        "asks for 9223372036854775807 bytes",
                        Pickle.begin(4).op(0x8d).i8(Long.MAX_VALUE)),
                bytes(
                        "text of negative length",
                        "asks for 18446744073709551615 bytes",
                        Pickle.begin(4).op(0x8d).i8(-1)),
                bytes(
                        "short text that ends early",
                        "asks for 9 bytes where 3 are left",
                        Pickle.begin(4).op(0x8c, 9).ops("ab")),
                bytes(
                        "bytes of 4 GiB",
                        "asks for 4294967295 bytes",
                        Pickle.begin(3).op('B').i4(-1)),
                bytes(
                        "bytes of 2^62",
                        "asks for 4611686018427387904 bytes",
                        Pickle.begin(4).op(0x8e).i8(1L << 62)),
                bytes(
                        "a frame of 2^63 - 1",
                        "asks for 9223372036854775807 bytes",
                        Pickle.begin(4).op(0x95).i8(Long.MAX_VALUE)),
                bytes(
                        "a frame of negative length",
                        "asks for 18446744073709551614 bytes",
                        Pickle.begin(4).op(0x95).i8(-2)),
                bytes(
                        "an integer that ends early",
                        "asks for 255 bytes where 1 are left",
                        Pickle.begin().op(0x8a, 255)),
                bytes(
                        "a short integer that ends early",
                        "asks for 4 bytes where 2 are left",
                        Pickle.begin().op('J', 1)),
                bytes(
                        "a fraction that ends early",
                        "asks for 8 bytes where 1 are left",
                        Pickle.begin().op('G')),
                bytes(
                        "a global without an end",
                        "asks for 3 bytes where 2 are left",
                        Pickle.begin().ops("co")),
                bytes(
                        "a global of a megabyte",
                        "has a name of more than 256 characters",
                        Pickle.begin().op('c').bytes(new byte[1 << 20])),
                bytes(
                        "text that is not UTF-8",
                        "holds text that is not UTF-8",
                        Pickle.begin().op('X').i4(2).op(0xc3, 0x28)),
                bytes(
                        "a name that is not UTF-8",
                        "holds text that is not UTF-8",
                        Pickle.begin().op('c', 0xff, '\n')),
                Hostile.pickle(
                        "33 MiB", new byte[33 << 20], "has a pickle of 34603008 bytes, expected at most 33554432"));
    }

    static Stream<Hostile> structures() {
        return Stream.of(
                Hostile.pickle("nothing", new byte[0], "asks for 1 bytes where 0 are left"),
                bytes("no protocol", "does not begin with its protocol's version", Pickle.raw('}')),
                bytes(
                        "the protocol of text",
                        "does not begin with its protocol's version",
                        Pickle.raw().ops("(dp0\n")),
                bytes(
                        "protocol 0",
                        "has the protocol version 0, expected 2 to 5",
                        Pickle.begin(0).op('}')),
                bytes(
                        "protocol 1",
                        "has the protocol version 1, expected 2 to 5",
                        Pickle.begin(1).op('}')),
                bytes(
                        "protocol 6",
                        "has the protocol version 6, expected 2 to 5",
                        Pickle.begin(6).op('}')),
                bytes(
                        "the protocol twice",
                        "uses the opcode PROTO",
                        Pickle.begin().op(0x80, 2, '}')),
                Hostile.pickle("no end", Pickle.begin().op('}').toBytes(), "asks for 1 bytes where 0 are left"),
                bytes("no value", "takes a value where there is none, at byte 2", Pickle.begin()),
                bytes(
                        "two values",
                        "stops with 1 values and 0 bytes left over",
                        Pickle.begin().ops("}}")),
                bytes(
                        "an open group",
                        "stops with 0 values and 1 bytes left over",
                        Pickle.begin().ops("}.")),
                bytes(
                        "a mark without an end",
                        "takes a value where there is none",
                        Pickle.begin().ops("}(")),
                bytes(
                        "no opcode",
                        "has the byte 0xff where an opcode should be",
                        Pickle.begin().op(0xff)),
                bytes(
                        "a value not kept",
                        "recalls the value 7, which it has not kept",
                        Pickle.begin().get(7)),
                bytes(
                        "a far value not kept",
                        "recalls the value 4294967295,",
                        Pickle.begin().op('j').i4(-1)),
                bytes(
                        "nothing kept",
                        "takes a value where there is none",
                        Pickle.begin().put(0)),
                bytes(
                        "an entry of a list",
                        "sets an entry of a list of 0",
                        Pickle.begin().ops("]NNs")),
                bytes(
                        "an entry without a value",
                        "sets an entry without a value",
                        Pickle.begin().ops("}(Nu")),
                bytes(
                        "an entry from below a mark",
                        "takes 2 values where there are 0",
                        Pickle.begin().ops("}NN(s")),
                bytes(
                        "an item of a dictionary",
                        "appends to a dictionary",
                        Pickle.begin().ops("}Na")),
                bytes(
                        "an item of a tuple",
                        "appends to a tuple of 0",
                        Pickle.begin().ops(")Na")),
                bytes(
                        "items of nothing",
                        "takes a value where there is none",
                        Pickle.begin().ops("(Ne")),
                bytes(
                        "a tuple without a mark",
                        "ends a group that it has not begun",
                        Pickle.begin().ops("Nt")),
                bytes(
                        "a tuple of too few",
                        "takes 3 values where there are 2",
                        Pickle.begin().ops("NN").op(0x87)),
                bytes(
                        "a global named by numbers",
                        "names a global by 1 and 2",
                        Pickle.begin(4).number(1).number(2).op(0x93)),
                bytes(
                        "a global of one name",
                        "takes 2 values where there are 1",
                        Pickle.begin(4).text("os").op(0x93)),
                bytes(
                        "a key that is None",
                        "has None as a key, expected text or a number",
                        Pickle.begin().ops("}NNs")),
                bytes(
                        "a key that is a list",
                        "has a list of 0 as a key",
                        Pickle.begin().ops("}]Ns")),
                bytes(
                        "a key that holds itself",
                        "has a list of 1 as a key",
                        Pickle.begin().ops("}]").put(0).get(0).ops("aNs")),
                bytes(
                        "a key twice",
                        "sets the entry \"w\" twice",
                        Pickle.begin().ops("}(").text("w").op('N').text("w").ops("Nu")),
                bytes(
                        "a number twice",
                        "sets the entry \"3\" twice",
                        Pickle.begin().ops("}").number(3).ops("Ns").number(3).ops("Ns")),
                bytes(
                        "a list",
                        "holds a list of 0, expected a dictionary of tensors",
                        Pickle.begin().op(']')),
                bytes(
                        "a tensor alone",
                        "holds a tensor F32[4], expected a dictionary",
                        Pickle.begin().vector("FloatStorage", "0", 4)),
                bytes(
                        "a storage alone",
                        "holds the storage \"0\", expected",
                        Pickle.begin().storage("FloatStorage", "0", 4)),
                bytes(
                        "a function alone",
                        "holds the function torch.Size, expected",
                        Pickle.begin().global("torch", "Size")),
                bytes(
                        "None",
                        "holds None, expected a dictionary",
                        Pickle.begin().op('N')),
                bytes(
                        "no tensors",
                        "nor under model, state_dict, module, only epoch",
                        Pickle.begin().ops("}").text("epoch").ops("Ns")),
                bytes(
                        "tensors under a number",
                        "only 5",
                        Pickle.begin()
                                .ops("}")
                                .number(5)
                                .vector("FloatStorage", "0", 4)
                                .op('s')),
                bytes(
                        "itself as its model",
                        "holds no tensors",
                        Pickle.begin().ops("}").put(0).text("model").get(0).op('s')),
                bytes(
                        "tensors too deep",
                        "only model",
                        Pickle.begin()
                                .ops("}")
                                .text("model")
                                .ops("}")
                                .text("module")
                                .ops("}")
                                .text("w")
                                .vector("FloatStorage", "0", 4)
                                .ops("sss")));
    }

    @ParameterizedTest
    @MethodSource({"lengths", "structures"})
    void isRefusedInOneSentence(Hostile pickle) throws IOException {
        pickle.assertRefused(folder);
    }

    private static Hostile bytes(String name, String reason, Pickle pickle) {
        return Hostile.pickle(name, pickle, reason);
    }
}
