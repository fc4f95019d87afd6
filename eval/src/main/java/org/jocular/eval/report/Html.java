package org.jocular.eval.report;

import java.util.List;
import java.util.stream.Collectors;

/** Pieces of pages. */
final class Html {
    private Html() {}

    /** Text that stands for itself between tags and in quoted attributes. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(c < ' ' && c != '\n' && c != '\t' || c == 0x7f ? 0xFFFD : c);
            }
        });
        return escaped.toString();
    }

    /** JSON that no browser takes for the end of its script, whatever its texts say. */
    static String json(String json) {
        return json.replace("&", "\\u0026")
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /**
     * A table.
     *
     * @param texts how many of the first columns hold words, so that they are set left; the first is each row's head
     * @param rows  cells as HTML
     */
    static String table(String caption, int texts, List<String> head, List<List<String>> rows) {
        StringBuilder cells = new StringBuilder("<tr>");
        for (int i = 0; i < head.size(); i++) {
            cells.append(i < texts ? "<th class=\"text\" scope=\"col\">" : "<th scope=\"col\">")
                    .append(head.get(i))
                    .append("</th>");
        }
        return table(caption, texts, cells.append("</tr>").toString(), rows);
    }

    /**
     * Columns that belong together.
     *
     * @param title   above them, as HTML
     * @param columns their own heads, as HTML; empty where the title says it all
     */
    record Group(String title, List<String> columns) {}

    /** A table whose first column is the rows' heads, and whose others stand in groups. */
    static String table(String caption, String first, List<Group> groups, List<List<String>> rows) {
        StringBuilder titles =
                new StringBuilder("<tr><th class=\"text\" scope=\"col\" rowspan=\"2\">%s</th>".formatted(first));
        StringBuilder columns = new StringBuilder("<tr>");
        for (Group group : groups) {
            titles.append("<th class=\"group\" scope=\"colgroup\" colspan=\"%d\">%s</th>"
                    .formatted(group.columns.size(), group.title));
            group.columns.forEach(column ->
                    columns.append("<th scope=\"col\">").append(column).append("</th>"));
        }
        return table(
                caption, 1, titles.append("</tr>\n") + columns.append("</tr>").toString(), rows);
    }

    private static String table(String caption, int texts, String head, List<List<String>> rows) {
        StringBuilder html = new StringBuilder("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(escape(caption))
                .append("\"><table><caption>")
                .append(escape(caption))
                .append("</caption>\n<thead>")
                .append(head)
                .append("</thead>\n<tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr><th class=\"text\" scope=\"row\">")
                    .append(row.getFirst())
                    .append("</th>");
            for (int i = 1; i < row.size(); i++) {
                html.append(i < texts ? "<td class=\"text\">" : "<td>")
                        .append(row.get(i))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table></div>\n").toString();
    }

    static String list(List<String> items) {
        return items.isEmpty()
                ? ""
                : items.stream()
                        .map(item -> "<li>" + escape(item) + "</li>\n")
                        .collect(Collectors.joining("", "<ul class=\"notes\">\n", "</ul>\n"));
    }
}
