package org.jocular.eval.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.metrics.McNemar;
import org.jocular.eval.report.BarChart.Bar;
import org.jocular.eval.report.Compared.Column;
import org.jocular.eval.report.Compared.Test;
import org.jocular.eval.run.Atomically;
import org.jocular.eval.run.Manifest;

/** A comparison as a page, as Markdown, CSV and JSON. */
final class CompareReport {
    /** Stands behind figures that cannot be told from the best one. */
    private static final String TIE = "†";

    private static final String TIE_MEANS =
            "Best figures in bold; † marks those that the paired bootstrap cannot tell from them (adjusted p ≥ 0.05).";

    private final Compared comparison;

    CompareReport(Compared comparison) {
        this.comparison = comparison;
    }

    /** @return the table for a terminal */
    String write(Path out) {
        Atomically.writeJson(out.resolve("comparison.json"), CompareFiles.json(comparison));
        Atomically.write(out.resolve("comparison.csv"), CompareFiles.csv(comparison));
        Atomically.write(out.resolve("comparison.md"), markdown());
        Map<String, Atomically.Content> gaps = Map.of(
                "title", Template.text("Comparison"),
                "heading",
                        Template.text("<h1>Systems side by side</h1>\n<p class=\"lead\">%s</p>"
                                .formatted(Html.escape(String.join(" · ", comparison.names())))),
                "main", Template.text(html()));
        Atomically.write(out.resolve("comparison.html"), page -> Template.write(page, gaps, ""));
        return text();
    }

    /** A figure with its mark; empty where the run has none. */
    private String value(Column column, int run) {
        Interval figure = column.figures().get(run);
        return figure == null ? Figures.NONE : Figures.headline(figure.estimate()) + (isTie(column, run) ? TIE : "");
    }

    private static boolean isTie(Column column, int run) {
        Test test = column.test(run);
        return test != null && !test.significant();
    }

    private static String interval(Column column, int run) {
        Interval figure = column.figures().get(run);
        return figure == null ? "" : Figures.interval(figure);
    }

    private String html() {
        SequencedMap<String, Html.Group> groups = new LinkedHashMap<>();
        for (Column column : comparison.columns()) {
            groups.computeIfAbsent(
                            column.task(),
                            task -> new Html.Group(
                                    Html.escape(column.benchmark()) + Report.judge(column.judge()), new ArrayList<>()))
                    .columns()
                    .add(Html.escape(column.ownTitle()));
        }
        List<List<String>> rows = new ArrayList<>();
        StringBuilder charts = new StringBuilder("<div class=\"charts\">\n");
        for (int run = 0; run < comparison.names().size(); run++) {
            List<String> row =
                    new ArrayList<>(List.of(Html.escape(comparison.names().get(run))));
            for (Column column : comparison.columns()) {
                String value = value(column, run);
                row.add("%s<small>%s</small>"
                        .formatted(
                                column.isBest(run) ? "<strong>%s</strong>".formatted(value) : value,
                                interval(column, run)));
            }
            rows.add(row);
        }
        for (Column column : comparison.columns()) {
            charts.append(BarChart.svg(
                    column.title() + (column.judge() == null ? "" : " (%s)".formatted(column.judge())), bars(column)));
        }
        List<String> notes = new ArrayList<>(List.of(TIE_MEANS));
        notes.addAll(comparison.notes());
        return "<section aria-labelledby=\"figures\"><h2 id=\"figures\">Figures</h2>\n"
                + Html.table("Systems and benchmarks", "System", List.copyOf(groups.values()), rows)
                + Html.list(notes)
                + charts.append("</div>\n</section>\n")
                + "<section aria-labelledby=\"tests\"><h2 id=\"tests\">Differences from the best</h2>\n"
                + Html.table("Tests", 3, testHead(), escaped(testRows()))
                + "</section>\n<section aria-labelledby=\"asked\"><h2 id=\"asked\">How each was asked</h2>\n"
                + Html.table("Settings of the runs", 7, settingsHead(), escaped(settingsRows()))
                + "</section>\n";
    }

    private List<Bar> bars(Column column) {
        List<Bar> bars = new ArrayList<>();
        for (int run = 0; run < comparison.names().size(); run++) {
            Interval figure = column.figures().get(run);
            if (figure != null) {
                bars.add(Bar.of(comparison.names().get(run), figure, column.isBest(run)));
            }
        }
        return bars;
    }

    private static List<List<String>> escaped(List<List<String>> rows) {
        return rows.stream().map(row -> row.stream().map(Html::escape).toList()).toList();
    }

    private static List<String> testHead() {
        return List.of(
                "Figure",
                "System",
                "Best",
                "Difference",
                "Interval",
                "Questions",
                "p (Holm)",
                "Right where best is wrong",
                "Wrong where best is right",
                "McNemar’s p (Holm)");
    }

    private List<List<String>> testRows() {
        List<List<String>> rows = new ArrayList<>();
        for (Column column : comparison.columns()) {
            for (Test test : column.tests()) {
                Interval difference = test.difference().difference();
                McNemar mcNemar = test.mcNemar();
                rows.add(List.of(
                        column.title(),
                        comparison.names().get(test.run()),
                        comparison.names().get(column.best()),
                        Figures.signed(difference.estimate()),
                        "[%s, %s]".formatted(Figures.signed(difference.low()), Figures.signed(difference.high())),
                        Figures.count(test.questions()),
                        Figures.pValue(test.holm()),
                        mcNemar == null ? Figures.NONE : Figures.count(mcNemar.onlyFirst()),
                        mcNemar == null ? Figures.NONE : Figures.count(mcNemar.onlySecond()),
                        mcNemar == null ? Figures.NONE : Figures.pValue(test.holmMcNemar())));
            }
        }
        return rows;
    }

    private static List<String> settingsHead() {
        return List.of("System", "Benchmark", "Wording", "Prompt", "Decoding", "Answered", "Judge");
    }

    private List<List<String>> settingsRows() {
        List<List<String>> rows = new ArrayList<>();
        for (int run = 0; run < comparison.names().size(); run++) {
            for (ScoredTask task : comparison.runs().get(run).tasks()) {
                Manifest.TaskPart part = task.part();
                rows.add(List.of(
                        comparison.names().get(run),
                        task.task().title(),
                        part.wording(),
                        part.preset(),
                        Figures.settings(part.decoding()),
                        "%s of %s".formatted(Figures.count(task.answered()), Figures.count(task.asked())),
                        task.judge() == null ? Figures.NONE : task.judge()));
            }
        }
        return rows;
    }

    private String markdown() {
        List<String> head = new ArrayList<>(List.of("System"));
        comparison.columns().forEach(column -> head.add(Markdown.escape(column.title())));
        List<List<String>> rows = new ArrayList<>();
        for (int run = 0; run < comparison.names().size(); run++) {
            List<String> row =
                    new ArrayList<>(List.of(Markdown.escape(comparison.names().get(run))));
            for (Column column : comparison.columns()) {
                String value = value(column, run);
                row.add((column.isBest(run) ? Markdown.bold(value) : value)
                        + " "
                        + Markdown.escape(interval(column, run)));
            }
            rows.add(row);
        }
        List<String> notes = new ArrayList<>(List.of(TIE_MEANS));
        notes.addAll(comparison.notes());
        return "# Systems side by side\n\n"
                + Markdown.table(head, rows)
                + "\n"
                + Markdown.list(notes)
                + "\n## Differences from the best\n\n"
                + Markdown.table(testHead(), inMarkdown(testRows()))
                + "\n## How each was asked\n\n"
                + Markdown.table(settingsHead(), inMarkdown(settingsRows()));
    }

    private static List<List<String>> inMarkdown(List<List<String>> rows) {
        return rows.stream()
                .map(row -> row.stream().map(Markdown::escape).toList())
                .toList();
    }

    private String text() {
        List<String> head = new ArrayList<>(List.of("system"));
        comparison.columns().forEach(column -> head.add(column.title()));
        TextTable table = new TextTable(head);
        for (int run = 0; run < comparison.names().size(); run++) {
            List<String> row = new ArrayList<>(List.of(comparison.names().get(run)));
            for (Column column : comparison.columns()) {
                row.add("%s%s %s"
                        .formatted(column.isBest(run) ? "*" : "", value(column, run), interval(column, run))
                        .strip());
            }
            table.row(row);
        }
        StringBuilder text = new StringBuilder(table.toString());
        text.append("* best; † not told from it by the paired bootstrap (adjusted p ≥ 0.05)\n");
        comparison.notes().forEach(note -> text.append(note).append('\n'));
        return text.toString();
    }
}
