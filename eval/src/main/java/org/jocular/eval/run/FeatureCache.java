package org.jocular.eval.run;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jocular.systems.VisualTokens;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;
import org.jocular.weights.Safetensors;
import org.jocular.weights.SafetensorsWriter;

/**
 * What the vision tower made of pictures, on disk, so that it runs once for each picture whatever is asked about it, in whatever order, in
 * this run and the next. When it is full, what was not used for longest goes. Several runs may share a folder.
 */
final class FeatureCache {
    private static final String ROWS = "rows";
    private static final String PICTURE = "picture";

    /** More than a file has beside its numbers. */
    private static final long HEADER = 512;

    private final Path dir;
    private final long maxBytes;
    private final String maker;
    private long bytes;

    /**
     * @param dir      made if it is not there
     * @param maxBytes of all files together; 0 keeps nothing
     * @param maker    whatever the features depend on beside the picture: model, executor, vector width
     */
    FeatureCache(Path dir, long maxBytes, Object maker) {
        this.dir = dir;
        this.maxBytes = maxBytes;
        this.maker = Hashes.of(maker);
        if (maxBytes > 0) {
            try {
                Files.createDirectories(dir);
            } catch (IOException e) {
                throw new BadInput("%s cannot be made: %s".formatted(dir, e.getMessage()), e);
            }
            bytes = files().stream().mapToLong(FeatureCache::size).sum();
        }
    }

    /**
     * The features of a picture.
     *
     * @param sha256 of the picture's file
     * @param arena  in which they live
     * @param see    computes them
     */
    VisualTokens get(String sha256, Arena arena, Supplier<VisualTokens> see) {
        if (maxBytes == 0) {
            return see.get();
        }
        Path file = dir.resolve(Hashes.of(List.of(maker, sha256)) + ".safetensors");
        if (Files.exists(file)) {
            try {
                VisualTokens kept = read(file, arena);
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
                return kept;
            } catch (BadInput | NumberFormatException | IOException e) {
                // Broken, or thrown out by another run just now: computed again.
                delete(file);
            }
        }
        VisualTokens seen = see.get();
        write(file, seen);
        return seen;
    }

    private static VisualTokens read(Path file, Arena arena) {
        Safetensors features = Safetensors.open(file, arena);
        return new VisualTokens(
                features.tensor(ROWS), Long.parseLong(features.metadata().getOrDefault(PICTURE, "")));
    }

    private void write(Path file, VisualTokens seen) {
        SafetensorsWriter.Spec spec = SafetensorsWriter.Spec.of(ROWS, seen.rows());
        long wanted = spec.bytes() + HEADER;
        if (wanted > maxBytes) {
            return;
        }
        makeRoom(wanted);
        Path half = dir.resolve("%s.%d.part"
                .formatted(file.getFileName(), ProcessHandle.current().pid()));
        try {
            SafetensorsWriter.write(
                    half,
                    List.of(spec),
                    Map.of(PICTURE, Long.toString(seen.picture())),
                    (tensor, sink) -> sink.put(seen.rows().data()));
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
        bytes += size(file);
    }

    private void makeRoom(long wanted) {
        if (bytes + wanted <= maxBytes) {
            return;
        }
        // Other runs may have written and deleted since: counted anew.
        List<Path> oldestFirst = new ArrayList<>(files());
        oldestFirst.sort(Comparator.comparing(FeatureCache::lastUsed));
        bytes = oldestFirst.stream().mapToLong(FeatureCache::size).sum();
        // A tenth more than needed, so that not every picture has to look through the folder.
        for (Path file : oldestFirst) {
            if (bytes + wanted <= maxBytes - maxBytes / 10) {
                break;
            }
            bytes -= size(file);
            delete(file);
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .toList();
        } catch (IOException e) {
            throw new BadInput("%s cannot be listed: %s".formatted(dir, e.getMessage()), e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0; // deleted by another run
        }
    }

    private static FileTime lastUsed(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new BadInput("%s cannot be deleted: %s".formatted(file, e.getMessage()), e);
        }
    }
}
