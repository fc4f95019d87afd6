package org.jocular.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** A comparison turned on its side, without intervals: narrow enough for any terminal. */
final class DemoTable {
    private static final int FIGURE = 34;

    private DemoTable() {}

    /**
     * @param csv of a comparison: a line for each figure and system
     * @return a line for each figure, a column for each system
     */
    static List<String> of(List<String> csv) {
        List<String> header = List.of(csv.getFirst().split(","));
        SequencedMap<String, SequencedMap<String, String>> figures = new LinkedHashMap<>();
        for (String line : csv.subList(1, csv.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < header.size(); i++) {
                row.put(header.get(i), cells[i]);
            }
            boolean best = Boolean.parseBoolean(row.get("best"));
            figures.computeIfAbsent(String.valueOf(row.get("figure")), name -> new LinkedHashMap<>())
                    .put(
                            String.valueOf(row.get("system")),
                            "%s%.1f".formatted(best ? "*" : "", Double.parseDouble(String.valueOf(row.get("value")))));
        }
        List<String> lines = new ArrayList<>();
        figures.forEach((name, values) -> {
            if (lines.isEmpty()) {
                lines.add(row("", List.copyOf(values.keySet()), values));
            }
            lines.add(row(name, List.copyOf(values.values()), values));
        });
        return lines;
    }

    private static String row(String name, List<String> cells, SequencedMap<String, String> values) {
        StringBuilder line = new StringBuilder(("%-" + FIGURE + "s").formatted(name));
        List<String> systems = List.copyOf(values.keySet());
        for (int i = 0; i < cells.size(); i++) {
            line.append(("%" + (2 + systems.get(i).length()) + "s").formatted(cells.get(i)));
        }
        return line.toString();
    }
}
