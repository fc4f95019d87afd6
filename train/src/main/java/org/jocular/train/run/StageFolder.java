package org.jocular.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;

/**
 * Where the files of a stage lie: while it is trained in {@code NAME.training}, and in {@code NAME}, which appears as a whole, when it is finished.
 *
 * @param finished the model, its metrics, its curve, and {@link #RESULT}
 * @param work everything that is needed to go on
 */
record StageFolder(Path finished, Path work) {
    static final String RESULT = "stage.json";
    static final String METRICS = "metrics.jsonl";
    static final String CURVE = "loss.svg";
    static final String ADAPTER = "adapter";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    static StageFolder of(Path out, String stage) {
        if (!NAME.matcher(stage).matches()) {
            throw new BadInput(
                    "a stage is called \"%s\", expected a name of letters, digits, dots, hyphens and underscores"
                            .formatted(stage));
        }
        return new StageFolder(out.resolve(stage), out.resolve(stage + ".training"));
    }

    boolean isFinished() {
        return Files.isRegularFile(result());
    }

    Path result() {
        return finished.resolve(RESULT);
    }

    /** What is trained, to see whether an interrupted training is this one. */
    Path begun() {
        return work.resolve("begun.json");
    }

    /** Of a tiny model, before it gets the parts that come from elsewhere. */
    Path fresh() {
        return work.resolve("fresh");
    }

    /** The model that the stage begins with. */
    Path start() {
        return work.resolve("start");
    }

    Path oracle() {
        return work.resolve(StageModel.ORACLE_FILE);
    }

    Path state() {
        return work.resolve("state.safetensors");
    }

    Path metrics() {
        return work.resolve(METRICS);
    }

    Path adapter() {
        return work.resolve(ADAPTER);
    }

    /** The finished folder, before it gets its name. */
    Path whole() {
        return work.resolve("whole");
    }

    /** Removes what a killed process left half written. */
    void tidy() {
        delete(whole());
        delete(fresh());
        if (Files.isDirectory(work)) {
            try (Stream<Path> files = Files.list(work)) {
                List<Path> partial = files.filter(
                                file -> file.getFileName().toString().matches("\\..*\\.partial"))
                        .toList();
                partial.forEach(this::delete);
            } catch (IOException e) {
                throw new BadInput("%s cannot be read: %s".formatted(work, e.getMessage()), e);
            }
        }
    }

    /** Gives the finished folder its name; from then on there is nothing to go on with. */
    void publish() {
        try {
            Files.move(whole(), finished, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(finished, e.getMessage()), e);
        }
        delete(work);
    }

    /** A file, or a folder with all that is in it. */
    void delete(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be deleted: %s".formatted(path, e.getMessage()), e);
        }
    }
}
