package org.jocular.tokenizers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one protocol-buffer message in the order of the file.
 *
 * <p>Use: {@code while (message.next()) switch (message.field()) { case 1 -> message.string(); default -> message.skip(); }}.
 * Every method throws {@link IllegalArgumentException} with one sentence that names the file, the field and the offset.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers: encoding</a>
 */
final class Protobuf {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final String source;
    private final byte[] bytes;
    private final int end;
    private int position;
    private int field;
    private int wireType;

    Protobuf(String source, byte[] bytes) {
        this(source, bytes, 0, bytes.length);
    }

    private Protobuf(String source, byte[] bytes, int start, int end) {
        this.source = source;
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    /** Moves to the next field; false at the end of the message. */
    boolean next() {
        if (position == end) {
            return false;
        }
        long tag = readVarint();
        long number = tag >>> 3;
        if (number == 0 || number >= 1 << 29) {
            throw bad("field number " + Long.toUnsignedString(number) + " is out of range");
        }
        field = (int) number;
        wireType = (int) tag & 7;
        return true;
    }

    int field() {
        return field;
    }

    int int32() {
        expect(VARINT);
        return (int) readVarint();
    }

    boolean bool() {
        expect(VARINT);
        return readVarint() != 0;
    }

    float float32() {
        expect(FIXED32);
        return little(take(4), 4).getFloat();
    }

    byte[] bytes() {
        expect(LENGTH_DELIMITED);
        int length = readLength();
        int start = take(length);
        byte[] copy = new byte[length];
        System.arraycopy(bytes, start, copy, 0, length);
        return copy;
    }

    String string() {
        expect(LENGTH_DELIMITED);
        int length = readLength();
        int start = take(length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(at("field " + field + " is not UTF-8"), e);
        }
    }

    Protobuf message() {
        expect(LENGTH_DELIMITED);
        int length = readLength();
        int start = take(length);
        return new Protobuf(source, bytes, start, start + length);
    }

    void skip() {
        switch (wireType) {
            case VARINT -> readVarint();
            case FIXED64 -> take(8);
            case LENGTH_DELIMITED -> take(readLength());
            case FIXED32 -> take(4);
            default -> throw bad("field " + field + " has wire type " + wireType + ", which does not exist here");
        }
    }

    private void expect(int expected) {
        if (wireType != expected) {
            throw bad("field " + field + " has wire type " + wireType + ", expected " + expected);
        }
    }

    private int readLength() {
        long length = readVarint();
        if (length < 0 || length > end - position) {
            throw bad("field " + field + " claims " + Long.toUnsignedString(length) + " bytes where " + (end - position)
                    + " are left");
        }
        return (int) length;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position == end) {
                throw bad("the message ends inside a number");
            }
            byte b = bytes[position++];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw bad("a number is longer than ten bytes");
    }

    private int take(int length) {
        if (length > end - position) {
            throw bad("the message ends inside field " + field);
        }
        int start = position;
        position += length;
        return start;
    }

    private ByteBuffer little(int start, int length) {
        return ByteBuffer.wrap(bytes, start, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private IllegalArgumentException bad(String reason) {
        return new IllegalArgumentException(at(reason));
    }

    private String at(String reason) {
        return source + ": not a SentencePiece model: " + reason + " (byte " + position + ")";
    }
}
