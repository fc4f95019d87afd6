package org.jocular.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;

/** The bytes of a pickle, of which no more are taken than there are, whatever a length says. */
final class PickleInput {
    private static final int LONGEST_GLOBAL = 256;

    private final Path file;
    private final ByteBuffer bytes;
    private int opcodeAt;

    PickleInput(Path file, byte[] pickle) {
        this.file = file;
        this.bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    int opcode() {
        opcodeAt = bytes.position();
        return u1();
    }

    int u1() {
        need(1);
        return Byte.toUnsignedInt(bytes.get());
    }

    int u2() {
        need(Short.BYTES);
        return Short.toUnsignedInt(bytes.getShort());
    }

    int i4() {
        need(Integer.BYTES);
        return bytes.getInt();
    }

    long u4() {
        return Integer.toUnsignedLong(i4());
    }

    long i8() {
        need(Long.BYTES);
        return bytes.getLong();
    }

    /** A float of 64 bits, which pickles hold the other way round. */
    double f8() {
        return Double.longBitsToDouble(Long.reverseBytes(i8()));
    }

    byte[] bytes(long length) {
        need(length);
        byte[] taken = new byte[(int) length];
        bytes.get(taken);
        return taken;
    }

    String utf8(long length) {
        need(length);
        ByteBuffer text = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw bad("holds text that is not UTF-8");
        }
    }

    /** Text up to the end of the line. */
    String line() {
        int start = bytes.position();
        int length = 0;
        while (bytes.get(start + need(length, 1)) != '\n') {
            length++;
        }
        String line = utf8(length);
        bytes.get();
        return line;
    }

    /** A frame tells readers of streams how much to fetch at once; here all is there already. */
    void frame() {
        need(i8());
    }

    int left() {
        return bytes.remaining();
    }

    /** @param what continues a sentence about the pickle: {@code uses the opcode INST} */
    BadInput bad(String what) {
        return Bad.file(file, "has a pickle that %s, at byte %d".formatted(what, opcodeAt));
    }

    private void need(long length) {
        if (length < 0 || length > bytes.remaining()) {
            throw bad(
                    "asks for %s bytes where %d are left".formatted(Long.toUnsignedString(length), bytes.remaining()));
        }
    }

    /** Returns {@code ahead}, once {@code length} bytes are known to follow it. */
    private int need(int ahead, int length) {
        if (ahead > LONGEST_GLOBAL) {
            throw bad("has a name of more than %d characters".formatted(LONGEST_GLOBAL));
        }
        need((long) ahead + length);
        return ahead;
    }
}
