package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
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
        SequencedSet<String> tasks = new LinkedHashSet<>();
        runs.forEach(run -> run.tasks().forEach(task -> tasks.add(task.name())));
        for (String name : tasks) {
            inTask("wordings", name, names, runs, task -> task.part().wording(), notes);
            inTask(
                    "decoding settings",
                    name,
                    names,
                    runs,
                    task -> String.valueOf(task.part().decoding()),
                    notes);
            inTask("judges", name, names, runs, task -> String.valueOf(task.judge()), notes);
            inTask("numbers of answered questions", name, names, runs, task -> Figures.count(task.answered()), notes);
        }
        for (int i = 0; i < runs.size(); i++) {
            String run = names.get(i);
            Notes.ofFigures(runs.get(i)).forEach(note -> notes.add("%s: %s".formatted(run, note)));
        }
        notes.add(Notes.intervals(settings.bootstrap()));
        notes.add(
                "In each column every system is tested against the best one, on the questions that both answered: a paired bootstrap by "
                        + "picture, and McNemar's test by question where the figure is an accuracy. p-values are adjusted by Holm's method, each "
                        + "kind for all tests made here. The best one was found by the same answers, which flatters it a little.");
        return notes;
    }

    private static void inTask(
            String what,
            String name,
            List<String> names,
            List<ScoredRun> runs,
            Function<ScoredTask, String> value,
            List<String> notes) {
        SequencedMap<String, List<String>> runsOf = new LinkedHashMap<>();
        String title = name;
        for (int i = 0; i < runs.size(); i++) {
            for (ScoredTask task : runs.get(i).tasks()) {
                if (task.name().equals(name)) {
                    title = task.task().title();
                    runsOf.computeIfAbsent(value.apply(task), first -> new ArrayList<>())
                            .add(names.get(i));
                }
            }
        }
        add("%s: %s".formatted(title, what), runsOf, notes);
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
                                    .collect(Collectors.joining(", "))));
        }
    }
}
