package org.xerial.snappy;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Unpacks Snappy (google/snappy, format_description.txt), as nearly every Parquet file is packed. It bears the name of snappy-java's class
 * because hardwood looks for that one by its name and calls this one method of it; snappy-java itself would bring native code along.
 */
public final class Snappy {
    private Snappy() {}

    /**
     * Unpacks one block, the buffer's content from its position on.
     *
     * @param uncompressed is written from its position on, and limited to what was written
     * @return how many bytes that is
     * @throws IOException if the block is broken, or too long for the buffer
     */
    public static int uncompress(ByteBuffer compressed, ByteBuffer uncompressed) throws IOException {
        try {
            return blocks(compressed.duplicate(), uncompressed);
        } catch (RuntimeException e) {
            throw new IOException("a Snappy block is broken", e);
        }
    }

    private static int blocks(ByteBuffer in, ByteBuffer out) throws IOException {
        int begin = out.position();
        int length = length(in);
        if (length > out.remaining()) {
            throw new IOException("a Snappy block of %d bytes, expected at most %d".formatted(length, out.remaining()));
        }
        int end = begin + length;
        int at = begin;
        while (in.hasRemaining()) {
            int tag = in.get() & 0xff;
            int size;
            if ((tag & 3) == 0) {
                int bytes = (tag >> 2) - 59; // 60 to 63 say how many bytes of length follow
                size = 1 + (bytes < 1 ? tag >> 2 : little(in, bytes));
                out.put(at, in, in.position(), size);
                in.position(in.position() + size);
            } else {
                size = (tag & 3) == 1 ? 4 + (tag >> 2 & 7) : 1 + (tag >> 2);
                int back = switch (tag & 3) {
                    case 1 -> (tag >> 5) << 8 | in.get() & 0xff;
                    case 2 -> little(in, 2);
                    default -> little(in, 4);
                };
                if (back < 1 || back > at - begin) {
                    throw new IOException("a Snappy block refers to %d bytes before its begin".formatted(back));
                }
                copy(out, at, back, size);
            }
            at += size;
        }
        if (at != end) {
            throw new IOException("a Snappy block has %d bytes, expected %d".formatted(at - begin, length));
        }
        out.limit(end);
        return length;
    }

    // A copy may reach into what it writes itself, which then repeats.
    private static void copy(ByteBuffer out, int at, int back, int size) {
        if (back >= size) {
            out.put(at, out, at - back, size);
            return;
        }
        for (int i = 0; i < size; i++) {
            out.put(at + i, out.get(at + i - back));
        }
    }

    /** Seven bits a byte, the lowest first; a set eighth bit says that more follow. */
    private static int length(ByteBuffer in) {
        int length = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int bits = in.get();
            length |= (bits & 0x7f) << shift;
            if (bits >= 0) {
                break;
            }
        }
        return length;
    }

    private static int little(ByteBuffer in, int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (in.get() & 0xff) << 8 * i;
        }
        return value;
    }
}
