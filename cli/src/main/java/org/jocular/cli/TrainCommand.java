package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.train.recipe.Recipe;
import org.jocular.train.recipe.Recipes;
import org.jocular.train.run.Training;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** From a recipe and data to models. */
@Command(
        name = "train",
        customSynopsis = "jocular train --recipe FILE --data DIR --out DIR [OPTIONS]",
        description = {
            "Train a model by a recipe, stage by stage. Killed at any moment, the same command goes on where it was.",
            "Each stage becomes OUT/STAGE: a model directory with its metrics, its loss curve and what made it.",
            "docs/training.md tells more, docs/training-data.md which files to put where."
        },
        footer = {
            "",
            "Examples:",
            "  jocular world --out world",
            "  jocular train --recipe recipes/tiny.json --data world --out runs/tiny",
            "  jocular train --recipe recipes/tiny.json --data world --out runs/tiny-2 --seed 2 --cache runs/cache"
        })
final class TrainCommand implements Callable<Integer> {
    private static final int MOST_THREADS = 1024;
    private static final long MOST_SEED = 1_000_000_000;

    private final Console console;

    @Option(
            names = "--recipe",
            required = true,
            paramLabel = "FILE",
            description = "A recipe's JSON, or the name of one in the folder recipes.")
    String recipe = "";

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "The folder that the recipe's paths begin at.")
    Path data = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder of the training.")
    Path out = Path.of("");

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = {
                "Another run of the same recipe: 1000 times N is added to the seed of every stage,",
                "from which initial values, the order of lessons and all that is drawn follow (default: 0, the recipe's own)."
            })
    long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads share a batch; another number rounds otherwise (default: one a core).")
    @Nullable
    Integer threads;

    @Option(
            names = "--stages",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Train only these stages, with commas between, and those that they begin with (default: all).")
    List<String> stages = new ArrayList<>();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = {
                "Type of the weights where no other stage begins with them: f32, f16 or bf16",
                "(default: trained ones f32, others as they were)."
            })
    @Nullable
    String dtype;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Keep finished stages here, and take from here what another run trained already.")
    @Nullable
    Path cache;

    @Option(
            names = "--save-every",
            paramLabel = "SECONDS",
            description = "Save after so many seconds of training (default: ${DEFAULT-VALUE}).")
    double saveEvery = 30;

    @Option(names = "--json", description = "Print one object.")
    boolean json;

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Recipe read = Recipes.find(recipe);
        TrainProgress progress = new TrainProgress(console, !json);
        List<Training.Result> results = Training.run(read, data, out, settings(), progress);
        if (json) {
            SequencedMap<String, Object> fields = new LinkedHashMap<>();
            fields.put("recipe", read.name());
            fields.put("out", out.toString());
            fields.put("stages", results.stream().map(TrainCommand::fields).toList());
            console.json(fields);
        }
        return 0;
    }

    private Training.Settings settings() {
        int count = threads == null ? Machine.cores() : threads;
        if (count < 1 || count > MOST_THREADS) {
            throw new BadInput("--threads is %d, expected 1 to %d".formatted(count, MOST_THREADS));
        }
        if (seed < 0 || seed > MOST_SEED) {
            throw new BadInput("--seed is %d, expected 0 to %d".formatted(seed, MOST_SEED));
        }
        if (!(saveEvery >= 0)) {
            throw new BadInput("--save-every is %s, expected seconds".formatted(saveEvery));
        }
        if (Machine.vectorBits() == 0) {
            throw new BadInput("the Vector API is not there: start Java with --add-modules jdk.incubator.vector,"
                    + " as the script jocular does");
        }
        return new Training.Settings(seed, count, saveEvery, type(), stages, cache, environment());
    }

    private @Nullable DType type() {
        return switch (dtype) {
            case null -> null;
            case "f32" -> DType.F32;
            case "f16" -> DType.F16;
            case "bf16" -> DType.BF16;
            default -> throw new BadInput("--dtype is %s, expected f32, f16 or bf16".formatted(dtype));
        };
    }

    static Map<String, Object> environment() {
        Map<String, Object> environment = new LinkedHashMap<>();
        environment.put("executor", "simd");
        environment.put("vector_bits", Machine.vectorBits());
        environment.put("cores", Machine.cores());
        environment.put("version", Machine.version());
        environment.put("jdk", Machine.jdk());
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return environment;
    }

    private static Map<String, Object> fields(Training.Result result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("stage", result.stage());
        fields.put("directory", result.directory().toString());
        fields.put("origin", result.origin().json());
        fields.put("steps", result.steps());
        fields.put("loss", result.loss());
        fields.put("seconds", result.seconds());
        return fields;
    }
}
