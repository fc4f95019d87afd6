package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.metrics.McNemar;
import org.jocular.eval.report.Compared.Column;
import org.jocular.eval.report.Compared.Test;

/** A comparison for programs. */
final class CompareFiles {
    private CompareFiles() {}

    static String csv(Compared comparison) {
        Csv csv = new Csv(
                "task",
                "figure",
                "system",
                "value",
                "low",
                "high",
                "best",
                "difference",
                "difference_low",
                "difference_high",
                "questions",
                "p",
                "p_holm",
                "mcnemar_p",
                "mcnemar_p_holm",
                "judge");
        for (Column column : comparison.columns()) {
            for (int run = 0; run < comparison.names().size(); run++) {
                Interval figure = column.figures().get(run);
                if (figure == null) {
                    continue;
                }
                List<Object> line = new ArrayList<>(List.of(
                        column.task(),
                        column.title(),
                        comparison.names().get(run),
                        figure.estimate(),
                        figure.low(),
                        figure.high(),
                        column.isBest(run)));
                Test test = column.test(run);
                if (test == null) {
                    line.addAll(Collections.nCopies(8, ""));
                } else {
                    Interval difference = test.difference().difference();
                    McNemar mcNemar = test.mcNemar();
                    line.addAll(List.of(
                            difference.estimate(),
                            difference.low(),
                            difference.high(),
                            test.questions(),
                            test.difference().pValue(),
                            test.holm(),
                            mcNemar == null ? "" : mcNemar.pValue(),
                            mcNemar == null ? "" : test.holmMcNemar()));
                }
                line.add(column.judge() == null ? "" : column.judge());
                csv.line(line);
            }
        }
        return csv.toString();
    }

    static SequencedMap<String, Object> json(Compared comparison) {
        List<Object> columns = new ArrayList<>();
        for (Column column : comparison.columns()) {
            SequencedMap<String, Object> json = new LinkedHashMap<>();
            json.put("task", column.task());
            json.put("title", column.title());
            json.put("judge", column.judge());
            json.put("best", column.best() < 0 ? null : comparison.names().get(column.best()));
            SequencedMap<String, Object> figures = new LinkedHashMap<>();
            for (int run = 0; run < comparison.names().size(); run++) {
                Interval figure = column.figures().get(run);
                if (figure != null) {
                    figures.put(comparison.names().get(run), figure(figure));
                }
            }
            json.put("figures", figures);
            json.put(
                    "tests",
                    column.tests().stream().map(test -> test(comparison, test)).toList());
            columns.add(json);
        }
        List<Object> runs = new ArrayList<>();
        for (int run = 0; run < comparison.names().size(); run++) {
            SequencedMap<String, Object> json = new LinkedHashMap<>();
            json.put("name", comparison.names().get(run));
            json.put("config", comparison.runs().get(run).manifest());
            runs.add(json);
        }
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("columns", columns);
        json.put("bootstrap", ResultsJson.bootstrap(comparison.settings().bootstrap()));
        json.put("correction", "Holm");
        json.put("common_questions_only", comparison.common());
        json.put("notes", comparison.notes());
        json.put("runs", runs);
        return json;
    }

    private static SequencedMap<String, Object> figure(Interval interval) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("value", ResultsJson.number(interval.estimate()));
        json.put("interval", ResultsJson.ends(interval));
        json.put("clusters", interval.clusters());
        return json;
    }

    private static SequencedMap<String, Object> test(Compared comparison, Test test) {
        ClusterBootstrap.Comparison difference = test.difference();
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("system", comparison.names().get(test.run()));
        json.put("questions", test.questions());
        json.put("difference", ResultsJson.number(difference.difference().estimate()));
        json.put("interval", ResultsJson.ends(difference.difference()));
        json.put("p", difference.pValue());
        json.put("p_holm", test.holm());
        McNemar mcNemar = test.mcNemar();
        if (mcNemar != null) {
            SequencedMap<String, Object> counts = new LinkedHashMap<>();
            counts.put("only_system", mcNemar.onlyFirst());
            counts.put("only_best", mcNemar.onlySecond());
            counts.put("method", mcNemar.method().name().toLowerCase(Locale.ROOT));
            counts.put("p", mcNemar.pValue());
            counts.put("p_holm", test.holmMcNemar());
            json.put("mcnemar", counts);
        }
        return json;
    }
}
