package org.jocular.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.train.recipe.Stage;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finished stages under their keys, for recipes and runs that share them. Files are linked where the disk allows it and never changed in place, so
 * that several folders can hold the same ones.
 */
record StageCache(Path folder) {
    private Path entry(String key) {
        return folder.resolve(key);
    }

    boolean has(String key) {
        return Files.isRegularFile(entry(key).resolve(StageFolder.RESULT));
    }

    /** Takes a stage out, as if it had been trained here. */
    void take(String key, Stage stage, StageFolder into) {
        into.tidy();
        copy(entry(key), into.whole(), true);
        ObjectNode result = (ObjectNode) JsonFiles.read(entry(key).resolve(StageFolder.RESULT));
        // Stages of other names and sources have the same key.
        result.set("stage", JsonFiles.asRead(stage.toJson()));
        JsonFiles.write(into.whole().resolve(StageFolder.RESULT), result);
        into.publish();
    }

    /** Keeps a finished stage, unless another process was faster. */
    void put(String key, StageFolder stage) {
        if (has(key)) {
            return;
        }
        Path partial = folder.resolve(".%s.%s.partial".formatted(key, UUID.randomUUID()));
        copy(stage.finished(), partial, false);
        try {
            Files.move(partial, entry(key), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            stage.delete(partial);
            if (!has(key)) {
                throw cannot(entry(key), e);
            }
        }
    }

    /** @param without whether the result is left out */
    private static void copy(Path from, Path to, boolean without) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!without || !file.endsWith(StageFolder.RESULT)) {
                    link(file, target);
                }
            }
        } catch (IOException e) {
            throw cannot(to, e);
        }
    }

    private static void link(Path file, Path target) throws IOException {
        try {
            Files.createLink(target, file);
        } catch (IOException | UnsupportedOperationException e) {
            // Another disk, or one without links.
            Files.copy(file, target);
        }
    }

    private static BadInput cannot(Path path, IOException e) {
        return new BadInput("%s cannot be written: %s".formatted(path, e.getMessage()), e);
    }
}
