package org.jocular.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Stream;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;

/** The files that decide what a model answers: its weights wherever they lie, and its folder's configuration and vocabulary. */
final class ModelFiles {
    private static final List<String> CONFIGURATION = List.of(".json", ".model", ".txt");

    private ModelFiles() {}

    static List<Path> of(VisionLanguageModel model, Path directory) {
        SequencedSet<Path> files = new LinkedHashSet<>();
        try (Stream<Path> children = Files.list(directory)) {
            children.filter(Files::isRegularFile)
                    .filter(file -> CONFIGURATION.stream().anyMatch(file.toString()::endsWith))
                    .sorted()
                    .forEach(files::add);
        } catch (IOException e) {
            throw new BadInput("%s cannot be listed: %s".formatted(directory, e.getMessage()), e);
        }
        model.weights().files().stream().sorted().forEach(files::add);
        return List.copyOf(files);
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }
}
