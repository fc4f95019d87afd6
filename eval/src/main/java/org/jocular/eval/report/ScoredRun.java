package org.jocular.eval.report;

import java.util.List;
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

    /** The model's folder and what system it is, unless the one says the other. */
    String name() {
        String name = field("name");
        return name.isEmpty() || name.equals(system()) ? system() : "%s (%s)".formatted(name, system());
    }

    private String field(String name) {
        Object value = manifest().model().get(name);
        return value == null ? "" : value.toString();
    }
}
