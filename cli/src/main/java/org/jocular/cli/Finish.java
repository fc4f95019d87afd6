package org.jocular.cli;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.jocular.eval.judge.Judge;
import org.jocular.eval.report.Results;
import org.jocular.eval.run.Judging;
import org.jocular.eval.run.Outcome;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.JudgedTask;
import org.jocular.eval.task.Tasks;
import org.jspecify.annotations.Nullable;

/** From answers to a report. */
final class Finish {
    private Finish() {}

    /** Has free answers reviewed where there is a judge, writes all results, and prints the table. */
    static void run(RunFolder answered, Path data, @Nullable Judge judge, Console console) throws InterruptedException {
        RunFolder run = judge == null ? answered : review(answered, judge, console);
        console.out().print(Results.write(run, data));
        console.out().flush();
        run.manifest().judgeNotes().forEach(note -> console.note("jocular: note: " + note));
        console.note("jocular: %s shows every answer".formatted(run.dir().resolve("report.html")));
    }

    private static RunFolder review(RunFolder answered, Judge judge, Console console) throws InterruptedException {
        RunProgress progress = new RunProgress(console, "reviews");
        progress.begin(free(answered), 0);
        try {
            return Judging.review(answered, judge, () -> progress.step(false));
        } finally {
            progress.end();
        }
    }

    /** How many free answers there are. */
    private static int free(RunFolder run) {
        int free = 0;
        for (String task : run.tasks()) {
            if (Tasks.named(task) instanceof JudgedTask) {
                try (Stream<Outcome> outcomes = run.outcomes(task)) {
                    free += (int) outcomes.filter(one -> one.answered() != null).count();
                }
            }
        }
        return free;
    }
}
