package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.metrics.ClusterBootstrap;

/** What stands below every table of a run. */
final class Notes {
    private Notes() {}

    /** How to read the figures, and all that is to be known about them. */
    static List<String> of(ScoredRun run, ReportSettings settings) {
        List<String> notes = new ArrayList<>(ofFigures(run));
        notes.add(intervals(settings.bootstrap()));
        return notes;
    }

    /** Who marked and how that went, and what is missing. */
    static List<String> ofFigures(ScoredRun run) {
        List<String> notes = new ArrayList<>();
        for (ScoredTask task : run.tasks()) {
            if (task.judge() != null) {
                notes.add("%s: %s".formatted(task.task().title(), task.judge()));
            }
            task.notes()
                    .forEach(note -> notes.add("%s: %s".formatted(task.task().title(), note)));
        }
        run.manifest().judgeNotes().forEach(note -> notes.add("Judge: " + note));
        return notes;
    }

    static String intervals(ClusterBootstrap.Settings bootstrap) {
        return "Brackets hold %s %% intervals: %s bootstrap resamples by picture, not by question, seed %d."
                .formatted(Figures.percent(bootstrap.level()), Figures.count(bootstrap.resamples()), bootstrap.seed());
    }
}
