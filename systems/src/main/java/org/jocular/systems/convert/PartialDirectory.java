package org.jocular.systems.convert;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;

/** A directory in the making, beside its target under a hidden name: it takes its name when it is whole, or vanishes. */
final class PartialDirectory implements AutoCloseable {
    private final Path target;
    private final Path path;

    /** Whoever interrupts a conversion does not want half of it. */
    private final Thread atExit;

    private PartialDirectory(Path target, Path path) {
        this.target = target;
        this.path = path;
        this.atExit = new Thread(this::deleteQuietly, "remove " + path);
    }

    /**
     * Refuses a target that cannot be written to, before anything is computed.
     *
     * @param inputs directories that are read
     */
    static void check(Path target, List<Path> inputs) {
        try {
            if (Files.exists(target) && !Files.isDirectory(target)) {
                throw new BadInput("%s is a file, expected the name of a directory to make".formatted(target));
            }
            if (Files.isDirectory(target) && !isEmpty(target)) {
                throw new BadInput(
                        "%s is there and not empty, expected the name of a directory to make".formatted(target));
            }
            if (!Files.isDirectory(parent(target))) {
                throw new BadInput("%s cannot be made: there is no folder %s".formatted(target, parent(target)));
            }
            Path real = parent(target).toRealPath().resolve(name(target));
            for (Path input : inputs) {
                if (real.startsWith(input.toRealPath())) {
                    throw new BadInput("%s lies inside of %s, which is read".formatted(target, input));
                }
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(target, reason(e)), e);
        }
    }

    /** @throws BadInput if the folder cannot be written to, or its disk is too small */
    static PartialDirectory make(Path target, long bytes) {
        try {
            Path parent = parent(target);
            requireSpace(target, bytes, Files.getFileStore(parent).getUsableSpace());
            Path path = parent.resolve(".%s.%s.partial".formatted(name(target), UUID.randomUUID()));
            Files.createDirectory(path);
            PartialDirectory partial = new PartialDirectory(target, path);
            Runtime.getRuntime().addShutdownHook(partial.atExit);
            return partial;
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(target, reason(e)), e);
        }
    }

    static void requireSpace(Path target, long needed, long free) {
        if (needed > free) {
            throw new BadInput("%s needs %,d bytes, but its disk has %,d free".formatted(target, needed, free));
        }
    }

    Path path() {
        return path;
    }

    /** Puts the whole directory in the target's place at once. */
    void publish() {
        try {
            Files.deleteIfExists(target); // empty, as was checked
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(target, reason(e)), e);
        }
    }

    /** Names of all files in a directory and below it, sorted. */
    static List<String> files(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(directory, reason(e)), e);
        }
    }

    /** Removes what was not published. */
    @Override
    public void close() {
        deleteQuietly();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The machine is going down, and the hook does the same.
        }
    }

    private void deleteQuietly() {
        try (Stream<Path> all = Files.exists(path) ? Files.walk(path) : Stream.empty()) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // What made the conversion fail says more than this.
        }
    }

    /** The message of most is a path and nothing more. */
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "access is denied";
            case NoSuchFileException gone -> "there is no such file";
            case DirectoryNotEmptyException full -> "it is not empty any more";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private static Path parent(Path target) {
        Path parent = target.toAbsolutePath().normalize().getParent();
        return parent == null ? target : parent;
    }

    private static Path name(Path target) {
        Path name = target.toAbsolutePath().normalize().getFileName();
        return name == null ? target : name;
    }
}
