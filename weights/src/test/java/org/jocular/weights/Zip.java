package org.jocular.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;

/** Writes zip archives byte by byte as PyTorch does, and tells where each record lies, so that a test can make it lie. */
final class Zip {
    private static final int LOCAL = 30;
    private static final int HEADER = 46;
    private static final int END_64 = 76;
    private static final int END = 22;

    private final List<Entry> entries = new ArrayList<>();
    private boolean zip64 = true;
    private byte[] comment = new byte[0];

    @SuppressWarnings("ArrayRecordComponent") // Nobody compares these.
    private record Entry(byte[] name, byte[] data, byte[] extra) {}

    /** The archive's bytes, and where the header of each entry lies: its own, and the directory's. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares these.
    record Written(byte[] bytes, Map<String, Integer> locals, Map<String, Integer> headers, int directory, int end) {
        Written set2(int at, int value) {
            buffer().putShort(at, (short) value);
            return this;
        }

        Written set4(int at, long value) {
            buffer().putInt(at, (int) value);
            return this;
        }

        Written set8(int at, long value) {
            buffer().putLong(at, value);
            return this;
        }

        /** The entry's own header. */
        int local(String name) {
            return Objects.requireNonNull(locals.get(name));
        }

        /** The entry's header in the directory. */
        int listed(String name) {
            return Objects.requireNonNull(headers.get(name));
        }

        /** The zip64 record of the directory. */
        int end64() {
            return end - END_64;
        }

        int locator() {
            return end - 20;
        }

        private ByteBuffer buffer() {
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** The archive of a pickle and one storage, {@code 0}. */
    static Zip torch(byte[] pickle, byte[] storage) {
        return torch(pickle).add("archive/data/0", storage);
    }

    static Zip torch(byte[] pickle) {
        return new Zip()
                .add("archive/data.pkl", pickle)
                .add("archive/byteorder", "little")
                .add("archive/version", "3\n");
    }

    Zip add(String name, byte[] data) {
        return add(name, data, new byte[0]);
    }

    Zip add(String name, String text) {
        return add(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param extra field in the directory */
    Zip add(String name, byte[] data, byte[] extra) {
        entries.add(new Entry(name.getBytes(StandardCharsets.UTF_8), data, extra));
        return this;
    }

    Zip comment(String text) {
        comment = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    Zip without64() {
        zip64 = false;
        return this;
    }

    byte[] bytes() {
        return written().bytes;
    }

    Written written() {
        int size = END + comment.length + (zip64 ? END_64 : 0);
        for (Entry entry : entries) {
            size += LOCAL + HEADER + 2 * entry.name.length + entry.data.length + entry.extra.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, Integer> local = new LinkedHashMap<>();
        Map<String, Integer> listed = new LinkedHashMap<>();
        List<Integer> offsets = new ArrayList<>();
        for (Entry entry : entries) {
            offsets.add(out.position());
            local.put(new String(entry.name, StandardCharsets.UTF_8), out.position());
            out.putInt(0x04034b50).putShort((short) 0);
            common(out, entry);
            out.putShort((short) 0).put(entry.name).put(entry.data);
        }
        int directory = out.position();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            listed.put(new String(entry.name, StandardCharsets.UTF_8), out.position());
            out.putInt(0x02014b50).putShort((short) 0).putShort((short) 0);
            common(out, entry);
            out.putShort((short) entry.extra.length).putShort((short) 0).putShort((short) 0);
            out.putShort((short) 0)
                    .putInt(0)
                    .putInt(offsets.get(i))
                    .put(entry.name)
                    .put(entry.extra);
        }
        int bytes = out.position() - directory;
        int end64 = out.position();
        if (zip64) {
            out.putInt(0x06064b50)
                    .putLong(44)
                    .putShort((short) 45)
                    .putShort((short) 45)
                    .putInt(0)
                    .putInt(0);
            out.putLong(entries.size()).putLong(entries.size()).putLong(bytes).putLong(directory);
            out.putInt(0x07064b50).putInt(0).putLong(end64).putInt(1);
        }
        int end = out.position();
        out.putInt(0x06054b50).putInt(0).putShort((short) entries.size()).putShort((short) entries.size());
        out.putInt(bytes).putInt(directory).putShort((short) comment.length).put(comment);
        return new Written(out.array(), local, listed, directory, end);
    }

    /** Flags to the length of the name, alike in both headers. */
    private static void common(ByteBuffer out, Entry entry) {
        CRC32 crc = new CRC32();
        crc.update(entry.data);
        out.putShort((short) (1 << 11)).putShort((short) 0).putInt(0).putInt((int) crc.getValue());
        out.putInt(entry.data.length).putInt(entry.data.length).putShort((short) entry.name.length);
    }
}
