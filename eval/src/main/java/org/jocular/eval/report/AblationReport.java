package org.jocular.eval.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jocular.eval.report.AblationTable.Column;
import org.jocular.eval.report.AblationTable.Difference;
import org.jocular.eval.report.AblationTable.Row;
import org.jocular.eval.run.Atomically;
import org.jocular.tensor.BadInput;

/**
 * Ablations for people and programs.
 *
 * @param notes    what a reader of the figures must know, one sentence each
 * @param manifest what is needed to repeat them
 */
public record AblationReport(
        String title,
        List<Column> columns,
        List<AblationTable> tables,
        List<String> notes,
        SequencedMap<String, Object> manifest) {
    private static final List<String> MEANINGS = List.of(
            "Figures are means ± standard deviations over seeds; a seed moves all that is drawn, in every stage of a training.",
            "Differences are means of the differences seed by seed, with Student’s 95 % interval and each seed’s own difference;"
                    + " bold where the interval leaves 0 out. No correction is made for looking at many.");

    public AblationReport {
        columns = List.copyOf(columns);
        tables = List.copyOf(tables);
        notes = List.copyOf(notes);
    }

    /**
     * Writes ablations.md, an SVG for each table, report.html and results.json.
     *
     * @param out folder, made where there is none
     */
    public void write(Path out) {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(out, e.getMessage()), e);
        }
        for (AblationTable table : tables) {
            Atomically.write(out.resolve(table.name() + ".svg"), AblationChart.svg(table, columns));
        }
        Atomically.write(out.resolve("ablations.md"), markdown());
        Map<String, Atomically.Content> gaps = Map.of(
                "title", Template.text(Html.escape(title)),
                "heading", Template.text(heading()),
                "main", Template.text(html()));
        Atomically.write(out.resolve("report.html"), page -> Template.write(page, gaps, ""));
        Atomically.writeJson(out.resolve("results.json"), new AblationJson(this).all());
    }

    /** A table for a terminal. */
    public String text(AblationTable table) {
        List<String> head = new ArrayList<>(List.of(table.title()));
        columns.forEach(column -> head.add(column.title()));
        TextTable text = new TextTable(head);
        for (Row row : table.rows()) {
            List<String> cells = new ArrayList<>(List.of(row.name()));
            for (int column = 0; column < columns.size(); column++) {
                cells.add(row.summary(column).shown());
            }
            text.row(cells);
        }
        for (Difference difference : table.differences()) {
            List<String> cells = new ArrayList<>(List.of(difference.shown()));
            for (int column = 0; column < columns.size(); column++) {
                SeedSummary summary = table.summary(difference, column);
                cells.add(Figures.signed(summary.mean()) + (summary.isClear() ? "*" : ""));
            }
            text.row(cells);
        }
        return text.toString();
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# %s\n\n".formatted(Markdown.escape(title)));
        text.append(Markdown.list(allNotes()));
        for (AblationTable table : tables) {
            text.append("\n## %s\n\n%s Equal: %s.\n\n"
                    .formatted(
                            Markdown.escape(table.title()),
                            Markdown.escape(table.question()),
                            Markdown.escape(table.equal())));
            AblationCells cells = new AblationCells(columns, table, AblationCells.MARKDOWN);
            text.append(Markdown.table(cells.head(""), cells.figures()));
            if (!table.differences().isEmpty()) {
                text.append('\n').append(Markdown.table(cells.head("Difference"), cells.differences()));
            }
            text.append("\n![%s](%s.svg)\n".formatted(Markdown.escape(table.title()), table.name()));
        }
        return text.toString();
    }

    private String heading() {
        String all = tables.stream().map(AblationTable::title).collect(Collectors.joining(" · "));
        return "<h1>%s</h1>\n<p class=\"lead\">%s</p>".formatted(Html.escape(title), Html.escape(all));
    }

    private String html() {
        StringBuilder html = new StringBuilder(Html.list(allNotes()));
        for (AblationTable table : tables) {
            html.append("<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n"
                    .formatted(table.name(), table.name(), Html.escape(table.title())));
            html.append("<p class=\"lead\">%s Equal: %s.</p>\n"
                    .formatted(Html.escape(table.question()), Html.escape(table.equal())));
            AblationCells cells = new AblationCells(columns, table, AblationCells.HTML);
            html.append(Html.table("Figures", 1, cells.head(""), cells.figures()));
            if (!table.differences().isEmpty()) {
                html.append(Html.table("Differences", 1, cells.head("Difference"), cells.differences()));
            }
            html.append(AblationChart.html(table, columns)).append("</section>\n");
        }
        return html.append("<section aria-labelledby=\"manifest\"><h2 id=\"manifest\">Manifest</h2>\n")
                .append("<details><summary>All that is needed to repeat this</summary><pre tabindex=\"0\">")
                .append(Html.escape(Json.pretty(manifest)))
                .append("</pre></details></section>\n")
                .toString();
    }

    /** What holds for all such tables, then the notes. */
    List<String> allNotes() {
        List<String> all = new ArrayList<>(MEANINGS);
        all.addAll(notes);
        return all;
    }
}
