package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.report.AblationTable.Column;
import org.jocular.eval.report.AblationTable.Row;
import org.jocular.eval.report.BarChart.Bar;

/** The bars of a table: a drawing for each column. */
final class AblationChart {
    private static final int SIDE_BY_SIDE = 2;
    private static final int TITLE = 26;
    private static final int GAP = 18;

    /** As {@code .chart} has it in page.css, whose variables stand above this. */
    private static final String STYLE = """
            text { fill: var(--ink); font: 12.5px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
            .tick { fill: var(--soft); font-size: 11px; }
            .title { font-size: 14px; font-weight: 600; }
            """;

    private AblationChart() {}

    /** For a page. */
    static String html(AblationTable table, List<Column> columns) {
        StringBuilder html = new StringBuilder("<div class=\"charts\">\n");
        for (int column = 0; column < columns.size(); column++) {
            List<Bar> bars = bars(table, columns, column);
            if (!bars.isEmpty()) {
                html.append(BarChart.svg(columns.get(column).full(), bars));
            }
        }
        return html.append("</div>\n").toString();
    }

    /** A file of its own, that follows light and dark dress by itself. */
    static String svg(AblationTable table, List<Column> columns) {
        int cell = TITLE + BarChart.height(table.rows().size()) + GAP;
        StringBuilder panels = new StringBuilder();
        int count = 0;
        for (int column = 0; column < columns.size(); column++) {
            List<Bar> bars = bars(table, columns, column);
            if (bars.isEmpty()) {
                continue;
            }
            int x = GAP + count % SIDE_BY_SIDE * (BarChart.WIDTH + GAP);
            int y = GAP + count++ / SIDE_BY_SIDE * cell;
            String title = columns.get(column).full();
            String place = "x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                    .formatted(x, y + TITLE, BarChart.WIDTH, BarChart.height(bars.size()));
            panels.append("<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n"
                            .formatted(x, y + TITLE / 2, Html.escape(title)))
                    .append(BarChart.drawing(title, bars, place))
                    .append('\n');
        }
        int width = GAP + SIDE_BY_SIDE * (BarChart.WIDTH + GAP);
        int height = GAP + Math.ceilDiv(count, SIDE_BY_SIDE) * cell;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                        .formatted(width, height, Html.escape(table.title()))
                + "<style>\n%s%s</style>\n".formatted(variables(), STYLE)
                + "<rect width=\"100%\" height=\"100%\" fill=\"var(--card)\"/>\n"
                + panels
                + "</svg>\n";
    }

    /** The page's colours, which stand at the beginning of its style sheet. */
    private static String variables() {
        String css = Template.resource("page.css");
        return css.substring(0, css.indexOf("* {"));
    }

    /** Rows without the figure have no bar. */
    private static List<Bar> bars(AblationTable table, List<Column> columns, int column) {
        List<Bar> bars = new ArrayList<>();
        for (Row row : table.rows()) {
            SeedSummary summary = row.summary(column);
            if (Double.isFinite(summary.mean())) {
                bars.add(Bar.of(row.name(), summary, columns.get(column).most()));
            }
        }
        return bars;
    }
}
