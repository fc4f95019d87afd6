package org.jocular.eval.report;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.run.Manifest;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.Task;

/** A run, scored. */
record ScoredRun(RunFolder folder, List<ScoredTask> tasks) {
    /** @param tasks the benchmark of a name */
    static ScoredRun of(RunFolder folder, ClusterBootstrap.Settings bootstrap, Function<String, Task> tasks) {
        return new ScoredRun(
                folder,
                folder.manifest().tasks().stream()
                        .map(part -> ScoredTask.of(folder, part, tasks.apply(part.task()), bootstrap))
                        .toList());
    }

    Manifest manifest() {
        return folder.manifest();
    }

    String system() {
        return field("system");
    }

    /** The model's folder and what system it is, unless that is part of the folder's name. */
    String name() {
        String name = field("name");
        if (name.isEmpty()) {
            return system();
        }
        return letters(name).contains(letters(system())) ? name : "%s (%s)".formatted(name, system());
    }

    /** MiniGPT-4, minigpt4 and minigpt_4 are one. */
    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private String field(String name) {
        Object value = manifest().model().get(name);
        return value == null ? "" : value.toString();
    }
}
