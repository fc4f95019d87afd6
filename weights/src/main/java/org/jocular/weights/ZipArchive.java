package org.jocular.weights;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * A zip archive in memory, whose entries are read in place: {@code java.util.zip} would copy every weight. Only entries that are stored as
 * they are can be read so, and PyTorch compresses none of weights (caffe2/serialize/inline_container.cc); a compressed or encrypted one is
 * refused when it is asked for, so nothing can unfold into more than the file.
 */
final class ZipArchive {
    private static final Map<Integer, String> METHODS =
            Map.of(8, "deflate", 9, "deflate64", 12, "bzip2", 14, "LZMA", 93, "zstd", 95, "XZ");

    private final Path file;
    private final MemorySegment zip;
    private final SequencedMap<String, Entry> entries;

    private ZipArchive(Path file, MemorySegment zip, SequencedMap<String, Entry> entries) {
        this.file = file;
        this.zip = zip;
        this.entries = entries;
    }

    private record Entry(ZipHeader header, long data) {}

    /** @throws BadInput if the directory is broken, or entries overlap, repeat or reach beyond the file */
    static ZipArchive open(Path file, MemorySegment zip) {
        ZipDirectory directory = ZipDirectory.find(file, zip);
        MemorySegment headers = zip.asSlice(directory.offset(), directory.bytes());
        List<ZipHeader> read = new ArrayList<>();
        long at = 0;
        for (long i = 0; i < directory.entries(); i++) {
            ZipHeader header = ZipHeader.read(file, headers.asSlice(at), i);
            read.add(header);
            at += header.size();
        }
        if (at != headers.byteSize()) {
            throw Bad.file(
                    file,
                    "says that its zip directory lists %d entries, but these take %d of its %d bytes"
                            .formatted(read.size(), at, headers.byteSize()));
        }
        return new ZipArchive(file, zip, entries(file, zip, read, directory.offset()));
    }

    private static SequencedMap<String, Entry> entries(
            Path file, MemorySegment zip, List<ZipHeader> headers, long end) {
        headers.sort(Comparator.comparing(ZipHeader::offset, Long::compareUnsigned));
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        for (int i = 0; i < headers.size(); i++) {
            ZipHeader header = headers.get(i);
            boolean last = i + 1 == headers.size();
            long limit = last ? end : Math.min(end, headers.get(i + 1).offset());
            String next = last ? "the directory" : Bad.quote(headers.get(i + 1).name());
            Entry entry = new Entry(header, header.dataOffset(file, zip, limit, next));
            if (entries.put(header.name(), entry) != null) {
                throw Bad.file(file, "has the zip entry %s twice".formatted(Bad.quote(header.name())));
            }
        }
        return entries;
    }

    /** Names of all entries, in the order of their data. */
    Set<String> names() {
        return entries.keySet();
    }

    /**
     * The bytes of an entry in place, or null where there is none.
     *
     * @throws BadInput if it is compressed or encrypted
     */
    @Nullable
    MemorySegment get(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return null;
        }
        ZipHeader header = entry.header;
        if (header.encrypted()) {
            throw Bad.file(file, "has the encrypted zip entry %s, expected a plain one".formatted(Bad.quote(name)));
        }
        if (header.method() != 0) {
            throw Bad.file(
                    file,
                    "has the zip entry %s compressed by %s, expected it stored as it is, as torch.save does"
                            .formatted(
                                    Bad.quote(name),
                                    METHODS.getOrDefault(header.method(), "method " + header.method())));
        }
        if (header.packed() != header.bytes()) {
            throw Bad.file(
                    file,
                    "says that the stored zip entry %s has %d bytes and unpacks to %d"
                            .formatted(Bad.quote(name), header.packed(), header.bytes()));
        }
        return zip.asSlice(entry.data, header.bytes());
    }
}
