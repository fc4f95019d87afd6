package org.jocular.eval.task;

import java.util.List;
import org.jocular.tensor.BadInput;

/** All benchmarks. */
public final class Tasks {
    public static final List<Task> ALL = List.of(
            new LlavaBenchTask(LlavaBenchTask.Edition.COCO),
            new LlavaBenchTask(LlavaBenchTask.Edition.WILD),
            new NoCapsTask(),
            new VsrTask("zeroshot"),
            new VsrTask("random"),
            new ScienceQaTask(false),
            new ScienceQaTask(true),
            new VqaTask(),
            new PopeTask(),
            new MmeTask(),
            new GqaTask());

    private Tasks() {}

    /** Whether any benchmark can be asked in these words. */
    public static boolean haveWording(String name) {
        return ALL.stream()
                .flatMap(task -> task.wordings().stream())
                .anyMatch(wording -> wording.name().equals(name));
    }

    /** The benchmark of this name. */
    public static Task named(String name) {
        return ALL.stream()
                .filter(task -> task.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BadInput("%s is no task, expected one of %s"
                        .formatted(
                                name,
                                String.join(", ", ALL.stream().map(Task::name).toList()))));
    }
}
