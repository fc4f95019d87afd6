package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import org.jocular.eval.report.AblationTable.Difference;
import org.jocular.eval.report.AblationTable.Measured;
import org.jocular.eval.report.AblationTable.Row;

/** Every number of every seed, for programs. */
record AblationJson(AblationReport report) {
    SequencedMap<String, Object> all() {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("title", report.title());
        json.put("columns", report.columns());
        json.put("tables", report.tables().stream().map(this::table).toList());
        json.put("notes", report.allNotes());
        json.put("manifest", report.manifest());
        return json;
    }

    private SequencedMap<String, Object> table(AblationTable table) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("name", table.name());
        json.put("title", table.title());
        json.put("question", table.question());
        json.put("equal", table.equal());
        json.put("rows", table.rows().stream().map(this::row).toList());
        List<Object> differences = new ArrayList<>();
        for (Difference difference : table.differences()) {
            SequencedMap<String, Object> one = new LinkedHashMap<>();
            one.put("row", difference.row());
            one.put("minus", difference.minus());
            one.put("figures", figures(column -> table.summary(difference, column)));
            differences.add(one);
        }
        json.put("differences", differences);
        return json;
    }

    private SequencedMap<String, Object> row(Row row) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("name", row.name());
        json.put("figures", figures(row::summary));
        json.put("trainings", row.seeds().stream().map(Measured::origin).toList());
        return json;
    }

    /** Of all columns, by title; the values are those of the seeds, in the order of {@code trainings}. */
    private SequencedMap<String, Object> figures(IntFunction<SeedSummary> summaries) {
        SequencedMap<String, Object> figures = new LinkedHashMap<>();
        for (int column = 0; column < report.columns().size(); column++) {
            SeedSummary summary = summaries.apply(column);
            SequencedMap<String, Object> figure = new LinkedHashMap<>();
            figure.put("mean", ResultsJson.number(summary.mean()));
            figure.put("sd", ResultsJson.number(summary.sd()));
            figure.put("low", ResultsJson.number(summary.low()));
            figure.put("high", ResultsJson.number(summary.high()));
            figure.put(
                    "values", summary.values().stream().map(ResultsJson::number).toList());
            figures.put(report.columns().get(column).title(), figure);
        }
        return figures;
    }
}
