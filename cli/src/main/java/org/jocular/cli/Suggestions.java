package org.jocular.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Finds what somebody meant who mistyped the name of a command or an option; picocli's own search misses swapped letters. */
final class Suggestions {
    private Suggestions() {}

    /** The nearest name to the first argument that is unknown, or null where none is near. */
    static @Nullable String nearest(CommandLine command) {
        List<String> unknown = command.getUnmatchedArguments();
        if (unknown.isEmpty()) {
            return null;
        }
        String wrong = unknown.getFirst().replaceFirst("=.*", "");
        List<String> names = new ArrayList<>(command.getSubcommands().keySet());
        names.addAll(command.getCommandSpec().optionsMap().keySet());
        String nearest = null;
        int least = 1 + wrong.length() / 3;
        for (String name : names) {
            int distance = distance(wrong, name);
            if (distance <= least && distance < name.length() - 1) {
                nearest = name;
                least = distance - 1;
            }
        }
        return nearest;
    }

    /** Insertions, deletions, replacements and swaps of neighbours that turn one into the other (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (same ? 0 : 1));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
