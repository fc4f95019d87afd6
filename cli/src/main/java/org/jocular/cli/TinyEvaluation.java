package org.jocular.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jocular.eval.judge.Judge;
import org.jocular.eval.report.Results;
import org.jocular.eval.run.Judging;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;

/** What {@code jocular eval} does with a model of the synthetic world. */
record TinyEvaluation(Console console, DeviceOptions device) {
    static final List<String> TASKS = List.of("gqa", "vsr", "scienceqa", "nocaps", "llava-bench");
    static final int BATCH = 64;

    TinyEvaluation(Console console, int threads) {
        this(console, device(threads));
    }

    private static DeviceOptions device(int threads) {
        DeviceOptions device = new DeviceOptions();
        device.threads = threads;
        return device;
    }

    /**
     * Evaluates, or goes on with it.
     *
     * @param out the run's folder; nothing is done where it has results
     * @return the table of all figures
     */
    String run(Path model, Path data, Path out) throws InterruptedException {
        return run(model, data, out, TASKS, BATCH, JudgeOptions.exact());
    }

    /**
     * The same.
     *
     * @param tasks benchmarks to be asked
     * @param batch questions asked together
     * @param judge who marks free answers
     */
    String run(Path model, Path data, Path out, List<String> tasks, int batch, JudgeOptions judge)
            throws InterruptedException {
        if (Files.exists(out.resolve("results.json"))) {
            return "";
        }
        EvalCommand eval = new EvalCommand(console);
        eval.model.model = model.toString();
        eval.model.device = device;
        eval.data = data;
        eval.out = out;
        eval.batch = batch;
        List<Task> asked = tasks.stream().map(Tasks::named).toList();
        eval.answer(asked, new RunProgress(console, "questions, " + model.getFileName()));
        try (Judge reviewer = judge.open(out)) {
            RunFolder run = RunFolder.open(out);
            return Results.write(reviewer == null ? run : Judging.review(run, reviewer, () -> {}), data);
        }
    }
}
