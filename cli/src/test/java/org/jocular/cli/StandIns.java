package org.jocular.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Folders that stand in for the one with the small models: with others of random weights, or with fewer. */
final class StandIns {
    private static final String HOME = "jocular.home";

    private StandIns() {}

    /** A tiny system that has learned nothing. */
    static Path tiny(String name, Path home) throws IOException {
        Path directory = home.resolve("models").resolve("tiny-" + name);
        org.jocular.train.tiny.TinyModels.writeFiles(name, directory);
        if (name.equals("blip2") || name.equals("minigpt4")) {
            // A Q-Former that reads no text has no vocabulary; the loader wants a positive number all the same.
            TinyModels.set(directory.resolve("config.json"), "qformer_config.vocab_size", 1);
        }
        try (Arena arena = Arena.ofShared()) {
            org.jocular.train.tiny.TinyModels.initialise(name, directory, 1, arena);
        }
        return directory;
    }

    /** The model of the checks, which every home has. */
    static void golden(Path home) throws IOException {
        Path directory = Files.createDirectories(home.resolve("models/golden-llava"));
        try (Stream<Path> files = Files.list(Cli.MODEL)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
    }

    static <T> T at(Path home, Supplier<T> action) {
        String before = System.getProperty(HOME);
        System.setProperty(HOME, home.toString());
        try {
            return action.get();
        } finally {
            if (before == null) {
                System.clearProperty(HOME);
            } else {
                System.setProperty(HOME, before);
            }
        }
    }
}
