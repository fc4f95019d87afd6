package org.jocular.eval.report;

import java.util.List;
import java.util.stream.Collectors;

/** Tables and lists in GitHub's Markdown. */
final class Markdown {
    private Markdown() {}

    /** Text of which nothing is taken for markup; on one line, since a table has no other. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replaceAll("([\\\\`*_\\[\\]|~#])", "\\\\$1")
                .replace("<", "&lt;")
                .replaceAll("\\R", "<br>")
                .replaceAll("\\p{Cntrl}", " ");
    }

    static String bold(String escaped) {
        return "**" + escaped + "**";
    }

    /** @param rows of escaped text; the first column is set left, all others right */
    static String table(List<String> head, List<List<String>> rows) {
        StringBuilder text = new StringBuilder(line(head));
        text.append("|---|").append("---:|".repeat(head.size() - 1)).append('\n');
        rows.forEach(row -> text.append(line(row)));
        return text.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    static String list(List<String> items) {
        return items.stream().map(item -> "- " + escape(item) + "\n").collect(Collectors.joining());
    }
}
