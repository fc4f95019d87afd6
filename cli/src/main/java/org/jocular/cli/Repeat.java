package org.jocular.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;

/** What is needed to repeat a run; stands under {@code settings} in its result. */
final class Repeat {
    private Repeat() {}

    /** Which model: its files by name and size, and the type of its weights. */
    static Map<String, Object> model(VisionLanguageModel model, Path directory) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("system", model.system());
        fields.put("model", directory.toAbsolutePath().normalize().toString());
        fields.put("model_files", files(directory));
        fields.put("dtype", model.weights().dtype());
        return fields;
    }

    /** A file by name and size. */
    static Map<String, Object> file(Path file) {
        try {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file.toString());
            fields.put("bytes", Files.size(file));
            return fields;
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static List<Map<String, Object>> files(Path directory) {
        List<Map<String, Object>> files = new ArrayList<>();
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.filter(Files::isRegularFile).sorted().toList()) {
                Map<String, Object> file = file(child);
                file.put("file", String.valueOf(child.getFileName()));
                files.add(file);
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(directory, e.getMessage()), e);
        }
        return files;
    }

    /** What computed. */
    static Map<String, Object> machine(Executor executor) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("executor", executor.name());
        fields.put("threads", executor.threads());
        fields.put("vector_bits", executor.name().equals("simd") ? Machine.vectorBits() : 0);
        fields.put("version", Machine.version());
        fields.put("jdk", Machine.jdk());
        return fields;
    }
}
