package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.eval.judge.Judge;
import org.jocular.eval.run.Evaluation;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.run.RunSettings;
import org.jocular.eval.run.RunSettings.Asked;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;
import org.jocular.eval.task.Wording;
import org.jocular.systems.OwnPresets;
import org.jocular.systems.Preset;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Benchmarks, from published files to a report. */
@Command(
        name = "eval",
        customSynopsis = "jocular eval --model DIR --task T[,T...] --data DIR --out DIR [OPTIONS]",
        description = {
            "Run benchmarks and write a report. Killed at any moment, the same command goes on where it was.",
            "docs/data.md says which files to put where."
        },
        footer = {
            "",
            "Examples:",
            "  jocular eval --model llava-1.5-7b --task pope,scienceqa --data data --out runs/llava",
            "  jocular eval --model instructblip --task llava-bench,nocaps,vsr --data data --out runs/ib --judge file:reviews.jsonl",
            "  jocular eval --model llava-1.5-7b --task vqav2 --data data --out runs/part1 --shard 1/4"
        })
final class EvalCommand implements Callable<Integer> {
    private static final Pattern SHARD = Pattern.compile("(\\d{1,4})/(\\d{1,4})");

    private final Console console;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Option(
            names = "--task",
            required = true,
            split = ",",
            paramLabel = "T",
            description = "Benchmarks, with commas between: ${COMPLETION-CANDIDATES}.",
            completionCandidates = TaskNames.class)
    List<String> tasks = new ArrayList<>();

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The benchmarks' published files.")
    Path data = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder of the run.")
    Path out = Path.of("");

    @Option(
            names = "--wording",
            split = ",",
            paramLabel = "NAME",
            description = {
                "Whose words: llava, lavis, lmms-eval, vlmevalkit, plain...",
                "(default: those that the model's presets.json wants, else those of the system's authors);",
                "for one benchmark alone TASK=NAME, with commas between several."
            })
    List<String> wordings = new ArrayList<>();

    @Mixin
    PresetOptions preset = new PresetOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Ask at most N questions of each benchmark, or this share of them below 1; -1: all.")
    double limit = -1;

    @Option(names = "--offset", paramLabel = "N", description = "Leave out the first N questions of each benchmark.")
    int offset;

    @Option(names = "--batch", paramLabel = "N", description = "Ask N questions together (default: ${DEFAULT-VALUE}).")
    int batch = 16;

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description = "Compute part I of N; 'jocular merge' puts them together.")
    String shard = "1/1";

    @Option(
            names = "--features",
            paramLabel = "DIR",
            description = "Where to keep what the vision tower made of pictures (default: OUT/features).")
    @Nullable
    Path features;

    @Option(
            names = "--feature-cache",
            paramLabel = "SIZE",
            description = "How large that may grow; 0 keeps nothing (default: ${DEFAULT-VALUE}).")
    String featureCache = "8GB";

    @Mixin
    JudgeOptions judge = new JudgeOptions();

    @Mixin
    GenerationOptions generation = new GenerationOptions();

    EvalCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Task> asked = tasks.stream().distinct().map(Tasks::named).toList();
        checkWordings(asked);
        // Opened first: a judge that is not there should not cost the time that a run takes.
        try (Judge reviewer = judge.open(out)) {
            if (!answer(asked, new RunProgress(console, "questions"))) {
                console.note("jocular: part %s is done; 'jocular merge' puts the parts together".formatted(shard));
                return 0;
            }
            Finish.run(RunFolder.open(out), data, reviewer, console);
        }
        return 0;
    }

    /** Answers what has no answer yet; whether the whole run has them now. */
    boolean answer(List<Task> asked, RunProgress progress) {
        try (Executor executor = model.executor();
                VisionLanguageModel vlm = model.load()) {
            Evaluation evaluation = Evaluation.open(settings(asked, vlm, executor), vlm, model.directory());
            boolean complete = evaluation.run(vlm, executor, progress);
            progress.end();
            return complete;
        }
    }

    private RunSettings settings(List<Task> asked, VisionLanguageModel vlm, Executor executor) {
        String wanted = vlm.wording();
        if (wanted != null && !Tasks.haveWording(wanted)) {
            throw new BadInput("%s has wording = %s, which no benchmark has"
                    .formatted(model.directory().resolve(OwnPresets.NAME), wanted));
        }
        Matcher part = SHARD.matcher(shard);
        if (!part.matches()) {
            throw new BadInput("--shard is %s, expected a part and their number, such as 1/4".formatted(shard));
        }
        SequencedMap<String, Object> machine = new LinkedHashMap<>(Repeat.machine(executor));
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        machine.put("cores", Machine.cores());
        return new RunSettings(
                data,
                out,
                asked.stream().map(task -> asked(task, vlm)).toList(),
                offset,
                limit,
                batch,
                generation.seed,
                Integer.parseInt(part.group(1)),
                Integer.parseInt(part.group(2)),
                features == null ? out.resolve("features") : features,
                featureCache.equals("0") ? 0 : Sizes.parse("--feature-cache", featureCache),
                Machine.version(),
                machine);
    }

    private Asked asked(Task task, VisionLanguageModel vlm) {
        Wording words = wording(task, vlm);
        Preset around = preset.preset == null ? template(vlm.presets()) : preset.choose(vlm);
        return new Asked(task, words, around, generation.settings(vlm, around, words.decoding()));
    }

    /** The one that was named for the benchmark, or for all, or that the model wants, or that of the system's authors. */
    private Wording wording(Task task, VisionLanguageModel vlm) {
        String own = task.name() + "=";
        return wordings.stream()
                .filter(name -> name.startsWith(own))
                .map(name -> name.substring(own.length()))
                .findFirst()
                .or(() -> wordings.stream().filter(name -> !name.contains("=")).findFirst())
                .map(task::wording)
                .orElseGet(() -> task.wordingFor(vlm.system(), vlm.wording()));
    }

    /** Refuses wordings for benchmarks that are not asked. */
    private void checkWordings(List<Task> asked) {
        for (String name : wordings) {
            int equals = name.indexOf('=');
            if (equals >= 0 && asked.stream().noneMatch(task -> name.startsWith(task.name() + "="))) {
                throw new BadInput(
                        "--wording names %s, which is not among --task".formatted(name.substring(0, equals)));
            }
        }
    }

    /** The system's prompt without words of its own about what is asked: those are the benchmark's. */
    private static Preset template(List<Preset> presets) {
        return presets.stream()
                .filter(one -> one.first().equals("{q}") || one.name().equals("eval_template"))
                .findFirst()
                .orElse(presets.getFirst());
    }

    /** For the help. */
    static final class TaskNames extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        TaskNames() {
            super(Tasks.ALL.stream().map(Task::name).toList());
        }
    }
}
