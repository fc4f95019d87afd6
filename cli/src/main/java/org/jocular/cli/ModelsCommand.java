package org.jocular.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final List<Tiny> MODELS = List.of(
            new Tiny("tiny-llava", "llava", "LLaVA: a CLIP-style tower, an MLP, LLaMA."),
            new Tiny(
                    "tiny-blip2",
                    "blip2",
                    "BLIP-2: an EVA-style tower, a Q-Former, LLaMA. The Q-Former alone is trained."),
            new Tiny(
                    "tiny-instructblip",
                    "instructblip",
                    "InstructBLIP: BLIP-2 with a Q-Former that reads the instruction."),
            new Tiny(
                    "tiny-minigpt4",
                    "minigpt4",
                    "MiniGPT-4: tower and Q-Former of BLIP-2, frozen, and one new linear layer into another LLaMA."),
            new Tiny(
                    "tiny-mplug-owl",
                    "mplug-owl",
                    "mPLUG-Owl: a CLIP-style tower that is trained on, a visual abstractor, LLaMA."));

    /**
     * A model.
     *
     * @param name of the folder below {@code --out}
     * @param stage of the recipe that ends with it
     * @param what it is, a sentence
     */
    private record Tiny(String name, String stage, String what) {}

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

    @Override
    public Integer call() throws InterruptedException {
        Recipe tiny = Recipes.find(recipe);
        Path world = work.resolve("world");
        WorldCommand.write(console, world, WorldFiles.Sizes.DEFAULT, 0);
        Map<Tiny, ModelCard> cards = new LinkedHashMap<>();
        chosen().forEach(model -> cards.put(model, new ModelCard(model.name, model.what, tiny, model.stage, threads)));
        for (int seed = 0; seed < seeds; seed++) {
            Path run = work.resolve("seed-" + seed);
            console.note("jocular: seed %d of %d".formatted(seed + 1, seeds));
            List<Training.Result> stages = Training.run(
                    tiny,
                    world,
                    run.resolve("stages"),
                    new Training.Settings(
                            seed,
                            threads,
                            30,
                            null,
                            cards.keySet().stream().map(Tiny::stage).toList(),
                            cache,
                            TrainCommand.environment()),
                    new TrainProgress(console, false));
            for (Map.Entry<Tiny, ModelCard> model : cards.entrySet()) {
                String name = model.getKey().name;
                Path halved = convert(run.resolve("stages").resolve(model.getKey().stage), run.resolve(name));
                model.getValue().trained(stages);
                for (String split : SPLITS) {
                    Path results = run.resolve("evaluations").resolve(name + "-" + split);
                    new TinyEvaluation(console, threads).run(halved, world.resolve(split), results);
                    model.getValue().evaluated(split, results.resolve("results.json"));
                }
            }
        }
        cards.forEach((model, card) -> {
            Path folder = out.resolve(model.name);
            copy(work.resolve("seed-0").resolve(model.name), folder);
            write(folder.resolve("README.md"), card.text());
            console.out().println(folder);
        });
        return 0;
    }

    private List<Tiny> chosen() {
        List<String> known = MODELS.stream().map(Tiny::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new BadInput("--models names %s, expected some of %s".formatted(name, String.join(", ", known)));
            }
        }
        return MODELS.stream()
                .filter(model -> names.isEmpty() || names.contains(model.name))
                .toList();
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
