package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.metrics.McNemar;
import org.jocular.eval.report.Compared.Column;
import org.jocular.eval.report.Compared.Test;
import org.jocular.eval.task.Result;
import org.jspecify.annotations.Nullable;

/**
 * One benchmark of several runs.
 *
 * @param runs   how many there are
 * @param parts  of those that have the benchmark, by the run's number
 * @param common whether only questions that all of these answered count
 */
record ComparedTask(
        int runs, SequencedMap<Integer, ScoredTask> parts, boolean common, ClusterBootstrap.Settings bootstrap) {

    List<Column> columns() {
        SequencedSet<String> titles = new LinkedHashSet<>();
        parts.values().forEach(part -> part.headlines().forEach(headline -> titles.add(part.title(headline))));
        Pairing all = Pairing.of(List.copyOf(parts.values()));
        return titles.stream().map(title -> column(title, all)).toList();
    }

    private Column column(String title, Pairing all) {
        List<@Nullable Interval> figures = new ArrayList<>();
        int best = -1;
        int place = 0;
        for (int run = 0; run < runs; run++) {
            ScoredTask part = parts.get(run);
            Interval figure = part == null ? null : figure(part, title, all, place++);
            figures.add(figure);
            boolean better = figure != null
                    && Double.isFinite(figure.estimate())
                    && (best < 0 || figure.estimate() > estimate(figures, best));
            best = better ? run : best;
        }
        ScoredTask first = parts.firstEntry().getValue();
        return new Column(
                first.name(), first.task().title(), title, judge(), figures, best, tests(title, figures, best, all));
    }

    private static double estimate(List<@Nullable Interval> figures, int run) {
        Interval figure = figures.get(run);
        return figure == null ? Double.NaN : figure.estimate();
    }

    /** @param place of the part in the pairing of all */
    private @Nullable Interval figure(ScoredTask part, String title, Pairing all, int place) {
        Result.Headline headline = Compared.headline(part, title);
        if (headline == null) {
            return null;
        }
        if (!common) {
            return part.intervals().get(part.headlines().indexOf(headline));
        }
        return all.size() == 0 ? null : all.bootstrap().interval(all.on(place, headline.statistic()), bootstrap);
    }

    private List<Test> tests(String title, List<@Nullable Interval> figures, int best, Pairing all) {
        List<Test> tests = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            if (run != best && best >= 0 && Double.isFinite(estimate(figures, run))) {
                ScoredTask part = parts.get(run);
                ScoredTask leader = parts.get(best);
                Pairing pairing = common ? all : Pairing.of(List.of(part, leader));
                List<ScoredTask> paired = pairing.tasks();
                if (pairing.size() > 0) {
                    tests.add(test(run, title, pairing, paired.indexOf(part), paired.indexOf(leader)));
                }
            }
        }
        return tests;
    }

    private Test test(int run, String title, Pairing pairing, int system, int leader) {
        Result.Headline first = headline(pairing, system, title);
        Result.Headline second = headline(pairing, leader, title);
        ClusterBootstrap.Comparison difference = pairing.bootstrap()
                .compare(pairing.on(system, first.statistic()), pairing.on(leader, second.statistic()), bootstrap);
        boolean[] right = first.correct();
        boolean[] leaderRight = second.correct();
        McNemar mcNemar = right == null || leaderRight == null
                ? null
                : McNemar.test(pairing.on(system, right), pairing.on(leader, leaderRight));
        return new Test(run, pairing.size(), difference, mcNemar, Double.NaN, Double.NaN);
    }

    private static Result.Headline headline(Pairing pairing, int place, String title) {
        Result.Headline headline = Compared.headline(pairing.tasks().get(place), title);
        if (headline == null) {
            throw new IllegalStateException("no headline " + title);
        }
        return headline;
    }

    /** Who marked; all that did where these differ. */
    private @Nullable String judge() {
        TreeSet<String> judges = new TreeSet<>();
        for (ScoredTask part : parts.values()) {
            if (part.judge() != null) {
                judges.add(part.judge());
            }
        }
        return judges.isEmpty() ? null : String.join("; ", judges);
    }
}
