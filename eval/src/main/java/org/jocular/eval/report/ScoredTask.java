package org.jocular.eval.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.run.Manifest;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.JudgedTask;
import org.jocular.eval.task.Result;
import org.jocular.eval.task.Sample;
import org.jocular.eval.task.Task;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark of a run, scored. Of every answer numbers alone are kept, so that a hundred thousand of them need a few megabytes; rows are
 * the answers that there are, in the run's order.
 *
 * @param judge     who marked the answers, as people are to read it beside every figure; null where no judge is needed
 * @param asked     how many questions
 * @param ids       of the rows' samples, as 64-bit hashes
 * @param clusters  of the rows, as numbers
 * @param result    null where the answers come to no figures; a note tells why
 * @param intervals of the result's headlines
 * @param notes     what a reader of the figures must know, one sentence each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ScoredTask(
        Manifest.TaskPart part,
        Task task,
        @Nullable String judge,
        int asked,
        long[] ids,
        int[] clusters,
        @Nullable Result result,
        List<Interval> intervals,
        List<String> notes) {

    static ScoredTask of(RunFolder run, Manifest.TaskPart part, Task task, ClusterBootstrap.Settings bootstrap) {
        Task.Scoring scoring = task.scoring();
        Failures failures = new Failures();
        Map<String, Integer> numbers = new HashMap<>();
        long[] ids = new long[part.samples()];
        int[] clusters = new int[part.samples()];
        int[] rows = {0};
        run.each(part.task(), outcome -> {
            Sample sample = outcome.entry().sample();
            if (outcome.answered() == null) {
                failures.add(sample, Objects.requireNonNullElse(outcome.failure(), "no reason is given"));
                return;
            }
            scoring.add(outcome.answered());
            ids[rows[0]] = hash(sample.id());
            clusters[rows[0]++] = numbers.computeIfAbsent(sample.cluster(), first -> numbers.size());
        });
        List<String> notes = new ArrayList<>(failures.notes(part.samples()));
        Result result = result(scoring, rows[0], notes);
        int[] clusterOfRow = Arrays.copyOf(clusters, rows[0]);
        return new ScoredTask(
                part,
                task,
                task instanceof JudgedTask ? judge(run.manifest()) : null,
                part.samples(),
                Arrays.copyOf(ids, rows[0]),
                clusterOfRow,
                result,
                result == null || result.headlines().isEmpty()
                        ? List.of()
                        : new ClusterBootstrap(clusterOfRow).intervals(statistics(result), bootstrap),
                List.copyOf(notes));
    }

    /** Answers that cannot be scored, such as half a benchmark whose figures need all of it, must not keep a report from being written. */
    private static @Nullable Result result(Task.Scoring scoring, int rows, List<String> notes) {
        if (rows == 0) {
            notes.add("There are no figures: no question was answered.");
            return null;
        }
        try {
            Result result = scoring.result();
            notes.addAll(result.scores().notes());
            return result;
        } catch (BadInput e) {
            notes.add("There are no figures: " + e.getMessage());
            return null;
        }
    }

    /** The judge's label, or as much of his settings as tells who he was. */
    private static String judge(Manifest manifest) {
        Map<String, Object> judge = manifest.judge();
        if (judge == null) {
            return "no judge was asked";
        }
        Object label = judge.get("label");
        return "marks by "
                + (label != null
                        ? label
                        : Stream.of("kind", "model", "file")
                                .map(judge::get)
                                .filter(Objects::nonNull)
                                .map(Object::toString)
                                .collect(Collectors.joining(" ")));
    }

    private static List<ClusterBootstrap.Statistic> statistics(Result result) {
        return result.headlines().stream().map(Result.Headline::statistic).toList();
    }

    private static long hash(String id) {
        return Long.parseUnsignedLong(
                Hashes.of(id.getBytes(StandardCharsets.UTF_8)).substring(0, 16), 16);
    }

    String name() {
        return part.task();
    }

    int answered() {
        return ids.length;
    }

    List<Result.Headline> headlines() {
        return result == null ? List.of() : result.headlines();
    }

    SequencedMap<String, Double> metrics() {
        return result == null ? new LinkedHashMap<>() : result.scores().metrics();
    }

    SequencedMap<String, double[]> columns() {
        return result == null ? new LinkedHashMap<>() : result.columns();
    }

    /** The head of a headline's column: the benchmark's title, and the headline's where there are several. */
    String title(Result.Headline headline) {
        return headline.title().isEmpty() ? task.title() : task.title() + " " + headline.title();
    }

    /** Which rows are right, for browsing; null where answers are neither right nor wrong. */
    boolean @Nullable [] correct() {
        for (Result.Headline headline : headlines()) {
            if (headline.correct() != null && headline.correct().length == answered()) {
                return headline.correct();
            }
        }
        double[] column = columns().getOrDefault("correct", columns().get("accuracy"));
        if (column == null) {
            return null;
        }
        boolean[] correct = new boolean[column.length];
        for (int row = 0; row < correct.length; row++) {
            correct[row] = column[row] >= 0.5; // VQA's marks are in thirds
        }
        return correct;
    }
}
