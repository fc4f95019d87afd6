package org.jocular.weights;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jocular.tensor.DType;
import org.jocular.weights.Pickled.Dictionary;
import org.jocular.weights.Pickled.Int;
import org.jocular.weights.Pickled.Plain;
import org.jocular.weights.Pickled.Sequence;
import org.jocular.weights.Pickled.Storage;
import org.jocular.weights.Pickled.Text;
import org.jocular.weights.Pickled.Type;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a pickle of torch.save may speak of. Each is built here by hand, so that no name from a file ever becomes a class, and
 * any other name is refused.
 */
final class TorchObjects {
    private static final Map<String, DType> STORAGES = Map.of(
            "DoubleStorage", DType.F64,
            "FloatStorage", DType.F32,
            "HalfStorage", DType.F16,
            "BFloat16Storage", DType.BF16,
            "LongStorage", DType.I64,
            "IntStorage", DType.I32,
            "ShortStorage", DType.I16,
            "CharStorage", DType.I8,
            "ByteStorage", DType.U8,
            "BoolStorage", DType.BOOL);
    private static final Map<String, DType> TYPES = Map.of(
            "float64", DType.F64,
            "float32", DType.F32,
            "float16", DType.F16,
            "bfloat16", DType.BF16,
            "int64", DType.I64,
            "int32", DType.I32,
            "int16", DType.I16,
            "int8", DType.I8,
            "uint8", DType.U8,
            "bool", DType.BOOL);
    private static final Map<String, Pickled> GLOBALS = globals();

    private final PickleInput in;
    private final Function<String, @Nullable MemorySegment> data;
    private final Map<String, Storage> storages = new HashMap<>();

    /** @param data from the key of a storage to its bytes, or null where there are none */
    TorchObjects(PickleInput in, Function<String, @Nullable MemorySegment> data) {
        this.in = in;
        this.data = data;
    }

    private static Map<String, Pickled> globals() {
        Map<String, Pickled> globals = Arrays.stream(Pickled.Function.values())
                .collect(Collectors.toMap(function -> function.global, function -> function));
        STORAGES.forEach((name, dtype) -> globals.put("torch." + name, new Type("torch." + name, dtype)));
        TYPES.forEach((name, dtype) -> globals.put("torch." + name, new Type("torch." + name, dtype)));
        // Bytes whose type the tensor names (torch/storage.py).
        Stream.of("torch.UntypedStorage", "torch.storage.UntypedStorage")
                .forEach(name -> globals.put(name, new Type(name, DType.U8)));
        return Map.copyOf(globals);
    }

    Pickled global(String module, String name) {
        String global = module + "." + name;
        Pickled known = GLOBALS.get(global);
        if (known == null) {
            throw in.bad("uses %s, which no file of weights needs: refused, and nothing of it was run"
                    .formatted(Bad.quote(global)));
        }
        return known;
    }

    Pickled call(Pickled callable, Pickled arguments) {
        List<Pickled> all =
                arguments instanceof Sequence sequence && sequence.isTuple() ? sequence.items() : List.of(arguments);
        Pickled result = callable instanceof Pickled.Function function ? call(function, all) : null;
        if (result == null) {
            throw in.bad("calls %s with arguments that it does not take: %s".formatted(callable.what(), listed(all)));
        }
        return result;
    }

    /** Null where the arguments are not what torch.save writes. */
    private @Nullable Pickled call(Pickled.Function function, List<Pickled> all) {
        return switch (function) {
            case ORDERED_DICT -> all.isEmpty() ? new Dictionary(new LinkedHashMap<>()) : null;
            case SIZE -> all.size() == 1 && all.getFirst() instanceof Sequence sizes ? sizes : null;
            case DEVICE -> !all.isEmpty() && all.getFirst() instanceof Text ? new Plain("a device") : null;
            case REBUILD_PARAMETER -> all.size() == 3 && all.getFirst() instanceof StridedTensor tensor ? tensor : null;
            // (storage, offset, sizes, strides, requires_grad, backward_hooks[, metadata])
            case REBUILD_TENSOR_V2 ->
                (all.size() == 6 || all.size() == 7) && all.getFirst() instanceof Storage storage
                        ? tensor(storage, storage.dtype(), all)
                        : null;
            // (storage, offset, sizes, strides, requires_grad, backward_hooks, dtype[, metadata])
            case REBUILD_TENSOR_V3 ->
                (all.size() == 7 || all.size() == 8)
                                && all.getFirst() instanceof Storage storage
                                && all.get(6) instanceof Type type
                        ? tensor(storage, type.dtype(), all)
                        : null;
        };
    }

    private StridedTensor tensor(Storage storage, DType dtype, List<Pickled> arguments) {
        if (!(arguments.get(1) instanceof Int offset)) {
            throw in.bad("gives a tensor the offset " + arguments.get(1).what());
        }
        StridedTensor tensor = new StridedTensor(
                storage,
                dtype,
                offset.value(),
                numbers("sizes", arguments.get(2)),
                numbers("strides", arguments.get(3)));
        String fault = tensor.fault();
        if (fault != null) {
            throw in.bad("gives a tensor " + Bad.shorten(fault));
        }
        return tensor;
    }

    private List<Long> numbers(String what, Pickled value) {
        boolean right =
                value instanceof Sequence sequence && sequence.items().stream().allMatch(Int.class::isInstance);
        if (!right) {
            throw in.bad(
                    "gives a tensor %s that are %s, expected a tuple of whole numbers".formatted(what, value.what()));
        }
        return ((Sequence) value)
                .items().stream().map(item -> ((Int) item).value()).toList();
    }

    /** The storage that a persistent id names: {@code ("storage", class, key, device, elements)}, torch/serialization.py. */
    Storage storage(Pickled id) {
        List<Pickled> parts = id instanceof Sequence tuple && tuple.isTuple() ? tuple.items() : List.of(id);
        if (parts.size() != 5
                || !(parts.get(0) instanceof Text kind && kind.value().equals("storage"))
                || !(parts.get(1) instanceof Type type)
                || !(parts.get(2) instanceof Text name)
                || !(parts.get(3) instanceof Text)
                || !(parts.get(4) instanceof Int size)) {
            throw in.bad("refers to %s, expected a storage's class, key, device and size".formatted(listed(parts)));
        }
        String key = name.value();
        DType dtype = type.dtype();
        long elements = size.value();
        Storage known = storages.get(key);
        if (known != null) {
            if (known.dtype() != dtype || known.elements() != elements) {
                throw in.bad("describes the storage %s as %s[%d] and as %s[%d]"
                        .formatted(Bad.quote(key), known.dtype(), known.elements(), dtype, elements));
            }
            return known;
        }
        Storage storage = new Storage(key, dtype, elements, bytes(key, dtype, elements));
        storages.put(key, storage);
        return storage;
    }

    private MemorySegment bytes(String key, DType dtype, long elements) {
        MemorySegment bytes = data.apply(key);
        if (bytes == null) {
            throw in.bad("refers to the storage %s, for which the archive has no entry".formatted(Bad.quote(key)));
        }
        long held = bytes.byteSize() / dtype.bytes();
        if (elements != held || bytes.byteSize() % dtype.bytes() != 0) {
            throw in.bad("describes the storage %s as %s[%d], but its entry has %d bytes"
                    .formatted(Bad.quote(key), dtype, elements, bytes.byteSize()));
        }
        return bytes;
    }

    /** The attributes that a pickle sets on an object: a state dict has one, which tells versions of modules. */
    void attributes(Pickled object, Pickled attributes) {
        boolean metadata = object instanceof Dictionary
                && attributes instanceof Dictionary given
                && given.entries().keySet().equals(Set.of("_metadata"));
        if (!metadata) {
            throw in.bad("sets attributes of %s by %s, expected a state dict's _metadata"
                    .formatted(object.what(), attributes.what()));
        }
    }

    private static String listed(List<Pickled> values) {
        return values.stream().limit(8).map(Pickled::what).collect(Collectors.joining(", "));
    }
}
