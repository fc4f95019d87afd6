package org.jocular.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles that ask Python to import and call something: what makes a pickle dangerous. All are refused by name, and nothing is run. */
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class HostileGlobalsTest {
    @TempDir
    private Path folder;

    /** Module and name; most have been seen in real attacks. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "os system",
                "os popen",
                "os execv",
                "posix system",
                "nt system",
                "subprocess Popen",
                "subprocess call",
                "subprocess check_output",
                "pty spawn",
                "commands getoutput",
                "platform popen",
                "socket create_connection",
                "requests.api get",
                "httplib HTTPSConnection",
                "urllib.request urlopen",
                "webbrowser open",
                "shutil rmtree",
                "sys exit",
                "sys modules",
                "importlib import_module",
                "runpy run_path",
                "runpy _run_code",
                "builtins eval",
                "builtins exec",
                "builtins compile",
                "builtins open",
                "builtins getattr",
                "builtins setattr",
                "builtins globals",
                "builtins __import__",
                "builtins breakpoint",
                "builtins map",
                "builtins set",
                "__builtin__ eval",
                "__builtin__ apply",
                "bdb Bdb",
                "pdb run",
                "cProfile runctx",
                "timeit timeit",
                "doctest debug_script",
                "ctypes CDLL",
                "marshal loads",
                "pickle loads",
                "_pickle Unpickler",
                "dill loads",
                "joblib load",
                "types FunctionType",
                "types CodeType",
                "functools partial",
                "functools reduce",
                "operator attrgetter",
                "operator methodcaller",
                "copyreg _reconstructor",
                "copyreg __newobj__",
                "_codecs encode",
                "collections defaultdict",
                "collections Counter",
                "collections OrderedDict.__init__.__globals__",
                "argparse Namespace",
                "omegaconf.dictconfig DictConfig",
                "numpy load",
                "numpy dtype",
                "numpy.core.multiarray scalar",
                "numpy.core.multiarray _reconstruct",
                "torch load",
                "torch Tensor",
                "torch ComplexFloatStorage",
                "torch QInt8Storage",
                "torch float8_e4m3fn",
                "torch.hub load",
                "torch.jit load",
                "torch.serialization load",
                "torch.storage _load_from_bytes",
                "torch.storage TypedStorage",
                "torch.nn.modules.linear Linear",
                "torch.nn.parameter Parameter",
                "torch._tensor _rebuild_from_type_v2",
                "torch._utils _rebuild_tensor",
                "torch._utils _rebuild_qtensor",
                "torch._utils _rebuild_sparse_tensor",
                "torch._utils _import_dotted_name",
                "torch._utils _rebuild_tensor_v2.__globals__",
                "transformers.models.auto AutoModel",
                "java.lang.Runtime getRuntime",
                "cоllections OrderedDict", // a Cyrillic о
                "Torch FloatStorage",
                " torch._utils _rebuild_tensor_v2",
            })
    void anyOtherGlobalIsRefusedByName(String global) throws IOException {
        int space = global.lastIndexOf(' ');
        String module = global.substring(0, space);
        String name = global.substring(space + 1);
        String reason = "uses \"%s.%s\", which no file of weights needs: refused".formatted(module, name);
        Pickle called = Pickle.begin()
                .global(module, name)
                .op('(')
                .text("touch /tmp/harm")
                .ops("tR");
        Hostile.pickle(global, called, reason).assertRefused(folder);
        Pickle late = Pickle.begin(4)
                .ops("}")
                .text("w")
                .vector("FloatStorage", "0", 4)
                .ops("s");
        late.text("x").text(module).text(name).op(0x93).ops(")Rs");
        Hostile.pickle(global, late, reason).assertRefused(folder);
    }

    static Stream<Hostile> calls() {
        byte[] dictionary =
                Pickle.begin().global("collections", "OrderedDict").ops(")R").toBytes();
        return Stream.of(
                Hostile.pickle(
                        "text called", Pickle.begin().text("os.system").ops(")R"), "calls the text \"os.system\""),
                Hostile.pickle("a number called", Pickle.begin().number(7).ops(")R"), "calls 7 with"),
                Hostile.pickle("a dictionary called", Pickle.begin().ops("})R"), "calls a dictionary of 0 entries"),
                Hostile.pickle(
                        "a storage class called for a terabyte",
                        Pickle.begin()
                                .global("torch", "FloatStorage")
                                .numbers(1L << 40)
                                .op('R'),
                        "calls the type torch.FloatStorage with"),
                Hostile.pickle(
                        "a type called",
                        Pickle.begin().global("torch", "float32").ops(")R"),
                        "calls the type torch.float32"),
                Hostile.pickle(
                        "arguments that are no tuple",
                        Pickle.begin().global("collections", "OrderedDict").ops("]R"),
                        "calls the function collections.OrderedDict with arguments that it does not take: a list of 0"),
                Hostile.pickle(
                        "a dictionary made of pairs",
                        Pickle.begin().global("collections", "OrderedDict").ops("(]tR"),
                        "collections.OrderedDict with arguments that it does not take"),
                Hostile.pickle(
                        "a size of text",
                        Pickle.begin().global("torch", "Size").op('(').text("x").ops("tR"),
                        "torch.Size with arguments that it does not take: the text \"x\""),
                Hostile.pickle(
                        "a device of numbers",
                        Pickle.begin().global("torch", "device").numbers(1).op('R'),
                        "torch.device with arguments that it does not take: 1"),
                Hostile.pickle(
                        "a tensor of nothing",
                        Pickle.begin()
                                .global("torch._utils", "_rebuild_tensor_v2")
                                .ops(")R"),
                        "torch._utils._rebuild_tensor_v2 with arguments that it does not take"),
                Hostile.pickle(
                        "a tensor of text",
                        Pickle.begin()
                                .global("torch._utils", "_rebuild_tensor_v2")
                                .op('(')
                                .text("x")
                                .ops("NNNNNtR"),
                        "does not take: the text \"x\", None"),
                Hostile.pickle(
                        "a tensor of a million arguments",
                        Pickle.begin()
                                .global("torch._utils", "_rebuild_tensor_v2")
                                .op('(')
                                .repeat(90_000, new byte[] {'N'})
                                .ops("tR"),
                        "does not take: None, None"),
                Hostile.pickle(
                        "a parameter of a dictionary",
                        Pickle.begin()
                                .global("torch._utils", "_rebuild_parameter")
                                .ops("(}NNtR"),
                        "_rebuild_parameter with arguments that it does not take: a dictionary"),
                Hostile.pickle(
                        "a tensor without a type",
                        Pickle.begin()
                                .global("torch._utils", "_rebuild_tensor_v3")
                                .op('(')
                                .storage("ByteStorage", "0", 16)
                                .number(0)
                                .numbers(1)
                                .numbers(1)
                                .ops("NNNtR"),
                        "_rebuild_tensor_v3 with arguments that it does not take"),
                Hostile.pickle(
                        "attributes of a dictionary's class",
                        Pickle.raw()
                                .bytes(dictionary)
                                .ops("}")
                                .text("__class__")
                                .ops("Nsb"),
                        "sets attributes of a dictionary of 0 entries"),
                Hostile.pickle(
                        "attributes of a tensor",
                        Pickle.begin()
                                .vector("FloatStorage", "0", 4)
                                .ops("}")
                                .text("_metadata")
                                .ops("Nsb"),
                        "sets attributes of a tensor F32[4]"),
                Hostile.pickle(
                        "attributes that are a tuple",
                        Pickle.raw().bytes(dictionary).ops("(N}tb"),
                        "by a tuple of 2, expected a state dict's _metadata"),
                Hostile.pickle(
                        "attributes of a function",
                        Pickle.begin().global("torch", "Size").ops("}b"),
                        "sets attributes of the function torch.Size"));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void knownFunctionsTakeOnlyWhatTorchSaveGivesThem(Hostile call) throws IOException {
        call.assertRefused(folder);
    }
}
