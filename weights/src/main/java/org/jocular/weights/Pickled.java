package org.jocular.weights;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.DType;

/**
 * A value out of a pickle. Lists and dictionaries may hold themselves, and few bytes can describe a tree of 2¹⁰⁰ leaves by naming the same
 * list twice at each level, so nothing here walks through a value: nothing compares, hashes, prints or copies one beyond its first level.
 */
sealed interface Pickled
        permits Pickled.Text,
                Pickled.Int,
                Pickled.Plain,
                Pickled.Sequence,
                Pickled.Dictionary,
                Pickled.Storage,
                Pickled.Function,
                Pickled.Type,
                StridedTensor {
    /** What it is, for messages, whatever its size. */
    String what();

    record Text(String value) implements Pickled {
        @Override
        public String what() {
            return "the text " + Bad.quote(value);
        }
    }

    record Int(long value) implements Pickled {
        @Override
        public String what() {
            return Long.toString(value);
        }
    }

    /** A value that no tensor needs: None, a truth value, a fraction, bytes. */
    record Plain(String what) implements Pickled {}

    record Sequence(String kind, List<Pickled> items) implements Pickled {
        static Sequence tuple(List<Pickled> items) {
            return new Sequence("tuple", items);
        }

        boolean isTuple() {
            return kind.equals("tuple");
        }

        @Override
        public String what() {
            return "a %s of %d".formatted(kind, items.size());
        }
    }

    /** @param entries by {@code String} or {@code Long}, in the order of the file */
    record Dictionary(Map<Object, Pickled> entries) implements Pickled {
        @Override
        public String what() {
            return entries.size() == 1
                    ? "a dictionary of 1 entry"
                    : "a dictionary of %d entries".formatted(entries.size());
        }
    }

    /** Elements of one type, an entry of the archive. */
    record Storage(String key, DType dtype, long elements, MemorySegment data) implements Pickled {
        @Override
        public String what() {
            return "the storage " + Bad.quote(key);
        }
    }

    /** A function that torch.save refers to. */
    enum Function implements Pickled {
        ORDERED_DICT("collections.OrderedDict"),
        REBUILD_TENSOR_V2("torch._utils._rebuild_tensor_v2"),
        REBUILD_TENSOR_V3("torch._utils._rebuild_tensor_v3"),
        REBUILD_PARAMETER("torch._utils._rebuild_parameter"),
        SIZE("torch.Size"),
        DEVICE("torch.device");

        final String global;

        Function(String global) {
            this.global = global;
        }

        @Override
        public String what() {
            return "the function " + global;
        }
    }

    /** A class of storages, {@code torch.HalfStorage}, or the name of a type, {@code torch.float16}. */
    record Type(String global, DType dtype) implements Pickled {
        @Override
        public String what() {
            return "the type " + global;
        }
    }
}
