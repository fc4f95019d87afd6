package org.jocular.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that are cut short, lie about their entries, or hold something else than weights. */
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class HostileZipsTest {
    private static final byte[] PICKLE = Pickle.begin()
            .ops("}")
            .text("w")
            .vector("FloatStorage", "0", 4)
            .ops("s")
            .stop();
    private static final String STORAGE = "archive/data/0";
    private static final String DATA = "archive/data.pkl";
    private static final String DIFFERS = "\"" + STORAGE + "\" with another name, size or method than the entry itself";

    @TempDir
    private Path folder;

    private static Zip good() {
        return Zip.torch(PICKLE, new byte[16]);
    }

    /** A good archive of which one record was changed. */
    private static Hostile lie(String name, String reason, UnaryOperator<Zip.Written> change) {
        return Hostile.zip(name, change.apply(good().written()), reason);
    }

    static Stream<Hostile> cutShort() {
        Zip.Written zip = good().written();
        return IntStream.of(
                        4,
                        5,
                        29,
                        30,
                        46,
                        zip.local(STORAGE),
                        zip.directory() - 1,
                        zip.directory(),
                        zip.directory() + 20,
                        zip.end64(),
                        zip.end64() + 30,
                        zip.locator(),
                        zip.end(),
                        zip.end() + 21)
                .mapToObj(length -> new Hostile(
                        "cut at byte " + length,
                        Arrays.copyOf(zip.bytes(), length),
                        "has no directory at its end, as a zip archive must: it is cut short or damaged"));
    }

    static Stream<Hostile> directories() {
        return Stream.of(
                new Hostile("bytes behind the end", Arrays.copyOf(good().bytes(), 5000), "has no directory at its end"),
                lie("a comment that is not there", "has no directory at its end", zip -> zip.set2(zip.end() + 20, 5)),
                lie(
                        "more entries than there are",
                        "without a header for entry 4",
                        zip -> zip.set8(zip.end64() + 32, 5).set2(zip.end() + 10, 5)),
                lie(
                        "fewer entries than there are",
                        "lists 3 entries, but these take",
                        zip -> zip.set8(zip.end64() + 32, 3).set2(zip.end() + 10, 3)),
                lie(
                        "2^60 entries",
                        "lists 1152921504606846976 entries, more than fit",
                        zip -> zip.set8(zip.end64() + 32, 1L << 60).set2(zip.end() + 10, -1)),
                lie(
                        "2^64 - 1 entries",
                        "lists 18446744073709551615 entries, more than fit",
                        zip -> zip.set8(zip.end64() + 32, -1).set2(zip.end() + 10, -1)),
                lie(
                        "another number in zip64",
                        "with 9 entries, but its other record says",
                        zip -> zip.set8(zip.end64() + 32, 9)),
                lie("another size in zip64", "a directory of 7 bytes", zip -> zip.set8(zip.end64() + 40, 7)),
                lie("another place in zip64", "a directory of", zip -> zip.set8(zip.end64() + 48, 0)),
                lie(
                        "a directory at 2^63",
                        "at 9223372036854775808, but it must end at",
                        zip -> zip.set8(zip.end64() + 48, Long.MIN_VALUE).set4(zip.end() + 16, -1)),
                lie(
                        "a directory of 2^64 - 1 bytes",
                        "has 18446744073709551615 bytes at",
                        zip -> zip.set8(zip.end64() + 40, -1).set4(zip.end() + 12, -1)),
                lie(
                        "a directory of 2^63 - 1 bytes",
                        "has 9223372036854775807 bytes at",
                        zip -> zip.set8(zip.end64() + 40, Long.MAX_VALUE).set4(zip.end() + 12, -1)),
                lie(
                        "the directory one byte early",
                        "but it must end at",
                        zip -> zip.set8(zip.end64() + 48, zip.directory() - 1L)
                                .set4(zip.end() + 16, zip.directory() - 1L)),
                lie(
                        "zip64 far outside",
                        "places its zip64 record at 4611686018427387904, where there is none",
                        zip -> zip.set8(zip.locator() + 8, 1L << 62)),
                lie(
                        "zip64 before the start",
                        "places its zip64 record at 18446744073709551615",
                        zip -> zip.set8(zip.locator() + 8, -1)),
                lie("zip64 at its locator", "where there is none", zip -> zip.set8(zip.locator() + 8, zip.locator())),
                lie("zip64 of another size", "where there is none", zip -> zip.set8(zip.end64() + 4, 1L << 40)),
                lie("zip64 without its mark", "where there is none", zip -> zip.set4(zip.end64(), 0)),
                Hostile.zip(
                        "a part of several",
                        old().set2(old().end() + 4, 1),
                        "refers to zip64 records or to other parts"),
                Hostile.zip("zip64 announced for entries", old().set2(old().end() + 10, -1), "refers to zip64 records"),
                Hostile.zip(
                        "zip64 announced for the place", old().set4(old().end() + 16, -1), "refers to zip64 records"),
                Hostile.zip(
                        "zip64 announced for the size", old().set4(old().end() + 12, -1), "refers to zip64 records"),
                new Hostile(
                        "a directory of 5 MiB",
                        little((5 << 20) + 22)
                                .putInt(0, 0x04034b50)
                                .putInt(5 << 20, 0x06054b50)
                                .putInt((5 << 20) + 12, 5 << 20)
                                .array(),
                        "has a zip directory of 5242880 bytes, expected at most"),
                Hostile.zip("no entries", new Zip().written(), "with 0 entries FOLDER/data.pkl, expected one"));
    }

    /** Without zip64 records. */
    private static Zip.Written old() {
        return good().without64().written();
    }

    static Stream<Hostile> entries() {
        return Stream.of(
                lie(
                        "no header in the directory",
                        "without a header for entry 3",
                        zip -> zip.set4(zip.listed(STORAGE), 0)),
                lie(
                        "a name beyond the directory",
                        "ends inside the header of entry 3",
                        zip -> zip.set2(zip.listed(STORAGE) + 28, 999)),
                lie(
                        "a comment beyond the directory",
                        "ends inside the header of entry 3",
                        zip -> zip.set2(zip.listed(STORAGE) + 32, 60000)),
                lie(
                        "an entry beyond the file",
                        "\"" + STORAGE + "\" at 1000000, where none begins before",
                        zip -> zip.set4(zip.listed(STORAGE) + 42, 1_000_000)),
                lie(
                        "an entry inside another",
                        "where none begins before",
                        zip -> zip.set4(zip.listed(STORAGE) + 42, zip.local(DATA) + 8L)),
                lie(
                        "two entries in one place",
                        "where none begins before",
                        zip -> zip.set4(zip.listed(STORAGE) + 42, zip.local(DATA))),
                lie(
                        "an entry without its own header",
                        "where none begins before",
                        zip -> zip.set4(zip.local(STORAGE), 0)),
                lie("an entry of another name", DIFFERS, zip -> zip.set2(zip.local(STORAGE) + 30, 0x7878)),
                lie("an entry of another method", DIFFERS, zip -> zip.set2(zip.local(STORAGE) + 8, 8)),
                lie("an entry of another size", DIFFERS, zip -> zip.set4(zip.local(STORAGE) + 18, 15)),
                lie(
                        "an entry whose name hides its data",
                        "which overlap the directory",
                        zip -> zip.set2(zip.local(STORAGE) + 26, 60000)),
                lie(
                        "an entry that reaches into the directory",
                        "17 bytes, which overlap the directory",
                        zip -> zip.set4(zip.listed(STORAGE) + 20, 17)),
                lie(
                        "an entry that reaches into the next",
                        "which overlap \"archive/byteorder\"",
                        zip -> zip.set4(zip.listed(DATA) + 20, 1000)),
                lie(
                        "an entry of 4 GiB",
                        "4294967294 bytes, which overlap",
                        zip -> zip.set4(zip.listed(STORAGE) + 20, 0xfffffffeL)),
                lie(
                        "an entry that unpacks to more",
                        "has 16 bytes and unpacks to 4096",
                        zip -> zip.set4(zip.listed(STORAGE) + 24, 4096).set4(zip.local(STORAGE) + 22, 4096)),
                lie(
                        "a size in zip64 that is not there",
                        "lacks the zip64 sizes of the zip entry \"" + STORAGE,
                        zip -> zip.set4(zip.listed(STORAGE) + 24, -1)),
                extra(
                        "an extra field cut short",
                        "has a broken extra field in the zip entry",
                        little(4).putShort((short) 1).putShort((short) 24)),
                extra("an extra field of one byte", "has a broken extra field in the zip entry", little(1)),
                extra(
                        "zip64 sizes cut short",
                        "lacks the zip64 sizes",
                        little(12).putShort((short) 1).putShort((short) 8).putLong(16)),
                extra(
                        "zip64 sizes of 2^63",
                        "9223372036854775808 bytes, which overlap",
                        little(20)
                                .putShort((short) 1)
                                .putShort((short) 16)
                                .putLong(16)
                                .putLong(Long.MIN_VALUE)),
                extra(
                        "zip64 sizes of 2^63 - 1",
                        "9223372036854775807 bytes, which overlap",
                        little(20)
                                .putShort((short) 1)
                                .putShort((short) 16)
                                .putLong(16)
                                .putLong(Long.MAX_VALUE)));
    }

    /** The storage's entry says that its sizes stand in this extra field. */
    private static Hostile extra(String name, String reason, ByteBuffer field) {
        Zip.Written zip =
                Zip.torch(PICKLE).add(STORAGE, new byte[16], field.array()).written();
        return Hostile.zip(name, zip.set4(zip.listed(STORAGE) + 20, -1).set4(zip.listed(STORAGE) + 24, -1), reason);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @ParameterizedTest
    @MethodSource({"cutShort", "directories", "entries"})
    void isRefusedInOneSentence(Hostile zip) throws IOException {
        zip.assertRefused(folder);
    }
}
