package org.jocular.eval.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.run.Atomically;
import org.jocular.eval.run.Manifest;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.Result;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a finished run comes to into its folder: results.json and a log of samples for each benchmark as lmms-eval has them,
 * results.csv, results.md and report.html. The files follow from the run's files and the pictures alone, to the byte.
 */
public final class Results {
    private Results() {}

    /**
     * Scores a run and writes all files.
     *
     * @param data where the run's pictures lie
     * @return the headlines as a table for a terminal, and below it what must be known about them
     */
    public static String write(RunFolder run, Path data) {
        return write(run, data, ReportSettings.DEFAULT, Tasks::named);
    }

    /** @param tasks the benchmark of a name */
    public static String write(RunFolder run, Path data, ReportSettings settings, Function<String, Task> tasks) {
        ScoredRun scored = ScoredRun.of(run, settings.bootstrap(), tasks);
        Path dir = run.dir();
        scored.tasks().forEach(task -> SampleLog.write(scored, task));
        Atomically.writeJson(dir.resolve("results.json"), ResultsJson.of(scored, settings));
        Atomically.write(dir.resolve("results.csv"), csv(scored));
        Atomically.write(dir.resolve("results.md"), markdown(scored, settings));
        new Report(scored, data, settings).write(dir.resolve("report.html"));
        return text(scored, settings);
    }

    private static String csv(ScoredRun run) {
        Csv csv = new Csv("task", "kind", "figure", "value", "low", "high", "asked", "answered", "judge");
        for (ScoredTask task : run.tasks()) {
            for (int i = 0; i < task.headlines().size(); i++) {
                Interval interval = task.intervals().get(i);
                csv.line(cells(
                        task.name(),
                        "headline",
                        task.title(task.headlines().get(i)),
                        interval.estimate(),
                        interval.low(),
                        interval.high(),
                        task.asked(),
                        task.answered(),
                        task.judge()));
            }
            task.metrics()
                    .forEach((name, value) -> csv.line(cells(
                            task.name(),
                            "metric",
                            name,
                            value,
                            null,
                            null,
                            task.asked(),
                            task.answered(),
                            task.judge())));
        }
        return csv.toString();
    }

    private static List<Object> cells(@Nullable Object... cells) {
        List<Object> list = new ArrayList<>();
        for (Object cell : cells) {
            list.add(cell == null ? "" : cell);
        }
        return list;
    }

    private static String markdown(ScoredRun run, ReportSettings settings) {
        List<String> head = new ArrayList<>(List.of("System"));
        List<String> row = new ArrayList<>(List.of(Markdown.escape(run.name())));
        for (ScoredTask task : run.tasks()) {
            for (int i = 0; i < task.headlines().size(); i++) {
                Interval interval = task.intervals().get(i);
                head.add(Markdown.escape(task.title(task.headlines().get(i))));
                row.add(Figures.headline(interval.estimate()) + " " + Markdown.escape(Figures.interval(interval)));
            }
        }
        StringBuilder text =
                new StringBuilder("# ").append(Markdown.escape(run.name())).append("\n\n");
        text.append(Markdown.table(head, List.of(row))).append('\n').append(Markdown.list(Notes.of(run, settings)));
        for (ScoredTask task : run.tasks()) {
            text.append("\n## ").append(Markdown.escape(task.task().title())).append("\n\n");
            Manifest.TaskPart part = task.part();
            text.append("%d of %d questions answered; wording %s (%s), prompt %s"
                    .formatted(
                            task.answered(),
                            task.asked(),
                            Markdown.escape(part.wording()),
                            Markdown.escape(part.source()),
                            Markdown.escape(part.preset())));
            text.append(task.judge() == null ? ".\n\n" : "; " + Markdown.escape(task.judge()) + ".\n\n");
            List<List<String>> metrics = new ArrayList<>();
            task.metrics().forEach((name, value) -> metrics.add(List.of(Markdown.escape(name), Figures.metric(value))));
            if (!metrics.isEmpty()) {
                text.append(Markdown.table(List.of("Figure", "Value"), metrics));
            }
        }
        return text.toString();
    }

    private static String text(ScoredRun run, ReportSettings settings) {
        String interval = Figures.percent(settings.bootstrap().level()) + " % interval";
        TextTable table = new TextTable(List.of(run.name(), "figure", interval, "answered"));
        for (ScoredTask task : run.tasks()) {
            String answered = "%s of %s".formatted(Figures.count(task.answered()), Figures.count(task.asked()));
            if (task.headlines().isEmpty()) {
                table.row(List.of(task.task().title(), Figures.NONE, Figures.NONE, answered));
            }
            for (int i = 0; i < task.headlines().size(); i++) {
                Result.Headline headline = task.headlines().get(i);
                Interval figure = task.intervals().get(i);
                table.row(List.of(
                        task.title(headline), Figures.headline(figure.estimate()), Figures.interval(figure), answered));
            }
        }
        StringBuilder text = new StringBuilder(table.toString());
        Notes.ofFigures(run).forEach(note -> text.append(note).append('\n'));
        return text.toString();
    }
}
