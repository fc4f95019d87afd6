package org.jocular.eval.report;

import java.util.List;
import java.util.TreeSet;
import org.jocular.eval.run.Manifest;
import org.jspecify.annotations.Nullable;

/** Whether two runs were asked the same questions; prompts may differ, since every system has its own. */
final class DataDifference {
    private DataDifference() {}

    /** The first difference, as the end of a sentence that names the two; null if there is none. */
    static @Nullable String between(Manifest first, Manifest second) {
        TreeSet<String> names = names(first);
        if (!names.equals(names(second))) {
            return "tasks %s, not %s".formatted(String.join(", ", names), String.join(", ", names(second)));
        }
        for (String name : names) {
            String difference = between(first.task(name), second.task(name));
            if (difference != null) {
                return name + ", " + difference;
            }
        }
        return null;
    }

    private static @Nullable String between(Manifest.TaskPart first, Manifest.TaskPart second) {
        if (first.offset() != second.offset() || first.samples() != second.samples()) {
            return "%d questions from number %d on, not %d from %d on"
                    .formatted(first.samples(), first.offset(), second.samples(), second.offset());
        }
        // By content alone: the same file may lie in a folder of another name.
        return hashes(first).equals(hashes(second)) ? null : "files %s, not %s".formatted(files(first), files(second));
    }

    private static TreeSet<String> names(Manifest manifest) {
        return new TreeSet<>(
                manifest.tasks().stream().map(Manifest.TaskPart::task).toList());
    }

    private static List<String> hashes(Manifest.TaskPart part) {
        return part.files().stream().map(Manifest.DataPart::sha256).sorted().toList();
    }

    private static String files(Manifest.TaskPart part) {
        return String.join(
                " and ",
                part.files().stream()
                        .map(file -> "%s (SHA-256 %s…)"
                                .formatted(
                                        file.file(),
                                        file.sha256()
                                                .substring(
                                                        0,
                                                        Math.min(
                                                                12,
                                                                file.sha256().length()))))
                        .toList());
    }
}
