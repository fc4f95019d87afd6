package org.jocular.train.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.JsonNode;

/** The folder of a training, which one process at a time writes to, and which belongs to one recipe with its settings. */
final class OutFolder implements AutoCloseable {
    static final String MANIFEST = "training.json";
    private static final String LOCK = ".lock";

    private final FileChannel lock;

    /**
     * Makes a folder, or enters one to go on.
     *
     * @param manifest what must be the same for that
     * @throws BadInput if another process is at it, or it is the folder of something else
     */
    OutFolder(Path out, SequencedMap<String, Object> manifest) {
        try {
            if (Files.exists(out) && !Files.isDirectory(out)) {
                throw new BadInput("%s is a file, expected the folder of a training".formatted(out));
            }
            Files.createDirectories(out);
            if (!Files.exists(out.resolve(MANIFEST)) && !isEmpty(out)) {
                throw new BadInput("%s is not empty and holds no training, expected a folder that is empty or not there"
                        .formatted(out));
            }
            lock = FileChannel.open(out.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(out, e.getMessage()), e);
        }
        try {
            if (!locked()) {
                throw new BadInput("%s is being trained in by another process".formatted(out));
            }
            claim(out, manifest);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Until the channel is closed, or the process killed. */
    private boolean locked() {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // in this very process
        } catch (IOException e) {
            throw new BadInput("the folder cannot be locked: %s".formatted(e.getMessage()), e);
        }
    }

    private static void claim(Path out, SequencedMap<String, Object> manifest) {
        Path file = out.resolve(MANIFEST);
        if (!Files.exists(file)) {
            JsonFiles.write(file, manifest);
            return;
        }
        JsonNode before = JsonFiles.read(file);
        JsonNode now = JsonFiles.asRead(manifest);
        for (String field : manifest.keySet()) {
            JsonNode was = before.path(field);
            JsonNode is = now.path(field);
            if (!was.equals(is)) {
                throw field.equals("recipe")
                        ? new BadInput("%s holds a training by another recipe, %s: choose another folder"
                                .formatted(
                                        out, before.path("recipe").path("name").asString("unknown")))
                        : new BadInput("%s holds a training with %s = %s, this one has %s: choose another folder"
                                .formatted(out, field, shown(was), shown(is)));
            }
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "none" : value.asString(value.toString());
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.allMatch(file -> file.getFileName().toString().startsWith("."));
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new BadInput("the lock cannot be released: %s".formatted(e.getMessage()), e);
        }
    }
}
