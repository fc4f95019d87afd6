package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.metrics.McNemar;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.Result;
import org.jocular.eval.task.Task;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * Several runs side by side: a column for each headline, and in each every system tested against the best one on the questions that both
 * answered.
 *
 * @param names    of the runs, no two the same
 * @param columns  headlines, in the order of the first run that has them
 * @param settings of intervals and tests
 * @param common   whether figures are of the questions that all systems answered, because their data differ
 * @param notes    what a reader must know, one sentence each
 */
record Compared(
        List<String> names,
        List<ScoredRun> runs,
        List<Column> columns,
        ReportSettings settings,
        boolean common,
        List<String> notes) {

    /** Below this adjusted p-value a difference counts as one. */
    static final double SIGNIFICANT = 0.05;

    /**
     * A headline.
     *
     * @param benchmark as in tables, with which the title begins
     * @param figures of the runs in their order; null where a run has none
     * @param best    the run with the greatest figure
     * @param tests   of all other runs against it
     */
    record Column(
            String task,
            String benchmark,
            String title,
            @Nullable String judge,
            List<@Nullable Interval> figures,
            int best,
            List<Test> tests) {
        /** What the title says beside the benchmark. */
        String ownTitle() {
            return title.substring(benchmark.length()).strip();
        }

        /** Whether a run has the greatest figure, alone or with others. */
        boolean isBest(int run) {
            Interval figure = figures.get(run);
            Interval greatest = best < 0 ? null : figures.get(best);
            return figure != null && greatest != null && figure.estimate() == greatest.estimate();
        }

        @Nullable
        Test test(int run) {
            return tests.stream().filter(test -> test.run == run).findFirst().orElse(null);
        }
    }

    /**
     * A system against the best one.
     *
     * @param questions  that both answered
     * @param difference of the system from the best one, with the p-value of the paired bootstrap
     * @param mcNemar    null where the figure is no accuracy
     * @param holm       the bootstrap's p-value, adjusted for all tests of the comparison
     * @param holmMcNemar McNemar's, likewise; NaN without one
     */
    record Test(
            int run,
            int questions,
            ClusterBootstrap.Comparison difference,
            @Nullable McNemar mcNemar,
            double holm,
            double holmMcNemar) {
        boolean significant() {
            return holm < SIGNIFICANT;
        }
    }

    static Compared of(
            List<RunFolder> folders,
            boolean allowDifferentData,
            ReportSettings settings,
            Function<String, Task> tasks) {
        if (folders.size() < 2) {
            throw new BadInput("There is nothing to compare: %d run, expected two or more".formatted(folders.size()));
        }
        List<String> notes = new ArrayList<>();
        boolean different = false;
        for (RunFolder folder : folders.subList(1, folders.size())) {
            String difference = DataDifference.between(folders.getFirst().manifest(), folder.manifest());
            if (difference != null && !allowDifferentData) {
                throw new BadInput(
                        "%s and %s cannot be set side by side, their data differ: %s; --different-data compares what they have in common"
                                .formatted(folders.getFirst().dir(), folder.dir(), difference));
            }
            if (difference != null) {
                notes.add("Data differ between %s and %s: %s; figures and tests are of the common questions alone."
                        .formatted(
                                folders.getFirst().dir().getFileName(),
                                folder.dir().getFileName(),
                                difference));
                different = true;
            }
        }
        List<ScoredRun> runs = folders.stream()
                .map(folder -> ScoredRun.of(folder, settings.bootstrap(), tasks))
                .toList();
        List<Column> columns = new ArrayList<>();
        for (SequencedMap<Integer, ScoredTask> task : byTask(runs).values()) {
            columns.addAll(new ComparedTask(runs.size(), task, different, settings.bootstrap()).columns());
        }
        List<String> names = names(runs);
        notes.addAll(ComparisonNotes.of(names, runs, settings));
        return new Compared(names, runs, adjusted(columns), settings, different, List.copyOf(notes));
    }

    private static SequencedMap<String, SequencedMap<Integer, ScoredTask>> byTask(List<ScoredRun> runs) {
        SequencedMap<String, SequencedMap<Integer, ScoredTask>> tasks = new LinkedHashMap<>();
        for (int run = 0; run < runs.size(); run++) {
            for (ScoredTask task : runs.get(run).tasks()) {
                tasks.computeIfAbsent(task.name(), first -> new LinkedHashMap<>())
                        .put(run, task);
            }
        }
        return tasks;
    }

    /** Tells runs of one model apart by their folders. */
    private static List<String> names(List<ScoredRun> runs) {
        Map<String, Integer> times = new HashMap<>();
        runs.forEach(run -> times.merge(run.name(), 1, Integer::sum));
        List<String> names = new ArrayList<>();
        for (ScoredRun run : runs) {
            String name = times.getOrDefault(run.name(), 0) == 1
                    ? run.name()
                    : "%s, %s".formatted(run.name(), run.folder().dir().getFileName());
            String unique = name;
            for (int again = 2; names.contains(unique); again++) {
                unique = name + " #" + again;
            }
            names.add(unique);
        }
        return names;
    }

    private static List<Column> adjusted(List<Column> columns) {
        double[] holm = Holm.adjust(columns.stream()
                .flatMap(column -> column.tests.stream())
                .mapToDouble(test -> test.difference.pValue())
                .toArray());
        double[] holmMcNemar = Holm.adjust(columns.stream()
                .flatMap(column -> column.tests.stream())
                .filter(test -> test.mcNemar != null)
                .mapToDouble(test -> test.mcNemar.pValue())
                .toArray());
        List<Column> adjusted = new ArrayList<>();
        int at = 0;
        int atMcNemar = 0;
        for (Column column : columns) {
            List<Test> tests = new ArrayList<>();
            for (Test test : column.tests) {
                tests.add(new Test(
                        test.run,
                        test.questions,
                        test.difference,
                        test.mcNemar,
                        holm[at++],
                        test.mcNemar == null ? Double.NaN : holmMcNemar[atMcNemar++]));
            }
            adjusted.add(new Column(
                    column.task, column.benchmark, column.title, column.judge, column.figures, column.best, tests));
        }
        return adjusted;
    }

    /** A headline of a run by its column; null where it has none. */
    static Result.@Nullable Headline headline(ScoredTask task, String title) {
        return task.headlines().stream()
                .filter(headline -> task.title(headline).equals(title))
                .findFirst()
                .orElse(null);
    }
}
