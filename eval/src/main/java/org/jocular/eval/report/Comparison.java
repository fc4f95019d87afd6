package org.jocular.eval.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;
import org.jocular.tensor.BadInput;

/** Sets several runs side by side as papers do, with tests of whether they differ. */
public final class Comparison {
    private Comparison() {}

    /**
     * Compares runs and writes comparison.html, .md, .csv and .json.
     *
     * @param runs               folders of finished runs, at least two
     * @param out                folder, made where there is none
     * @param allowDifferentData whether to compare runs of different data by the questions that they have in common
     * @return the table for a terminal, and below it what must be known about it
     * @throws BadInput if the data differ and that is not allowed
     */
    public static String write(List<Path> runs, Path out, boolean allowDifferentData) {
        return write(runs, out, allowDifferentData, ReportSettings.DEFAULT, Tasks::named);
    }

    /** @param tasks the benchmark of a name */
    public static String write(
            List<Path> runs,
            Path out,
            boolean allowDifferentData,
            ReportSettings settings,
            Function<String, Task> tasks) {
        Compared compared =
                Compared.of(runs.stream().map(RunFolder::open).toList(), allowDifferentData, settings, tasks);
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(out, e.getMessage()), e);
        }
        return new CompareReport(compared).write(out);
    }
}
