package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jocular.eval.report.BarChart.Bar;

/**
 * Figures of a benchmark that bear comparison with each other, by the dots in their names: {@code relation.left of} and {@code
 * relation.under} are of one group, and so are {@code popular.f1} and {@code random.f1}, where every part has the same figures; figures
 * without dots are a group as well.
 */
final class MetricGroups {
    /** Fewer say nothing that the table does not. */
    private static final int FEWEST = 3;

    /** Up to so many bars keep the publisher's order; more are put in the order of their lengths, to show the worst. */
    private static final int MOST_IN_ORDER = 14;

    record Group(String title, List<Bar> bars) {}

    private MetricGroups() {}

    static List<Group> of(ScoredTask task) {
        SequencedMap<String, SequencedSet<String>> kinds = new LinkedHashMap<>();
        task.metrics().keySet().stream()
                .filter(name -> name.contains("."))
                .forEach(name -> kinds.computeIfAbsent(first(name), prefix -> new LinkedHashSet<>())
                        .add(rest(name)));
        SequencedMap<String, List<Bar>> groups = new LinkedHashMap<>();
        task.metrics().forEach((name, value) -> {
            boolean dotted = name.contains(".");
            if (Double.isFinite(value) && (dotted || !isHeadline(task, value))) {
                boolean byRest = dotted && isOneOfSeveral(first(name), kinds);
                String title = !dotted ? "" : byRest ? rest(name) : first(name);
                String label = !dotted ? name : byRest ? first(name) : rest(name);
                groups.computeIfAbsent(title, first -> new ArrayList<>()).add(Bar.of(label, value));
            }
        });
        return groups.entrySet().stream()
                .filter(group -> group.getValue().size() >= FEWEST && ofOneScale(group.getValue()))
                .map(group -> new Group(group.getKey(), ordered(group.getValue())))
                .toList();
    }

    private static String first(String name) {
        return name.substring(0, name.indexOf('.'));
    }

    private static String rest(String name) {
        return name.substring(name.indexOf('.') + 1);
    }

    private static boolean isOneOfSeveral(String prefix, Map<String, SequencedSet<String>> kinds) {
        return kinds.entrySet().stream()
                .anyMatch(other ->
                        !other.getKey().equals(prefix) && other.getValue().equals(kinds.get(prefix)));
    }

    /** Headlines have bars of their own. */
    private static boolean isHeadline(ScoredTask task, double value) {
        return task.intervals().stream().mapToDouble(Interval::estimate).anyMatch(estimate -> estimate == value);
    }

    /** A count beside percents, or a total beside its parts, would make the others invisible. */
    private static boolean ofOneScale(List<Bar> bars) {
        double[] values = bars.stream().mapToDouble(Bar::value).sorted().toArray();
        return values[0] >= 0
                && (values[values.length - 1] <= 100 || values[values.length - 1] <= 4 * values[values.length / 2]);
    }

    private static List<Bar> ordered(List<Bar> bars) {
        return bars.size() <= MOST_IN_ORDER
                ? bars
                : bars.stream()
                        .sorted(Comparator.comparingDouble(Bar::value).reversed())
                        .toList();
    }
}
