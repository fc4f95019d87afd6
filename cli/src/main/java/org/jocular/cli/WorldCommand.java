package org.jocular.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jocular.train.world.WorldFiles;
import org.jocular.train.world.WorldFiles.Sizes;
import org.jocular.train.world.WorldFiles.Written;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The synthetic world, as files. */
@Command(
        name = "world",
        customSynopsis = "jocular world --out DIR [OPTIONS]",
        description = {
            "Write a synthetic world: pictures of coloured shapes, and texts about them in the formats of real data.",
            "DIR/training is to train on; DIR/validation and DIR/out-of-domain are for 'jocular eval --data'."
        },
        footer = {
            "",
            "Examples:",
            "  jocular world --out world",
            "  jocular world --out small --scenes 500 --validation 50 --questions 20"
        })
final class WorldCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "The folder to make; it must not be there, be empty, or hold this world.")
    Path out = Path.of("");

    @Option(names = "--scenes", paramLabel = "N", description = "Pictures to train on (default: ${DEFAULT-VALUE}).")
    int scenes = Sizes.DEFAULT.scenes();

    @Option(
            names = "--validation",
            paramLabel = "N",
            description = "Pictures of validation, and as many out of domain (default: ${DEFAULT-VALUE}).")
    int validation = Sizes.DEFAULT.validation();

    @Option(
            names = "--questions",
            paramLabel = "N",
            description = "Questions of each kind about either (default: ${DEFAULT-VALUE}).")
    int questions = Sizes.DEFAULT.questions();

    @Option(
            names = "--dialogues",
            paramLabel = "N",
            description = "Entries of each of LLaVA's files about each picture (default: ${DEFAULT-VALUE}).")
    int dialogues = Sizes.DEFAULT.dialogues();

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The same seed and numbers give the same world (default: ${DEFAULT-VALUE}).")
    long seed;

    WorldCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Sizes sizes = new Sizes(scenes, validation, questions, dialogues);
        List<Written> written = write(console, out, sizes, seed);
        int width = written.stream().mapToInt(one -> one.path().length()).max().orElse(1);
        for (Written one : written) {
            console.out().printf(Locale.ROOT, "%-" + width + "s  %,7d %s%n", one.path(), one.entries(), one.what());
        }
        return 0;
    }

    /** Writes what is not there yet, and shows how far it is. */
    static List<Written> write(Console console, Path out, Sizes sizes, long seed) {
        RunProgress progress = new RunProgress(console, "files of the world");
        List<Written> written = WorldFiles.write(out, sizes, seed, (files, all) -> {
            if (files == 1) {
                progress.begin(all, 0);
            }
            progress.step(false);
        });
        progress.end();
        return written;
    }
}
