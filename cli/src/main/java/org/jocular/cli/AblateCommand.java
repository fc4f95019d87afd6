package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jocular.eval.report.AblationReport;
import org.jocular.eval.report.AblationTable;
import org.jocular.tensor.BadInput;
import org.jocular.train.recipe.Ablation;
import org.jocular.train.world.WorldFiles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The paper's ablations. */
@Command(
        name = "ablate",
        customSynopsis = "jocular ablate TABLE...|all --out DIR [OPTIONS]",
        description = {
            "Train models that differ in one thing, with several seeds, evaluate them, and write tables of means,",
            "standard deviations and differences paired by seed, with charts: OUT/report.html, ablations.md, results.json.",
            "The tables of ablations/tiny.json ask the questions of Garg and Bas 2023 in miniature: encoder, head,",
            "pretraining, head-training, alignment, instruction, language-model. Stages that several tables share are",
            "trained once. Killed at any moment, the same command goes on; docs/ablations.md tells more."
        },
        footer = {
            "",
            "Examples:",
            "  jocular ablate language-model --seeds 3 --out runs/ablations",
            "  jocular ablate all --seeds 3 --out runs/ablations --cache runs/cache",
            "  jocular ablate all --file my.json --data data --benchmarks data --judge https://api.openai.com/v1 \\",
            "      --judge-model gpt-4-0314 --out runs/ablations-7b"
        })
final class AblateCommand implements Callable<Integer> {
    private static final int MOST_SEEDS = 1000;

    private final Console console;

    @Parameters(arity = "1..*", paramLabel = "TABLE", description = "Tables of the file, or all.")
    List<String> tables = new ArrayList<>();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "For trainings, evaluations and the report; another table may follow in the same folder.")
    Path out = Path.of("");

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "How often everything is trained (default: ${DEFAULT-VALUE}).")
    int seeds = 3;

    @Option(
            names = "--file",
            paramLabel = "NAME",
            description =
                    "The JSON file with the tables, or the name of one in the folder ablations (default: ${DEFAULT-VALUE}).")
    String file = "tiny";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder that the stages' paths begin at (default: a world, written to OUT/world).")
    @Nullable
    Path data;

    @Option(
            names = "--benchmarks",
            paramLabel = "DIR",
            description =
                    "LLaVA-Bench, NoCaps, VSR and ScienceQA as docs/data.md has them (default: validation below --data).")
    @Nullable
    Path benchmarks;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Where finished stages are kept for other runs (default: OUT/cache).")
    @Nullable
    Path cache;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Ask N questions together; fewer for large models (default: ${DEFAULT-VALUE}).")
    int batch = TinyEvaluation.BATCH;

    @Mixin
    DeviceOptions device = new DeviceOptions();

    @Mixin
    JudgeOptions judge = JudgeOptions.exact();

    AblateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (seeds < 1 || seeds > MOST_SEEDS) {
            throw new BadInput("--seeds is %d, expected 1 to %d".formatted(seeds, MOST_SEEDS));
        }
        Ablation ablation = Ablation.find(file);
        List<Ablation.Table> chosen = ablation.tables(tables);
        Path training = data == null ? out.resolve("world") : data;
        Path asked = benchmarks == null ? training.resolve("validation") : benchmarks;
        boolean trains = chosen.stream().anyMatch(table -> !table.stages().isEmpty());
        if (data == null && (trains || benchmarks == null)) {
            WorldCommand.write(console, training, WorldFiles.Sizes.DEFAULT, 0);
        }
        AblationRun run = new AblationRun(
                console,
                ablation,
                new AblationRun.Settings(
                        out,
                        training,
                        asked,
                        cache == null ? out.resolve("cache") : cache,
                        seeds,
                        device.threads == null ? Machine.cores() : device.threads,
                        device,
                        batch,
                        judge));
        for (Ablation.Table table : chosen) {
            console.note("jocular: table %s".formatted(table.name()));
            AblationTable measured = run.measure(table);
            AblationReport report = run.report();
            // After each table, since the next may take an hour.
            report.write(out);
            console.out().println(report.text(measured));
            console.out().flush();
        }
        console.note("jocular: %s shows all".formatted(out.resolve("report.html")));
        return 0;
    }
}
