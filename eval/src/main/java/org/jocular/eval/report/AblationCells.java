package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jocular.eval.report.AblationTable.Column;
import org.jocular.eval.report.AblationTable.Difference;
import org.jocular.eval.report.AblationTable.Row;

/** A table of an ablation, cell by cell, in one markup or the other. */
record AblationCells(List<Column> columns, AblationTable table, Markup markup) {
    static final Markup MARKDOWN = new Markup(Markdown::escape, "**%s**", "<br><sub>%s</sub>");
    static final Markup HTML = new Markup(Html::escape, "<strong>%s</strong>", "<small>%s</small>");

    /**
     * How text is written.
     *
     * @param bold  around what stands out
     * @param small around what stands below, in small letters
     */
    record Markup(UnaryOperator<String> escape, String bold, String small) {
        String of(String text) {
            return escape.apply(text);
        }
    }

    List<String> head(String first) {
        List<String> head = new ArrayList<>(List.of(first));
        columns.forEach(column -> head.add(markup.of(column.full())));
        return head;
    }

    /** A line for each row. */
    List<List<String>> figures() {
        List<List<String>> lines = new ArrayList<>();
        for (Row row : table.rows()) {
            List<String> cells = new ArrayList<>(List.of(markup.of(row.name())));
            for (int column = 0; column < columns.size(); column++) {
                cells.add(markup.of(row.summary(column).shown()));
            }
            lines.add(cells);
        }
        return lines;
    }

    /** A line for each difference. */
    List<List<String>> differences() {
        List<List<String>> lines = new ArrayList<>();
        for (Difference difference : table.differences()) {
            List<String> cells = new ArrayList<>(List.of(markup.of(difference.shown())));
            for (int column = 0; column < columns.size(); column++) {
                cells.add(difference(table.summary(difference, column)));
            }
            lines.add(cells);
        }
        return lines;
    }

    private String difference(SeedSummary summary) {
        String mean = Figures.signed(summary.mean());
        String cell = summary.isClear() ? markup.bold.formatted(mean) : mean;
        return Double.isFinite(summary.low())
                ? cell
                        + markup.small.formatted(markup.of(summary.signedInterval()))
                        + markup.small.formatted(markup.of(summary.signedValues()))
                : cell;
    }
}
