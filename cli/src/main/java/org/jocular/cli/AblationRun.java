package org.jocular.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.jocular.eval.report.AblationReport;
import org.jocular.eval.report.AblationTable;
import org.jocular.eval.report.AblationTable.Column;
import org.jocular.eval.report.AblationTable.Measured;
import org.jocular.eval.run.Atomically;
import org.jocular.tensor.BadInput;
import org.jocular.train.recipe.Ablation;
import org.jocular.train.run.Training;
import org.jocular.weights.JsonFile;
import org.jocular.weights.ModelPaths;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Trains and evaluates what an ablation's tables compare. Below the folder lie {@code seed-N/TABLE}, a training for each table and seed, and
 * {@code seed-N/evaluations}; what is there already is found again.
 */
final class AblationRun {
    /** The paper's columns. NoCaps has both domains in one file, as published: CIDEr weighs words over the pictures of each. */
    private static final List<Figure> FIGURES = List.of(
            new Figure("complex", "%", "llava-bench", "LLaVA-Bench (COCO) complex"),
            new Figure("conversation", "%", "llava-bench", "LLaVA-Bench (COCO) conversation"),
            new Figure("detail", "%", "llava-bench", "LLaVA-Bench (COCO) detail"),
            new Figure("NoCaps in-domain", "CIDEr", "nocaps", "NoCaps in"),
            new Figure("NoCaps out-of-domain", "CIDEr", "nocaps", "NoCaps out"),
            new Figure("VSR", "%", "vsr", "accuracy"),
            new Figure("ScienceQA", "%", "scienceqa", "accuracy"));

    private static final List<String> TASKS =
            FIGURES.stream().map(Figure::task).distinct().toList();

    private static final int SHOWN_OF_KEY = 8;

    /** @param key in the task's results */
    private record Figure(String title, String unit, String task, String key) {}

    /**
     * Where and how.
     *
     * @param data the folder that the stages' paths begin at
     * @param benchmarks the folder that is evaluated on
     * @param threads of training
     * @param device of evaluations
     * @param batch questions that are asked together
     */
    record Settings(
            Path out,
            Path data,
            Path benchmarks,
            Path cache,
            int seeds,
            int threads,
            DeviceOptions device,
            int batch,
            JudgeOptions judge) {}

    private final Console console;
    private final Ablation ablation;
    private final Settings settings;
    private final List<AblationTable> measured = new ArrayList<>();
    private final TreeSet<String> judges = new TreeSet<>();
    /** Seconds of each training, by its folder's contents, so that shared stages count once. */
    private final Map<String, Double> seconds = new HashMap<>();

    AblationRun(Console console, Ablation ablation, Settings settings) {
        this.console = console;
        this.ablation = ablation;
        this.settings = settings;
        claim();
    }

    /** Figures of other questions must not stand in one table. */
    private void claim() {
        SequencedMap<String, Object> same = new LinkedHashMap<>();
        same.put("benchmarks", name(settings.benchmarks));
        same.put("judge", settings.judge.judge);
        Path file = settings.out.resolve("ablation.json");
        if (!Files.exists(file)) {
            makeFolder(settings.out);
            Atomically.writeJson(file, same);
            return;
        }
        JsonNode before = JsonFile.read(file).json();
        same.forEach((field, now) -> {
            String was = before.path(field).asString("");
            if (!was.equals(now)) {
                throw new BadInput(
                        "%s says %s = %s, this run has %s: choose another folder".formatted(file, field, was, now));
            }
        });
    }

    /** A folder below the run's may move with it. */
    private String name(Path folder) {
        return folder.startsWith(settings.out)
                ? settings.out.relativize(folder).toString()
                : folder.toAbsolutePath().normalize().toString();
    }

    /** Trains and evaluates all rows of a table with all seeds. */
    AblationTable measure(Ablation.Table table) throws InterruptedException {
        Map<String, List<Measured>> rows = new LinkedHashMap<>();
        table.rows().forEach(row -> rows.put(row.name(), new ArrayList<>()));
        for (int seed = 0; seed < settings.seeds; seed++) {
            Map<String, Training.Result> stages = train(table, seed);
            for (Ablation.Row row : table.rows()) {
                String stage = row.stage();
                String model = row.model();
                List<Measured> seeds = Objects.requireNonNull(rows.get(row.name()));
                if (stage != null) {
                    seeds.add(trained(Objects.requireNonNull(stages.get(stage)), seed));
                } else if (model != null && seeds.isEmpty()) {
                    seeds.add(published(model));
                }
            }
        }
        AblationTable result = new AblationTable(
                table.name(),
                table.title(),
                table.question(),
                table.equal(),
                rows.entrySet().stream()
                        .map(row -> new AblationTable.Row(row.getKey(), row.getValue()))
                        .toList(),
                table.differences().stream()
                        .map(one -> new AblationTable.Difference(one.row(), one.minus()))
                        .toList());
        measured.add(result);
        return result;
    }

    /** All stages that the rows come from, by name. */
    private Map<String, Training.Result> train(Ablation.Table table, int seed) {
        Map<String, Training.Result> stages = new HashMap<>();
        if (table.stages().isEmpty()) {
            return stages;
        }
        console.note("jocular: table %s, seed %d of %d".formatted(table.name(), seed + 1, settings.seeds));
        Training.Settings training = new Training.Settings(
                seed, settings.threads, 30, null, List.of(), settings.cache, TrainCommand.environment());
        Path out = settings.out.resolve("seed-" + seed).resolve(table.name());
        for (Training.Result result :
                Training.run(ablation.recipe(table), settings.data, out, training, new TrainProgress(console, false))) {
            stages.put(result.stage(), result);
            seconds.put(key(result), result.seconds());
        }
        return stages;
    }

    /** What the training was known by. */
    private static String key(Training.Result result) {
        return JsonFile.read(result.directory().resolve("stage.json"))
                .json()
                .path("key")
                .asString("");
    }

    private Measured trained(Training.Result stage, int seed) throws InterruptedException {
        String key = key(stage);
        Path folder = settings.out
                .resolve("seed-" + seed)
                .resolve("evaluations")
                .resolve("%s-%s".formatted(stage.stage(), key.substring(0, SHOWN_OF_KEY)));
        SequencedMap<String, Object> origin = new LinkedHashMap<>();
        origin.put("seed", seed);
        origin.put("stage", stage.stage());
        origin.put("key", key);
        origin.put("steps", stage.steps());
        origin.put("loss", stage.loss());
        origin.put("seconds", stage.seconds());
        return evaluated(stage.directory(), folder, origin);
    }

    private Measured published(String model) throws InterruptedException {
        Path folder = settings.out.resolve("models").resolve(model.replaceAll("[^A-Za-z0-9._-]+", "--"));
        SequencedMap<String, Object> origin = new LinkedHashMap<>();
        origin.put("model", model);
        return evaluated(ModelPaths.resolve(model), folder, origin);
    }

    private Measured evaluated(Path model, Path folder, SequencedMap<String, Object> origin)
            throws InterruptedException {
        new TinyEvaluation(console, settings.device)
                .run(model, settings.benchmarks, folder, TASKS, settings.batch, settings.judge);
        JsonNode results = JsonFile.read(folder.resolve("results.json")).json().path("results");
        judges.add(results.path("llava-bench").path("judge").asString("nobody marked free answers"));
        origin.put("evaluation", settings.out.relativize(folder).toString());
        return new Measured(
                FIGURES.stream()
                        .map(figure ->
                                results.path(figure.task).path(figure.key).asDouble(Double.NaN))
                        .toList(),
                origin);
    }

    /** Of all that was measured until now. */
    AblationReport report() {
        List<String> notes = new ArrayList<>();
        notes.add("%s, by the recipe %s; %d seed%s."
                .formatted(
                        settings.seeds == 1 ? "Every model was trained once" : "Every model was trained anew",
                        ablation.recipe().name(),
                        settings.seeds,
                        settings.seeds == 1 ? "" : "s"));
        judges.forEach(judge -> notes.add("Complex, conversation and detail: %s.".formatted(judge)));
        return new AblationReport(
                "Ablations: " + ablation.recipe().name(),
                FIGURES.stream()
                        .map(figure -> new Column(figure.title, figure.unit))
                        .toList(),
                measured,
                notes,
                manifest());
    }

    private SequencedMap<String, Object> manifest() {
        SequencedMap<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("seeds", settings.seeds);
        manifest.put("threads", settings.threads);
        manifest.put("data", name(settings.data));
        Path world = settings.data.resolve("world.json");
        if (Files.isRegularFile(world)) {
            manifest.put("world", JsonFile.read(world).json());
        }
        manifest.put("benchmarks", name(settings.benchmarks));
        manifest.put("judge", settings.judge.judge);
        manifest.put("environment", TrainCommand.environment());
        manifest.put("trainings", seconds.size());
        manifest.put(
                "training_seconds",
                Math.round(seconds.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum()));
        manifest.put(
                "ablation", JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(ablation.toJson())));
        return manifest;
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(folder, e.getMessage()), e);
        }
    }
}
