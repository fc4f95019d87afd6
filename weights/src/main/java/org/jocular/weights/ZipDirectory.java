package org.jocular.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;

/**
 * Where the central directory of a zip archive lies, by the records at the archive's end (APPNOTE.TXT 4.3.14 to 4.3.16). Numbers that do
 * not fit into the old record stand in zip64's, which PyTorch always writes: where there are both, they must agree.
 *
 * @param offset  of the directory in the archive
 * @param bytes   its size
 * @param entries how many it claims to list
 */
record ZipDirectory(long offset, long bytes, long entries) {
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What a field of 32 bits holds where the number stands in zip64's fields. */
    static final long BEYOND_32_BITS = 0xffff_ffffL;

    private static final int BEYOND_16_BITS = 0xffff;
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCATOR_64_BYTES = 20;
    private static final int END_64 = 0x06064b50;
    private static final int END_64_BYTES = 56;
    private static final int LONGEST_COMMENT = 0xffff;

    /** A checkpoint has hundreds of entries, and each takes some hundred bytes here. */
    private static final long MAX_BYTES = 4 << 20;

    /** @throws BadInput if the records are missing, lie about the archive or contradict each other */
    static ZipDirectory find(Path file, MemorySegment zip) {
        long end = end(file, zip);
        int disk = u2(zip, end + 4);
        int entries = u2(zip, end + 10);
        long bytes = u4(zip, end + 12);
        long offset = u4(zip, end + 16);
        ZipDirectory directory = new ZipDirectory(offset, bytes, entries);
        long locator = end - LOCATOR_64_BYTES;
        if (locator >= 0 && zip.get(INT, locator) == LOCATOR_64) {
            long end64 = end64(file, zip, locator);
            directory =
                    new ZipDirectory(zip.get(LONG, end64 + 48), zip.get(LONG, end64 + 40), zip.get(LONG, end64 + 32));
            boolean agree = (offset == directory.offset || offset == BEYOND_32_BITS)
                    && (bytes == directory.bytes || bytes == BEYOND_32_BITS)
                    && (entries == directory.entries || entries == BEYOND_16_BITS);
            if (!agree) {
                throw Bad.file(
                        file,
                        "has a zip64 record of a directory of %d bytes at %d with %d entries, but its other record says %d bytes at %d with %d entries"
                                .formatted(
                                        directory.bytes, directory.offset, directory.entries, bytes, offset, entries));
            }
            end = end64;
        } else if (disk != 0 || entries == BEYOND_16_BITS || bytes == BEYOND_32_BITS || offset == BEYOND_32_BITS) {
            throw Bad.file(file, "refers to zip64 records or to other parts of the archive, which are not there");
        }
        directory.check(file, end);
        return directory;
    }

    private void check(Path file, long end) {
        if (bytes < 0 || bytes > end || offset != end - bytes) {
            throw Bad.file(
                    file,
                    "says that its zip directory has %s bytes at %s, but it must end at %d"
                            .formatted(Long.toUnsignedString(bytes), Long.toUnsignedString(offset), end));
        }
        if (bytes > MAX_BYTES) {
            throw Bad.file(file, "has a zip directory of %d bytes, expected at most %d".formatted(bytes, MAX_BYTES));
        }
        if (entries < 0 || entries > bytes / ZipHeader.MIN_SIZE) {
            throw Bad.file(
                    file,
                    "says that its zip directory of %d bytes lists %s entries, more than fit"
                            .formatted(bytes, Long.toUnsignedString(entries)));
        }
    }

    /** The last record, whose comment must end with the file. */
    private static long end(Path file, MemorySegment zip) {
        long size = zip.byteSize();
        for (long at = size - END_BYTES; at >= Math.max(0, size - END_BYTES - LONGEST_COMMENT); at--) {
            if (zip.get(INT, at) == END && u2(zip, at + 20) == size - END_BYTES - at) {
                return at;
            }
        }
        throw Bad.file(file, "has no directory at its end, as a zip archive must: it is cut short or damaged");
    }

    private static long end64(Path file, MemorySegment zip, long locator) {
        long end64 = zip.get(LONG, locator + 8);
        boolean right = end64 >= 0
                && end64 <= locator - END_64_BYTES
                && zip.get(INT, end64) == END_64
                && zip.get(LONG, end64 + 4) == locator - end64 - 12;
        if (!right) {
            throw Bad.file(
                    file, "places its zip64 record at %s, where there is none".formatted(Long.toUnsignedString(end64)));
        }
        return end64;
    }

    static int u2(MemorySegment zip, long at) {
        return Short.toUnsignedInt(zip.get(SHORT, at));
    }

    static long u4(MemorySegment zip, long at) {
        return Integer.toUnsignedLong(zip.get(INT, at));
    }
}
