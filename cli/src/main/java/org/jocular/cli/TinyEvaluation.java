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
    private static final int BATCH = 64;

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
        if (Files.exists(out.resolve("results.json"))) {
            return "";
        }
        EvalCommand eval = new EvalCommand(console);
        eval.model.model = model.toString();
        eval.model.device = device;
        eval.data = data;
        eval.out = out;
        eval.batch = BATCH;
        eval.judge.judge = "exact";
        List<Task> tasks = TASKS.stream().map(Tasks::named).toList();
        eval.answer(tasks, new RunProgress(console, "questions, " + model.getFileName()));
        try (Judge judge = eval.judge.open(out)) {
            RunFolder run = RunFolder.open(out);
            return Results.write(judge == null ? run : Judging.review(run, judge, () -> {}), data);
        }
    }
}
