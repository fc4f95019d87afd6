package org.jocular.eval.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.report.BarChart.Bar;
import org.jocular.eval.run.Atomically;
import org.jocular.eval.run.Manifest;
import org.jocular.eval.task.Result;
import org.jspecify.annotations.Nullable;

/** report.html: a run's figures, charts, samples and manifest in one file that asks nothing of any network. */
final class Report {
    private final ScoredRun run;
    private final Path data;
    private final ReportSettings settings;

    Report(ScoredRun run, Path data, ReportSettings settings) {
        this.run = run;
        this.data = data;
        this.settings = settings;
    }

    void write(Path file) {
        Map<String, Atomically.Content> gaps = Map.of(
                "title", Template.text(Html.escape(run.name())),
                "heading", Template.text(heading()),
                "main", this::main);
        Atomically.write(file, out -> Template.write(out, gaps, Template.resource("samples.js")));
    }

    private String heading() {
        long tasks = run.tasks().size();
        return "<h1>%s</h1>\n<p class=\"lead\">%s · %s · %s questions of %d benchmark%s</p>"
                .formatted(
                        Html.escape(run.name()),
                        Html.escape(run.system()),
                        Html.escape(String.valueOf(run.manifest().model().getOrDefault("dtype", ""))),
                        Figures.count(run.folder().size()),
                        tasks,
                        tasks == 1 ? "" : "s");
    }

    private void main(OutputStream out) throws IOException {
        Template.text(out, "<section aria-labelledby=\"figures\"><h2 id=\"figures\">Figures</h2>\n");
        Template.text(out, table());
        Template.text(out, Html.list(Notes.of(run, settings)));
        Template.text(out, charts());
        Template.text(
                out, "</section>\n<section aria-labelledby=\"benchmarks\"><h2 id=\"benchmarks\">Benchmarks</h2>\n");
        for (ScoredTask task : run.tasks()) {
            Template.text(out, benchmark(task));
        }
        Template.text(out, "</section>\n");
        new SampleBrowser(run, data, settings).write(out);
        Template.text(out, "<section aria-labelledby=\"manifest\"><h2 id=\"manifest\">Manifest</h2>\n");
        Template.text(out, "<details><summary>All that is needed to repeat this run</summary><pre tabindex=\"0\">");
        Template.text(out, Html.escape(Json.pretty(run.manifest())));
        Template.text(out, "</pre></details></section>\n");
    }

    private String table() {
        List<Html.Group> groups = new ArrayList<>();
        List<String> row = new ArrayList<>(List.of(Html.escape(run.name())));
        for (ScoredTask task : run.tasks()) {
            List<String> columns = new ArrayList<>();
            for (int i = 0; i < task.headlines().size(); i++) {
                columns.add(Html.escape(task.headlines().get(i).title()));
                row.add(figure(task.intervals().get(i)));
            }
            if (columns.isEmpty()) {
                columns.add("");
                row.add(Figures.NONE);
            }
            groups.add(new Html.Group(Html.escape(task.task().title()) + judge(task.judge()), columns));
        }
        return Html.table("Headline figures", "System", groups, List.of(row));
    }

    /** Who marked, to stand under a title. */
    static String judge(@Nullable String judge) {
        return judge == null ? "" : "<small>%s</small>".formatted(Html.escape(judge));
    }

    static String figure(Interval interval) {
        return "%s<small>%s</small>".formatted(Figures.headline(interval.estimate()), Figures.interval(interval));
    }

    /** Percents share a chart; figures that go beyond have one for each benchmark. */
    private String charts() {
        Map<String, List<Bar>> charts = new LinkedHashMap<>();
        for (ScoredTask task : run.tasks()) {
            boolean percents = task.intervals().stream().allMatch(interval -> interval.high() <= 100);
            for (int i = 0; i < task.intervals().size(); i++) {
                Result.Headline headline = task.headlines().get(i);
                String judged = task.judge() == null ? "" : " (%s)".formatted(task.judge());
                boolean together = percents && judged.isEmpty();
                String title = together ? "Headlines" : task.task().title() + judged;
                String label = together || headline.title().isEmpty() ? task.title(headline) : headline.title();
                Bar bar = Bar.of(label, task.intervals().get(i), false);
                charts.computeIfAbsent(title, first -> new ArrayList<>()).add(bar);
            }
        }
        StringBuilder html = new StringBuilder("<div class=\"charts\">\n");
        charts.forEach((title, bars) -> html.append(BarChart.svg(title, bars)));
        return html.append("</div>\n").toString();
    }

    private String benchmark(ScoredTask task) {
        Manifest.TaskPart part = task.part();
        StringBuilder html = new StringBuilder(
                "<details class=\"card\"%s><summary><h3>%s</h3> <span>%s of %s answered%s</span></summary>\n"
                        .formatted(
                                run.tasks().size() == 1 ? " open" : "",
                                Html.escape(task.task().title()),
                                Figures.count(task.answered()),
                                Figures.count(task.asked()),
                                task.judge() == null ? "" : " · " + Html.escape(task.judge())));
        html.append(Html.list(task.notes()));
        html.append("<dl>");
        entry(html, "Wording", "%s — %s".formatted(part.wording(), part.source()));
        entry(html, "Prompt", "%s — %s".formatted(part.preset(), part.template()));
        entry(html, "Decoding", Figures.settings(part.decoding()));
        html.append("</dl>\n<div class=\"charts\">\n");
        for (MetricGroups.Group group : MetricGroups.of(task)) {
            html.append(BarChart.svg(group.title().isEmpty() ? task.task().title() : group.title(), group.bars()));
        }
        html.append("</div>\n");
        List<List<String>> rows = new ArrayList<>();
        task.metrics().forEach((name, value) -> rows.add(List.of(Html.escape(name), Figures.metric(value))));
        if (!rows.isEmpty()) {
            html.append(Html.table("All figures of " + task.task().title(), 1, List.of("Figure", "Value"), rows));
        }
        return html.append("</details>\n").toString();
    }

    private static void entry(StringBuilder html, String term, String text) {
        html.append("<dt>")
                .append(term)
                .append("</dt><dd>")
                .append(Html.escape(text))
                .append("</dd>");
    }
}
