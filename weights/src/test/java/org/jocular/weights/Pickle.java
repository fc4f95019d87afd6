package org.jocular.weights;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode, right ones and wrong ones; opcodes are the letters of Python's {@code pickle.py}. */
final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Pickle() {}

    /** Begins with the protocol that torch.save uses. */
    static Pickle begin() {
        return begin(2);
    }

    static Pickle begin(int protocol) {
        return raw(0x80, protocol);
    }

    static Pickle raw(int... bytes) {
        return new Pickle().op(bytes);
    }

    Pickle op(int... bytes) {
        for (int one : bytes) {
            out.write(one);
        }
        return this;
    }

    Pickle ops(String letters) {
        return bytes(letters.getBytes(StandardCharsets.UTF_8));
    }

    Pickle bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    Pickle repeat(int times, byte[] bytes) {
        for (int i = 0; i < times; i++) {
            out.writeBytes(bytes);
        }
        return this;
    }

    Pickle i4(long value) {
        return bytes(little(4).putInt((int) value).array());
    }

    Pickle i8(long value) {
        return bytes(little(8).putLong(value).array());
    }

    Pickle text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return op('X').i4(utf8.length).bytes(utf8);
    }

    Pickle number(long value) {
        if (value == (int) value) {
            return op('J').i4(value);
        }
        byte[] big = BigInteger.valueOf(value).toByteArray();
        op(0x8a, big.length);
        for (int i = big.length - 1; i >= 0; i--) {
            op(big[i]);
        }
        return this;
    }

    Pickle global(String module, String name) {
        return ops("c" + module + "\n" + name + "\n");
    }

    Pickle put(int place) {
        return op('q', place);
    }

    Pickle get(int place) {
        return op('h', place);
    }

    Pickle numbers(long... values) {
        op('(');
        for (long value : values) {
            number(value);
        }
        return op('t');
    }

    /** The persistent id of a storage: {@code FloatStorage}, {@code 0}. */
    Pickle storage(String type, String key, long elements) {
        op('(').text("storage").global("torch", type).text(key).text("cpu").number(elements);
        return op('t', 'Q');
    }

    Pickle tensor(String type, String key, long elements, long offset, long[] sizes, long[] strides) {
        global("torch._utils", "_rebuild_tensor_v2").op('(').storage(type, key, elements);
        number(offset).numbers(sizes).numbers(strides);
        return op(0x89).global("collections", "OrderedDict").ops(")RtR");
    }

    /** The whole storage as a vector. */
    Pickle vector(String type, String key, long elements) {
        return tensor(type, key, elements, 0, new long[] {elements}, new long[] {1});
    }

    /** What was written so far, and the opcode STOP. */
    byte[] stop() {
        return op('.').toBytes();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
