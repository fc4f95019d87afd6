package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.Scores;
import org.jocular.eval.task.Answered;
import org.jocular.eval.task.Data;
import org.jocular.eval.task.JudgedTask;
import org.jocular.eval.task.Result;
import org.jocular.eval.task.Sample;
import org.jocular.eval.task.Wording;

/** A benchmark of the tests: its figure is ten times the mean of a judge's marks. */
record Marks() implements JudgedTask {
    @Override
    public String name() {
        return "marks";
    }

    @Override
    public String title() {
        return "Marks";
    }

    @Override
    public List<Wording> wordings() {
        return List.of(new Wording(Wording.LLAVA, "nowhere", Map.of()));
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Question question(Answered answered) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Scoring scoring() {
        List<Double> marks = new ArrayList<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                String review = answered.review();
                marks.add(
                        review == null
                                ? 0
                                : Double.parseDouble(review.lines().findFirst().orElse("0")));
            }

            @Override
            public Result result() {
                double[] rows = marks.stream().mapToDouble(Double::doubleValue).toArray();
                double[] tens = marks.stream().mapToDouble(mark -> mark * 10).toArray();
                SequencedMap<String, double[]> columns = new LinkedHashMap<>();
                columns.put("mark", rows);
                LinkedHashMap<String, Double> metrics = new LinkedHashMap<>();
                metrics.put(
                        "mean",
                        marks.stream()
                                .mapToDouble(Double::doubleValue)
                                .average()
                                .orElse(0));
                return new Result(
                        new Scores("marks", metrics, rows.length, List.of("one note of the scorer")),
                        List.of(new Result.Headline("mean", ClusterBootstrap.mean(tens), null)),
                        columns);
            }
        };
    }
}
