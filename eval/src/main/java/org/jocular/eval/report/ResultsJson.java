package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jspecify.annotations.Nullable;

/** results.json: the parts of EvolvingLMMs-Lab/lmms-eval's file of that name, and the headlines with their intervals. */
final class ResultsJson {
    private ResultsJson() {}

    static SequencedMap<String, Object> of(ScoredRun run, ReportSettings settings) {
        SequencedMap<String, Object> results = new LinkedHashMap<>();
        SequencedMap<String, Object> headlines = new LinkedHashMap<>();
        SequencedMap<String, Object> configs = new LinkedHashMap<>();
        SequencedMap<String, Object> versions = new LinkedHashMap<>();
        SequencedMap<String, Object> samples = new LinkedHashMap<>();
        SequencedMap<String, Object> notes = new LinkedHashMap<>();
        for (ScoredTask task : run.tasks()) {
            results.put(task.name(), metrics(task));
            headlines.put(task.name(), headlines(task));
            configs.put(task.name(), task.part());
            versions.put(task.name(), run.manifest().version());
            SequencedMap<String, Object> counts = new LinkedHashMap<>();
            counts.put("original", task.asked());
            counts.put("effective", task.answered());
            counts.put("failed", task.asked() - task.answered());
            samples.put(task.name(), counts);
            notes.put(task.name(), task.notes());
        }
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("results", results);
        json.put("headlines", headlines);
        json.put("configs", configs);
        json.put("versions", versions);
        json.put("n-samples", samples);
        json.put("notes", notes);
        json.put("bootstrap", bootstrap(settings.bootstrap()));
        json.put("model_name", run.name());
        json.put("config", run.manifest());
        return json;
    }

    private static SequencedMap<String, Object> metrics(ScoredTask task) {
        SequencedMap<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("alias", task.task().title());
        if (task.judge() != null) {
            metrics.put("judge", task.judge());
        }
        task.metrics().forEach((name, value) -> metrics.put(name, number(value)));
        for (int i = 0; i < task.intervals().size(); i++) {
            String title = task.title(task.headlines().get(i));
            metrics.putIfAbsent(title, number(task.intervals().get(i).estimate()));
            metrics.put(title + " interval", ends(task.intervals().get(i)));
        }
        return metrics;
    }

    private static List<Object> headlines(ScoredTask task) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < task.intervals().size(); i++) {
            Interval interval = task.intervals().get(i);
            SequencedMap<String, Object> headline = new LinkedHashMap<>();
            headline.put("title", task.title(task.headlines().get(i)));
            headline.put("value", number(interval.estimate()));
            headline.put("interval", ends(interval));
            headline.put("clusters", interval.clusters());
            list.add(headline);
        }
        return list;
    }

    static List<@Nullable Double> ends(Interval interval) {
        List<@Nullable Double> ends = new ArrayList<>();
        ends.add(number(interval.low()));
        ends.add(number(interval.high()));
        return ends;
    }

    /** JSON has no NaN. */
    static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    static SequencedMap<String, Object> bootstrap(ClusterBootstrap.Settings settings) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("resamples", settings.resamples());
        json.put("level", settings.level());
        json.put("seed", settings.seed());
        json.put("unit", "picture");
        return json;
    }
}
