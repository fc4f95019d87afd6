package org.jocular.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a file of weights is, by its first bytes; its name tells nothing. */
enum FileKind {
    SAFETENSORS("is a safetensors file, expected a zip archive of torch.save"),
    ZIP("is a zip archive"),
    PICKLE("is a bare pickle, as torch.save wrote before PyTorch 1.6" + FileKind.AGAIN),
    TAR("is a tar archive, the oldest format of torch.save" + FileKind.AGAIN),
    LFS_POINTER("is a Git LFS pointer, not the weights: fetch them with git lfs pull"),
    UNKNOWN("is neither a safetensors file nor a zip archive of torch.save");

    private static final String AGAIN =
            ": load it with a current PyTorch and save it again, torch.save(torch.load(f), f)";
    private static final int TAR_MAGIC_AT = 257;

    /** How many bytes of a file tell its kind. */
    static final int BYTES = 512;

    private final String refusal;

    FileKind(String refusal) {
        this.refusal = refusal;
    }

    /** Continues a sentence about a file that is no zip archive. */
    String refusal() {
        return refusal;
    }

    /**
     * @param file at least the first {@link #BYTES} of the file, or all of a smaller one
     * @param size of the whole file
     */
    static FileKind of(MemorySegment file, long size) {
        // First, since the length of a header may begin with any of the other marks.
        if (isSafetensors(file, size)) {
            return SAFETENSORS;
        }
        // An archive without entries begins with the directory's end.
        if (has(file, 0, "PK\3\4") || has(file, 0, "PK\5\6") || has(file, 0, "PK\6\6")) {
            return ZIP;
        }
        if (has(file, TAR_MAGIC_AT, "ustar")) {
            return TAR;
        }
        if (has(file, 0, "version https://git-lfs")) {
            return LFS_POINTER;
        }
        boolean pickle = file.byteSize() >= 2
                && file.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80
                && file.get(ValueLayout.JAVA_BYTE, 1) <= 5;
        return pickle ? PICKLE : UNKNOWN;
    }

    private static boolean isSafetensors(MemorySegment file, long size) {
        if (file.byteSize() <= Long.BYTES || file.get(ValueLayout.JAVA_BYTE, Long.BYTES) != '{') {
            return false;
        }
        long header = file.get(ZipDirectory.LONG, 0);
        return header > 0 && header <= SafetensorsHeader.MAX_BYTES && header <= size - Long.BYTES;
    }

    private static boolean has(MemorySegment file, long at, String magic) {
        byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
        return file.byteSize() >= at + expected.length
                && Arrays.equals(file.asSlice(at, expected.length).toArray(ValueLayout.JAVA_BYTE), expected);
    }
}
