package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole archives that hold no weights, or not as torch.save writes them, and files of quite another format. */
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class HostileArchivesTest {
    private static final byte[] PICKLE = Pickle.begin()
            .ops("}")
            .text("w")
            .vector("FloatStorage", "0", 4)
            .ops("s")
            .stop();
    private static final String AGAIN =
            ": load it with a current PyTorch and save it again, torch.save(torch.load(f), f)";
    private static final String LEADS_OUT = ", which leads out of it";

    @TempDir
    private Path folder;

    private static Zip good() {
        return Zip.torch(PICKLE, new byte[16]);
    }

    private static Hostile zip(String name, String reason, Zip zip) {
        return new Hostile(name, zip.bytes(), reason);
    }

    /** The flags or the method of an entry, in both of its headers. */
    private static Hostile marked(String name, String reason, String entry, int local, int value) {
        Zip.Written zip = good().written();
        return Hostile.zip(
                name, zip.set2(zip.local(entry) + local, value).set2(zip.listed(entry) + local + 2, value), reason);
    }

    static Stream<Hostile> archives() {
        String data = "archive/data.pkl";
        String storage = "archive/data/0";
        return Stream.of(
                marked("an encrypted pickle", "has the encrypted zip entry \"archive/data.pkl\"", data, 6, 1),
                marked("an encrypted storage", "has the encrypted zip entry \"archive/data/0\"", storage, 6, 1),
                marked("strong encryption", "has the encrypted zip entry \"archive/data.pkl\"", data, 6, 1 << 6),
                marked("a hidden header", "has the encrypted zip entry \"archive/data.pkl\"", data, 6, 1 << 13),
                marked(
                        "an encrypted byte order",
                        "has the encrypted zip entry \"archive/byteorder\"",
                        "archive/byteorder",
                        6,
                        1),
                marked(
                        "a compressed storage",
                        "\"archive/data/0\" compressed by deflate, expected it stored",
                        storage,
                        8,
                        8),
                marked("a storage in LZMA", "compressed by LZMA", storage, 8, 14),
                marked("a storage in method 77", "compressed by method 77", storage, 8, 77),
                new Hostile("a bomb of a gigabyte", bomb(), "\"archive/data.pkl\" compressed by deflate"),
                zip("no pickle", "with 0 entries FOLDER/data.pkl", new Zip().add("archive/version", "3")),
                zip("a pickle without a folder", "with 0 entries FOLDER/data.pkl", new Zip().add("data.pkl", PICKLE)),
                zip("a pickle too deep", "with 0 entries FOLDER/data.pkl", new Zip().add("a/b/data.pkl", PICKLE)),
                zip("two pickles", "with 2 entries FOLDER/data.pkl", good().add("other/data.pkl", PICKLE)),
                zip("one pickle twice", "has the zip entry \"archive/data.pkl\" twice", good().add(data, PICKLE)),
                zip(
                        "one storage twice",
                        "has the zip entry \"archive/data/0\" twice",
                        good().add(storage, new byte[16])),
                zip(
                        "a storage of another folder",
                        "the storage \"0\", for which the archive has no entry",
                        Zip.torch(PICKLE).add("other/data/0", new byte[16])),
                zip("a name that leads up", "\"archive/../../x\"" + LEADS_OUT, good().add("archive/../../x", "")),
                zip("a name that begins above", "\"../x\"" + LEADS_OUT, good().add("../x", "")),
                zip("a name from the root", "\"/etc/passwd\"" + LEADS_OUT, good().add("/etc/passwd", "")),
                zip("a name of another system", "\"archive\\..\\x\"" + LEADS_OUT, good().add("archive\\..\\x", "")),
                zip("no name", "with the name \"\"" + LEADS_OUT, good().add("", "")),
                new Hostile("a name that is not UTF-8", notUtf8(), "has a zip entry whose name is not UTF-8"),
                zip("big-endian", "has the byte order \"big\", expected \"little\"", torch("big")),
                zip("another byte order", "has the byte order \"middle\"", torch("middle")),
                zip(
                        "a byte order of a megabyte",
                        "has the byte order \"xxxxxxxxxxxxxxxx\"",
                        torch("x".repeat(1 << 20))),
                zip("no byte order", "has the byte order \"\"", torch("")),
                zip(
                        "TorchScript",
                        "is a TorchScript program, expected weights alone",
                        good().add("archive/code/__torch__.py", "import os")),
                zip("TorchScript's constants", "is a TorchScript program", good().add("archive/constants.pkl", PICKLE)),
                zip(
                        "a text document",
                        "with 0 entries FOLDER/data.pkl",
                        new Zip().add("[Content_Types].xml", "<x/>").add("word/document.xml", "<x/>")));
    }

    static Stream<Hostile> otherFormats() {
        byte[] legacy = Pickle.begin()
                .op(0x8a, 10)
                .op(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
                .stop();
        String bare = "is a bare pickle, as torch.save wrote before PyTorch 1.6" + AGAIN;
        String unknown = "is neither a safetensors file nor a zip archive of torch.save";
        return Stream.of(
                new Hostile("PyTorch's former format", Arrays.copyOf(legacy, 4096), bare),
                new Hostile("a bare pickle", PICKLE, bare),
                new Hostile(
                        "a bare pickle of protocol 4",
                        Pickle.begin(4).op(0x95).i8(5).ops("})").stop(),
                        bare),
                new Hostile(
                        "a bare pickle that calls",
                        Pickle.begin().global("os", "system").ops("(NtR").stop(),
                        bare),
                new Hostile("a tar archive", tar(), "is a tar archive, the oldest format of torch.save" + AGAIN),
                text(
                        "a Git LFS pointer",
                        "is a Git LFS pointer, not the weights: fetch them with git lfs pull",
                        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
                text("no bytes", unknown, ""),
                text("one byte", unknown, "P"),
                text("text", unknown, "Entry not found\n".repeat(100)),
                text("a web page", unknown, "<!DOCTYPE html><html>" + " ".repeat(1000)),
                text("a pickle of protocol 0", unknown, "(dp0\nS'w'\np1\nI1\ns."),
                text("a picture", unknown, "\u0089PNG\r\n\u001a\n" + " ".repeat(100)),
                new Hostile("gzip", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}, unknown),
                text("two letters of an archive", unknown, "PK"),
                text("an archive of four bytes", "has no directory at its end", "PK\3\4"),
                new Hostile("zeros", new byte[1 << 20], unknown),
                new Hostile("a broken safetensors file", Crafted.file("{\"a\":1}", 4), "describes tensor \"a\" by 1"));
    }

    @ParameterizedTest
    @MethodSource({"archives", "otherFormats"})
    void isRefusedInOneSentence(Hostile file) throws IOException {
        file.assertRefused(folder);
    }

    @Test
    void whatIsNoFileIsRefusedInOneSentence() throws IOException {
        Path missing = folder.resolve("missing.pt");
        Path directory = Files.createDirectory(folder.resolve("pytorch_model.bin"));
        try (Arena arena = Arena.ofShared()) {
            Sentences.assertOneLine(() -> PyTorchFile.open(missing, arena), missing, "there is no such file");
            Sentences.assertOneLine(() -> PyTorchFile.open(directory, arena), directory, "cannot be read");
            Sentences.assertOneLine(() -> Checkpoint.open(folder), directory, "cannot be read");
            Path safe = Crafted.write(folder.resolve("x.pt"), Crafted.file("{}", 0));
            Sentences.assertOneLine(() -> PyTorchFile.open(safe, arena), safe, "is a safetensors file, expected a zip");
        }
    }

    private static Hostile text(String name, String reason, String text) {
        return new Hostile(name, text.getBytes(StandardCharsets.ISO_8859_1), reason);
    }

    private static Zip torch(String byteOrder) {
        return new Zip()
                .add("archive/data.pkl", PICKLE)
                .add("archive/data/0", new byte[16])
                .add("archive/byteorder", byteOrder);
    }

    private static byte[] notUtf8() {
        Zip.Written zip = good().add("archive/xx", "").written();
        return zip.set2(zip.listed("archive/xx") + 46 + 8, 0x28c3).bytes();
    }

    /** A megabyte that a careless reader unpacks into a gigabyte. */
    private static byte[] bomb() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 1024; i++) {
                zip.write(zeros);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(bytes.size()).isLessThan(2 << 20);
        return bytes.toByteArray();
    }

    private static byte[] tar() {
        byte[] tar = new byte[10240];
        System.arraycopy("pickle".getBytes(StandardCharsets.US_ASCII), 0, tar, 0, 6);
        System.arraycopy("ustar\00000".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 8);
        return tar;
    }
}
