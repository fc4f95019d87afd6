package org.jocular.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.train.recipe.Recipe;
import org.jocular.train.recipe.Stage;
import org.jocular.weights.ModelPaths;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All stages of a recipe, one after the other. Each becomes a model directory below one folder. Whoever is killed goes on with the same call, and
 * ends with the same bytes.
 */
public final class Training {
    /** By so much each stage's own seed moves for a seed of the run, so that those of a recipe do not meet. */
    private static final long SEED_STRIDE = 1000;

    private final Recipe recipe;
    private final Path data;
    private final Path out;
    private final Settings settings;
    private final Listener listener;
    private final StageKeys keys;
    private final Map<String, StageKeys.Identity> identities = new HashMap<>();

    /**
     * How to train.
     *
     * @param seed 0 for the seeds of the recipe; others move all of them
     * @param threads another number gives other bits
     * @param saveSeconds of training after which everything is saved
     * @param dtype of the models from which no other stage begins; null: as they were trained
     * @param stages the last ones to be trained, with all that they begin with; empty: all
     * @param cache where finished stages are kept for other runs; null: nowhere
     * @param environment program, JVM and machine, to be noted beside the results
     */
    public record Settings(
            long seed,
            int threads,
            double saveSeconds,
            @Nullable DType dtype,
            List<String> stages,
            @Nullable Path cache,
            Map<String, Object> environment) {
        public Settings {
            stages = List.copyOf(stages);
        }
    }

    /** Hears how far it is. */
    public interface Listener {
        /** Another stage. */
        void stage(String name, int number, int of);

        /** Its first model is being written. */
        void writing(long bytes, long ofBytes);

        /** Its training begins, or goes on after some steps. */
        void begin(int done, int steps);

        /** @param loss smoothed */
        void step(int done, double loss, double rate);

        /** It is finished. */
        void finished(Result result);
    }

    /** Where a finished stage comes from. */
    public enum Origin {
        /** This run trained it, or the last part of it. */
        TRAINED,
        /** It was finished before. */
        FOUND,
        /** Another run trained it. */
        CACHED;

        public String json() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A finished stage.
     *
     * @param loss smoothed
     * @param seconds that all steps took
     */
    public record Result(String stage, Path directory, Origin origin, int steps, double loss, double seconds) {}

    private Training(Recipe recipe, Path data, Path out, Settings settings, Listener listener) {
        this.recipe = recipe;
        this.data = data;
        this.out = out;
        this.settings = settings;
        this.listener = listener;
        SequencedMap<String, Object> computer = new LinkedHashMap<>();
        computer.put("threads", settings.threads);
        computer.put("vector_bits", CpuExecutor.vectorBits());
        keys = new StageKeys(data, computer);
    }

    /**
     * Trains what is not finished yet.
     *
     * @param data the folder that the recipe's paths begin at
     * @param out a folder that is empty, not there, or that of the same training
     * @throws BadInput if anything in recipe, data or folder is not right
     */
    public static List<Result> run(Recipe recipe, Path data, Path out, Settings settings, Listener listener) {
        Recipe seeded = new Recipe(
                recipe.name(),
                recipe.source(),
                recipe.stages().stream()
                        .map(stage -> stage.withSeed(stage.seed() + SEED_STRIDE * settings.seed))
                        .toList());
        return new Training(seeded, data, out, settings, listener).run();
    }

    private List<Result> run() {
        List<Stage> chosen = chosen();
        chosen.forEach(stage -> StageFolder.of(out, stage.name()));
        SequencedMap<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("seed", settings.seed);
        manifest.put("threads", settings.threads);
        manifest.put("vector_bits", CpuExecutor.vectorBits());
        manifest.put("dtype", settings.dtype == null ? null : settings.dtype.name());
        manifest.put("recipe", recipe.toJson());
        List<Result> results = new ArrayList<>();
        try (OutFolder folder = new OutFolder(out, manifest)) {
            for (Stage stage : chosen) {
                listener.stage(stage.name(), results.size() + 1, chosen.size());
                Result result = stage(stage);
                listener.finished(result);
                results.add(result);
            }
        }
        return List.copyOf(results);
    }

    /** The stages that were asked for and those that they begin with, in the recipe's order. */
    private List<Stage> chosen() {
        List<String> names = recipe.stages().stream().map(Stage::name).toList();
        for (String name : settings.stages) {
            if (!names.contains(name)) {
                throw new BadInput("recipe %s has no stage %s, expected one of %s"
                        .formatted(recipe.name(), name, String.join(", ", names)));
            }
        }
        Set<String> needed = new LinkedHashSet<>(settings.stages.isEmpty() ? names : settings.stages);
        for (Stage stage : recipe.stages().reversed()) {
            if (needed.contains(stage.name())) {
                stage.start().forEach(start -> needed.add(start.from()));
            }
        }
        return recipe.stages().stream()
                .filter(stage -> needed.contains(stage.name()))
                .toList();
    }

    private @Nullable DType dtype(Stage stage) {
        boolean last = recipe.stages().stream()
                .flatMap(other -> other.start().stream())
                .noneMatch(start -> start.from().equals(stage.name()));
        return last ? settings.dtype : null;
    }

    private Result stage(Stage stage) {
        StageFolder folder = StageFolder.of(out, stage.name());
        DType dtype = dtype(stage);
        StageKeys.Identity identity = keys.of(stage, dtype == null ? null : dtype.name());
        identities.put(stage.name(), identity);
        if (folder.isFinished()) {
            identity.requireSame(folder.result(), JsonFiles.read(folder.result()));
            folder.delete(folder.work());
            return result(stage, folder, Origin.FOUND);
        }
        StageCache cache = settings.cache == null ? null : new StageCache(settings.cache);
        makeFolder(folder.work());
        if (cache != null && cache.has(identity.key())) {
            cache.take(identity.key(), stage, folder);
            return result(stage, folder, Origin.CACHED);
        }
        train(stage, folder, identity, dtype);
        if (cache != null) {
            makeFolder(cache.folder());
            cache.put(identity.key(), folder);
        }
        return result(stage, folder, Origin.TRAINED);
    }

    private void train(Stage stage, StageFolder folder, StageKeys.Identity identity, @Nullable DType dtype) {
        folder.tidy();
        begin(folder, identity);
        if (!Files.exists(folder.start())) {
            StageModel.write(stage, folder, this::model, listener::writing);
        }
        try (StageRun run = new StageRun(stage, folder, data, settings.threads)) {
            TrainingState state = run.state(folder.state(), identity.key());
            TrainingState.Reached reached = state.load();
            listener.begin(reached.steps(), run.steps());
            try (Metrics metrics = new Metrics(folder.metrics(), reached.steps())) {
                double seconds = run.run(
                        state,
                        reached,
                        metrics,
                        settings.saveSeconds,
                        line -> listener.step(line.step(), metrics.smoothed(), line.rate()));
                run.write(folder, dtype);
                finish(stage, folder, identity, run, metrics, seconds);
            }
        }
        folder.publish();
    }

    private static void begin(StageFolder folder, StageKeys.Identity identity) {
        if (Files.exists(folder.begun())) {
            identity.requireSame(folder.begun(), JsonFiles.read(folder.begun()));
            return;
        }
        SequencedMap<String, Object> begun = new LinkedHashMap<>();
        begun.put("key", identity.key());
        begun.put("data", identity.data());
        begun.put("models", identity.models());
        JsonFiles.write(folder.begun(), begun);
    }

    /** Everything beside the model; the result comes last. */
    private void finish(
            Stage stage,
            StageFolder folder,
            StageKeys.Identity identity,
            StageRun run,
            Metrics metrics,
            double seconds) {
        Path whole = folder.whole();
        JsonFiles.writeText(
                whole.resolve(StageFolder.CURVE),
                LossChart.svg("%s: loss".formatted(stage.name()), metrics.losses(), metrics.allSmoothed()));
        try {
            Files.copy(folder.metrics(), whole.resolve(StageFolder.METRICS));
            if (Files.exists(folder.adapter())) {
                Files.move(folder.adapter(), whole.resolve(StageFolder.ADAPTER));
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(whole, e.getMessage()), e);
        }
        SequencedMap<String, Object> result = new LinkedHashMap<>();
        result.put("recipe", recipe.name());
        result.put("stage", stage.toJson());
        result.put("key", identity.key());
        result.put("data", identity.data());
        result.put("models", identity.models());
        result.put("run_seed", settings.seed);
        result.put("steps", run.steps());
        result.put("trained_parameters", run.trained());
        result.put("loss", metrics.smoothed());
        result.put("seconds", Math.round(seconds * 10) / 10.0);
        result.put("threads", settings.threads);
        result.put("environment", settings.environment);
        JsonFiles.write(whole.resolve(StageFolder.RESULT), result);
    }

    private static Result result(Stage stage, StageFolder folder, Origin origin) {
        JsonNode result = JsonFiles.read(folder.result());
        return new Result(
                stage.name(),
                folder.finished(),
                origin,
                result.path("steps").asInt(0),
                result.path("loss").asDouble(Double.NaN),
                result.path("seconds").asDouble(Double.NaN));
    }

    private Path model(String name) {
        return identities.containsKey(name) ? out.resolve(name) : ModelPaths.resolve(name);
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(folder, e.getMessage()), e);
        }
    }
}
