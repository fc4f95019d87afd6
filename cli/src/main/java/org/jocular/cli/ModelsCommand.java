package org.jocular.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jocular.systems.convert.Conversion;
import org.jocular.systems.convert.Origin;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.train.recipe.Recipe;
import org.jocular.train.recipe.Recipes;
import org.jocular.train.run.Training;
import org.jocular.train.world.WorldFiles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The tiny models, from nothing. */
@Command(
        name = "models",
        customSynopsis = "jocular models --out DIR --work DIR [OPTIONS]",
        description = {
            "Train the five tiny systems from nothing, as they lie in models/: writes a synthetic world, trains recipe",
            "'tiny' with several seeds, evaluates every system on scenes that none has seen, and writes the first seed's",
            "models in F16, each with a card that says how it was made and what all seeds reached.",
            "Killed at any time, the same command goes on."
        },
        footer = {"", "Example:", "  jocular models --out models --work build-models"})
final class ModelsCommand implements Callable<Integer> {
    /** Folders below {@code --out}, and the stage of the recipe that ends with each. */
    private static final SequencedMap<String, String> MODELS = models();

    private static final List<String> SPLITS = List.of("validation", "out-of-domain");

    private final Console console;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the models go.")
    Path out = Path.of("");

    @Option(
            names = "--work",
            required = true,
            paramLabel = "DIR",
            description = "For the world (190 MB), all stages and evaluations.")
    Path work = Path.of("");

    @Option(names = "--recipe", paramLabel = "NAME", description = "Another recipe (default: ${DEFAULT-VALUE}).")
    String recipe = "tiny";

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "NAME",
            description = "Only these: tiny-llava, tiny-blip2, tiny-instructblip, tiny-minigpt4, tiny-mplug-owl.")
    List<String> names = new ArrayList<>();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "How often everything is trained (default: ${DEFAULT-VALUE}).")
    int seeds = 3;

    @Option(names = "--threads", paramLabel = "N", description = "Threads (default: all cores).")
    int threads = Machine.cores();

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = {
                "Keep finished stages here, and take from here what another run trained already,",
                "'jocular ablate' among them."
            })
    @Nullable
    Path cache;

    ModelsCommand(Console console) {
        this.console = console;
    }

    private static SequencedMap<String, String> models() {
        SequencedMap<String, String> models = new LinkedHashMap<>();
        models.put("tiny-llava", "llava");
        models.put("tiny-blip2", "blip2");
        models.put("tiny-instructblip", "instructblip");
        models.put("tiny-minigpt4", "minigpt4");
        models.put("tiny-mplug-owl", "mplug-owl");
        return models;
    }

    @Override
    public Integer call() throws InterruptedException {
        Recipe tiny = Recipes.find(recipe);
        Path world = work.resolve("world");
        WorldCommand.write(console, world, WorldFiles.Sizes.DEFAULT, 0);
        SequencedMap<String, String> models = chosen();
        Map<String, ModelCard> cards = new LinkedHashMap<>();
        models.forEach((name, stage) -> cards.put(name, new ModelCard(name, tiny, stage)));
        for (int seed = 0; seed < seeds; seed++) {
            Path run = work.resolve("seed-" + seed);
            console.note("jocular: seed %d of %d".formatted(seed + 1, seeds));
            List<Training.Result> stages = Training.run(
                    tiny,
                    world,
                    run.resolve("stages"),
                    new Training.Settings(
                            seed, threads, 30, null, List.copyOf(models.values()), cache, TrainCommand.environment()),
                    new TrainProgress(console, false));
            for (Map.Entry<String, String> model : models.entrySet()) {
                Path halved = convert(run.resolve("stages").resolve(model.getValue()), run.resolve(model.getKey()));
                ModelCard card = Objects.requireNonNull(cards.get(model.getKey()));
                card.trained(stages);
                for (String split : SPLITS) {
                    Path results = run.resolve("evaluations").resolve(model.getKey() + "-" + split);
                    new TinyEvaluation(console, threads).run(halved, world.resolve(split), results);
                    card.evaluated(split, results.resolve("results.json"));
                }
            }
        }
        for (Map.Entry<String, ModelCard> card : cards.entrySet()) {
            Path model = out.resolve(card.getKey());
            copy(work.resolve("seed-0").resolve(card.getKey()), model);
            write(model.resolve("README.md"), card.getValue().text());
            console.out().println(model);
        }
        return 0;
    }

    private SequencedMap<String, String> chosen() {
        SequencedMap<String, String> chosen = new LinkedHashMap<>(MODELS);
        for (String name : names) {
            if (!MODELS.containsKey(name)) {
                throw new BadInput(
                        "--models names %s, expected some of %s".formatted(name, String.join(", ", MODELS.keySet())));
            }
        }
        if (!names.isEmpty()) {
            chosen.keySet().retainAll(names);
        }
        return chosen;
    }

    private static Path convert(Path stage, Path model) {
        if (!Files.exists(model)) {
            Conversion.run(
                    Origin.model(stage), model, new Conversion.Settings(DType.F16, Long.MAX_VALUE), (bytes, all) -> {});
        }
        return model;
    }

    /** Replaces what lies there. */
    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.write(target, Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
