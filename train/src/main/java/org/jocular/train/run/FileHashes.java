package org.jocular.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;

/** {@link Hashes} of files and models, of each file once. */
final class FileHashes {
    /** What decides what a model is; a README does not. */
    private static final List<String> OF_MODELS =
            List.of(".json", ".model", ".txt", ".safetensors", ".bin", ".pth", ".jinja");

    private final Map<Path, String> known = new HashMap<>();

    /** Of a file's bytes. */
    String of(Path file) {
        return known.computeIfAbsent(file, Hashes::of);
    }

    /** Of a model: a file, or all files of a directory that are part of one. */
    String ofModel(Path path) {
        if (!Files.isDirectory(path)) {
            return of(path);
        }
        SequencedMap<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(path)) {
            files.filter(file -> OF_MODELS.stream().anyMatch(file.toString()::endsWith))
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(StageFolder.RESULT))
                    .forEach(file -> hashes.put(path.relativize(file).toString(), of(file)));
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(path, e.getMessage()), e);
        }
        return Hashes.of(hashes);
    }
}
