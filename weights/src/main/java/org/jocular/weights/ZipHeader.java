package org.jocular.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;

/**
 * What the directory of a zip archive says about one entry (APPNOTE.TXT 4.3.12).
 *
 * @param packed bytes in the archive
 * @param bytes  bytes when unpacked
 * @param offset of the entry's own header
 * @param size   of this header in the directory
 */
record ZipHeader(String name, int flags, int method, long packed, long bytes, long offset, int size) {
    /** Bytes without name, extra field and comment. */
    static final int MIN_SIZE = 46;

    private static final int SIGNATURE = 0x02014b50;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_SIZE = 30;
    private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;
    private static final int SIZES_FOLLOW = 1 << 3;
    private static final int EXTRA_64 = 1;

    /**
     * Reads the header at the start of {@code directory}.
     *
     * @param number of the entry, for messages
     * @throws BadInput if there is none, or its name could lead out of a folder
     */
    static ZipHeader read(Path file, MemorySegment directory, long number) {
        if (directory.byteSize() < MIN_SIZE || directory.get(ZipDirectory.INT, 0) != SIGNATURE) {
            throw Bad.file(file, "has a zip directory without a header for entry %d".formatted(number));
        }
        int nameBytes = ZipDirectory.u2(directory, 28);
        int extraBytes = ZipDirectory.u2(directory, 30);
        int size = MIN_SIZE + nameBytes + extraBytes + ZipDirectory.u2(directory, 32);
        if (size > directory.byteSize()) {
            throw Bad.file(file, "has a zip directory that ends inside the header of entry %d".formatted(number));
        }
        String name = name(file, directory.asSlice(MIN_SIZE, nameBytes));
        long[] numbers = {ZipDirectory.u4(directory, 24), ZipDirectory.u4(directory, 20), ZipDirectory.u4(directory, 42)
        };
        widen(file, name, numbers, directory.asSlice(MIN_SIZE + nameBytes, extraBytes));
        return new ZipHeader(
                name,
                ZipDirectory.u2(directory, 8),
                ZipDirectory.u2(directory, 10),
                numbers[1],
                numbers[0],
                numbers[2],
                size);
    }

    boolean encrypted() {
        return (flags & ENCRYPTED) != 0;
    }

    /**
     * Where the data begins, once the entry's own header agrees with the directory.
     *
     * @param limit where the next entry or the directory begins
     * @param next  what begins there
     */
    long dataOffset(Path file, MemorySegment zip, long limit, String next) {
        String quoted = Bad.quote(name);
        if (offset < 0 || offset > limit - LOCAL_SIZE || zip.get(ZipDirectory.INT, offset) != LOCAL_SIGNATURE) {
            throw Bad.file(
                    file,
                    "places the zip entry %s at %s, where none begins before %s at %d"
                            .formatted(quoted, Long.toUnsignedString(offset), next, limit));
        }
        int nameBytes = ZipDirectory.u2(zip, offset + 26);
        long data = offset + LOCAL_SIZE + nameBytes + ZipDirectory.u2(zip, offset + 28);
        if (packed < 0 || bytes < 0 || data > limit || packed > limit - data) {
            throw Bad.file(
                    file,
                    "gives the zip entry %s %s bytes, which overlap %s at %d"
                            .formatted(quoted, Long.toUnsignedString(packed), next, limit));
        }
        if (!name.equals(name(file, zip.asSlice(offset + LOCAL_SIZE, nameBytes)))
                || method != ZipDirectory.u2(zip, offset + 8)
                || !(agrees(zip, offset + 18, packed) && agrees(zip, offset + 22, bytes))) {
            throw Bad.file(
                    file,
                    "lists the zip entry %s with another name, size or method than the entry itself".formatted(quoted));
        }
        return data;
    }

    /** Sizes may stand behind the data instead, or in zip64's field: then nothing here contradicts the directory. */
    private boolean agrees(MemorySegment zip, long at, long expected) {
        long found = ZipDirectory.u4(zip, at);
        return found == expected || found == ZipDirectory.BEYOND_32_BITS || found == 0 && (flags & SIZES_FOLLOW) != 0;
    }

    /** Replaces those numbers that did not fit: zip64's field holds only them, in this order (4.5.3). */
    private static void widen(Path file, String name, long[] numbers, MemorySegment extra) {
        MemorySegment wide = extra64(file, name, extra);
        long at = 0;
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == ZipDirectory.BEYOND_32_BITS) {
                if (at + Long.BYTES > wide.byteSize()) {
                    throw Bad.file(file, "lacks the zip64 sizes of the zip entry %s".formatted(Bad.quote(name)));
                }
                numbers[i] = wide.get(ZipDirectory.LONG, at);
                at += Long.BYTES;
            }
        }
    }

    private static MemorySegment extra64(Path file, String name, MemorySegment extra) {
        long at = 0;
        while (at < extra.byteSize()) {
            long left = extra.byteSize() - at - 4;
            int size = left < 0 ? 0 : ZipDirectory.u2(extra, at + 2);
            if (left < size) {
                throw Bad.file(file, "has a broken extra field in the zip entry %s".formatted(Bad.quote(name)));
            }
            if (ZipDirectory.u2(extra, at) == EXTRA_64) {
                return extra.asSlice(at + 4, size);
            }
            at += 4 + size;
        }
        return extra.asSlice(0, 0);
    }

    private static String name(Path file, MemorySegment utf8) {
        String name;
        try {
            ByteBuffer bytes = ByteBuffer.wrap(utf8.toArray(ValueLayout.JAVA_BYTE));
            name = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw Bad.file(file, "has a zip entry whose name is not UTF-8", e);
        }
        // Nothing is ever unpacked, so such a name could do no harm; but nobody who means well writes one.
        boolean leadsOut = name.startsWith("/") || name.contains("\\") || ("/" + name + "/").contains("/../");
        if (name.isEmpty() || leadsOut) {
            throw Bad.file(file, "has a zip entry with the name %s, which leads out of it".formatted(Bad.quote(name)));
        }
        return name;
    }
}
