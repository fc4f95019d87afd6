package org.jocular.weights;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Pickled.Dictionary;
import org.jocular.weights.Pickled.Int;
import org.jocular.weights.Pickled.Plain;
import org.jocular.weights.Pickled.Sequence;
import org.jocular.weights.Pickled.Text;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pickle of a checkpoint: a stack machine (Python's {@code pickletools.py} describes it) with those opcodes alone that torch.save
 * writes, and with {@link TorchObjects} in the place of Python's classes. It loads no class, calls nothing that a file names, and does
 * a bounded amount of work: each opcode costs a constant or the bytes that it takes, and nothing recurses into values.
 *
 * @see <a href="https://github.com/pytorch/pytorch/blob/main/torch/_weights_only_unpickler.py">PyTorch's own restricted unpickler</a>
 */
final class Unpickler {
    /** A tensor takes some 30 opcodes, so this is for 17,000: five times as many as BLIP-2 has with its optimiser's state. */
    private static final int MOST_OPCODES = 1 << 19;

    static final long MOST_BYTES = 32 << 20;

    private static final int DEEPEST = 1000;
    private static final int HIGHEST_STACK = 100_000;

    private final PickleInput in;
    private final TorchObjects torch;
    private final List<Pickled> stack = new ArrayList<>();

    /** Where each open MARK stands in the stack. */
    private final List<Integer> marks = new ArrayList<>();

    private final Map<Long, Pickled> memo = new HashMap<>();

    private Unpickler(PickleInput in, TorchObjects torch) {
        this.in = in;
        this.torch = torch;
    }

    /**
     * The object that a pickle describes.
     *
     * @param storages from the key of a storage to its bytes, or null where there are none
     * @throws BadInput naming the first thing in the pickle that a file of weights does not need or that is broken
     */
    static Pickled read(Path file, byte[] pickle, Function<String, @Nullable MemorySegment> storages) {
        PickleInput in = new PickleInput(file, pickle);
        return new Unpickler(in, new TorchObjects(in, storages)).read();
    }

    private Pickled read() {
        if (PickleOpcode.of(in.opcode()) != PickleOpcode.PROTO) {
            throw in.bad("does not begin with its protocol's version");
        }
        int version = in.u1();
        if (version < 2 || version > 5) {
            throw in.bad("has the protocol version %d, expected 2 to 5".formatted(version));
        }
        for (int i = 0; i < MOST_OPCODES; i++) {
            int code = in.opcode();
            PickleOpcode opcode = PickleOpcode.of(code);
            if (opcode == null) {
                throw in.bad("has the byte 0x%02x where an opcode should be".formatted(code));
            }
            if (opcode == PickleOpcode.STOP) {
                return result();
            }
            execute(opcode);
        }
        throw in.bad("has more than %d opcodes".formatted(MOST_OPCODES));
    }

    private Pickled result() {
        Pickled result = pop();
        if (!stack.isEmpty() || !marks.isEmpty() || in.left() > 0) {
            throw in.bad("stops with %d values and %d bytes left over".formatted(stack.size(), in.left()));
        }
        return result;
    }

    private void execute(PickleOpcode opcode) {
        switch (opcode) {
            case FRAME -> in.frame();

            case NONE -> push(new Plain("None"));
            case NEWTRUE -> push(new Plain("True"));
            case NEWFALSE -> push(new Plain("False"));
            case BININT -> push(new Int(in.i4()));
            case BININT1 -> push(new Int(in.u1()));
            case BININT2 -> push(new Int(in.u2()));
            case LONG1 -> push(integer(in.bytes(in.u1())));
            case BINFLOAT -> push(new Plain(Double.toString(in.f8())));
            case BINUNICODE -> push(new Text(in.utf8(in.u4())));
            case SHORT_BINUNICODE -> push(new Text(in.utf8(in.u1())));
            case BINUNICODE8 -> push(new Text(in.utf8(in.i8())));
            case BINBYTES -> push(bytes(in.u4()));
            case SHORT_BINBYTES -> push(bytes(in.u1()));
            case BINBYTES8 -> push(bytes(in.i8()));

            case MARK -> mark();
            case EMPTY_TUPLE -> push(Sequence.tuple(List.of()));
            case TUPLE1 -> push(tuple(1));
            case TUPLE2 -> push(tuple(2));
            case TUPLE3 -> push(tuple(3));
            case TUPLE -> push(Sequence.tuple(popToMark()));
            case EMPTY_LIST -> push(new Sequence("list", new ArrayList<>()));
            case APPEND -> append(List.of(pop()));
            case APPENDS -> append(popToMark());
            case EMPTY_DICT -> push(new Dictionary(new LinkedHashMap<>()));
            case SETITEM -> setItems(popLast(2));
            case SETITEMS -> setItems(popToMark());

            case BINPUT -> memo.put((long) in.u1(), peek());
            case LONG_BINPUT -> memo.put(in.u4(), peek());
            case MEMOIZE -> memo.put((long) memo.size(), peek());
            case BINGET -> push(remembered(in.u1()));
            case LONG_BINGET -> push(remembered(in.u4()));

            case GLOBAL -> push(torch.global(in.line(), in.line()));
            case STACK_GLOBAL -> {
                List<Pickled> names = popLast(2);
                if (!(names.get(0) instanceof Text module && names.get(1) instanceof Text name)) {
                    throw in.bad("names a global by " + names.get(0).what() + " and "
                            + names.get(1).what());
                }
                push(torch.global(module.value(), name.value()));
            }
            case REDUCE -> {
                Pickled arguments = pop();
                push(torch.call(pop(), arguments));
            }
            case BUILD -> {
                Pickled attributes = pop();
                torch.attributes(peek(), attributes);
            }
            case BINPERSID -> push(torch.storage(pop()));

            default -> throw in.bad("uses the opcode %s, which no file of weights needs".formatted(opcode));
        }
    }

    private Pickled integer(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[bigEndian.length - 1 - i] = littleEndian[i];
        }
        if (littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0) {
            bigEndian[0] = -1;
        }
        BigInteger integer = new BigInteger(bigEndian);
        return integer.bitLength() < Long.SIZE
                ? new Int(integer.longValue())
                : new Plain("an integer of more than 64 bits");
    }

    private Pickled bytes(long length) {
        return new Plain("%d bytes".formatted(in.bytes(length).length));
    }

    private Sequence tuple(int size) {
        return Sequence.tuple(popLast(size));
    }

    private void append(List<Pickled> items) {
        if (!(peek() instanceof Sequence list) || list.isTuple()) {
            throw in.bad("appends to %s, expected a list".formatted(peek().what()));
        }
        list.items().addAll(items);
    }

    private void setItems(List<Pickled> keysAndValues) {
        if (!(peek() instanceof Dictionary dictionary)) {
            throw in.bad("sets an entry of %s, expected a dictionary".formatted(peek().what()));
        }
        if (keysAndValues.size() % 2 != 0) {
            throw in.bad("sets an entry without a value");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            // Hashing a tuple of tuples may take 2¹⁰⁰ steps.
            Object key = switch (keysAndValues.get(i)) {
                case Text text -> text.value();
                case Int number -> number.value();
                case Pickled other ->
                    throw in.bad("has %s as a key, expected text or a number".formatted(other.what()));
            };
            if (dictionary.entries().put(key, keysAndValues.get(i + 1)) != null) {
                throw in.bad("sets the entry %s twice".formatted(Bad.quote(key.toString())));
            }
        }
    }

    private Pickled remembered(long place) {
        Pickled value = memo.get(place);
        if (value == null) {
            throw in.bad("recalls the value %d, which it has not kept".formatted(place));
        }
        return value;
    }

    private void push(Pickled value) {
        if (stack.size() == HIGHEST_STACK) {
            throw in.bad("keeps more than %d values open".formatted(HIGHEST_STACK));
        }
        stack.add(value);
    }

    private void mark() {
        if (marks.size() == DEEPEST) {
            throw in.bad("nests deeper than %d levels".formatted(DEEPEST));
        }
        marks.add(stack.size());
    }

    /** The values above the last mark, or all where there is none, may be taken. */
    private int bottom() {
        return marks.isEmpty() ? 0 : marks.getLast();
    }

    private Pickled peek() {
        if (stack.size() == bottom()) {
            throw in.bad("takes a value where there is none");
        }
        return stack.getLast();
    }

    private Pickled pop() {
        peek();
        return stack.removeLast();
    }

    private List<Pickled> popLast(int count) {
        if (stack.size() - count < bottom()) {
            throw in.bad("takes %d values where there are %d".formatted(count, stack.size() - bottom()));
        }
        return popFrom(stack.size() - count);
    }

    private List<Pickled> popToMark() {
        if (marks.isEmpty()) {
            throw in.bad("ends a group that it has not begun");
        }
        return popFrom(marks.removeLast());
    }

    private List<Pickled> popFrom(int height) {
        List<Pickled> above = stack.subList(height, stack.size());
        List<Pickled> taken = List.copyOf(above);
        above.clear();
        return taken;
    }
}
