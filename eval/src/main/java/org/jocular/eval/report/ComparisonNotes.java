package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What must be known about runs that stand side by side: where they were not treated alike, and what each one's own report says. */
final class ComparisonNotes {
    private ComparisonNotes() {}

    static List<String> of(List<String> names, List<ScoredRun> runs, ReportSettings settings) {
        List<String> notes = new ArrayList<>();
        differing(
                "Dtypes",
                names,
                runs,
                run -> String.valueOf(run.manifest().model().get("dtype")),
                notes);
        differing("Versions of Jocular", names, runs, run -> run.manifest().version(), notes);
        inTasks("Wordings", names, runs, task -> task.part().wording(), notes);
        inTasks("Decoding settings", names, runs, task -> Figures.settings(unlike(task, runs)), notes);
        inTasks("Judges", names, runs, task -> String.valueOf(task.judge()), notes);
        inTasks("Numbers of answered questions", names, runs, task -> Figures.count(task.answered()), notes);
        SequencedMap<String, List<String>> runsOf = new LinkedHashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            for (String note : Notes.ofFigures(runs.get(i))) {
                runsOf.computeIfAbsent(note, first -> new ArrayList<>()).add(names.get(i));
            }
        }
        runsOf.forEach((note, of) ->
                notes.add(of.size() == runs.size() ? note : "%s: %s".formatted(String.join(", ", of), note)));
        notes.add(Notes.intervals(settings.bootstrap()));
        notes.add(
                "In each column every system is tested against the best one, on the questions that both answered: a paired bootstrap by "
                        + "picture, and McNemar's test by question where the figure is an accuracy. p-values are adjusted by Holm's method, each "
                        + "kind for all tests made here. The best one was found by the same answers, which flatters it a little.");
        return notes;
    }

    /** Those decoding settings of a benchmark in which the runs are not all alike. */
    private static SequencedMap<String, Object> unlike(ScoredTask of, List<ScoredRun> runs) {
        SequencedMap<String, Object> settings = new LinkedHashMap<>(of.part().decoding());
        settings.entrySet()
                .removeIf(setting -> runs.stream()
                        .flatMap(run -> run.tasks().stream())
                        .filter(task -> task.name().equals(of.name()))
                        .allMatch(task ->
                                setting.getValue().equals(task.part().decoding().get(setting.getKey()))));
        return settings;
    }

    /** Benchmarks in which the same runs differ in the same way share a note. */
    private static void inTasks(
            String what,
            List<String> names,
            List<ScoredRun> runs,
            Function<ScoredTask, String> value,
            List<String> notes) {
        SequencedMap<String, SequencedMap<String, List<String>>> runsOf = new LinkedHashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            for (ScoredTask task : runs.get(i).tasks()) {
                runsOf.computeIfAbsent(task.task().title(), first -> new LinkedHashMap<>())
                        .computeIfAbsent(value.apply(task), first -> new ArrayList<>())
                        .add(names.get(i));
            }
        }
        SequencedMap<SequencedMap<String, List<String>>, List<String>> alike = new LinkedHashMap<>();
        runsOf.forEach((title, of) ->
                alike.computeIfAbsent(of, first -> new ArrayList<>()).add(title));
        alike.forEach((of, titles) -> add("%s of %s".formatted(what, String.join(", ", titles)), of, notes));
    }

    private static void differing(
            String what,
            List<String> names,
            List<ScoredRun> runs,
            Function<ScoredRun, String> value,
            List<String> notes) {
        SequencedMap<String, List<String>> runsOf = new LinkedHashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            runsOf.computeIfAbsent(value.apply(runs.get(i)), first -> new ArrayList<>())
                    .add(names.get(i));
        }
        add(what, runsOf, notes);
    }

    private static void add(String what, SequencedMap<String, List<String>> runsOf, List<String> notes) {
        if (runsOf.size() > 1) {
            notes.add("%s differ: %s."
                    .formatted(
                            what,
                            runsOf.entrySet().stream()
                                    .map(entry ->
                                            "%s (%s)".formatted(entry.getKey(), String.join(", ", entry.getValue())))
                                    .collect(Collectors.joining("; "))));
        }
    }
}
