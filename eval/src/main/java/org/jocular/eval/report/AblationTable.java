package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/**
 * Models that differ in one thing, each trained with several seeds and evaluated.
 *
 * @param name     of its files
 * @param question that the table answers
 * @param equal    what is the same for all rows
 */
public record AblationTable(
        String name, String title, String question, String equal, List<Row> rows, List<Difference> differences) {
    public AblationTable {
        rows = List.copyOf(rows);
        differences = List.copyOf(differences);
    }

    /**
     * A figure of all rows.
     *
     * @param unit {@code %}, or what else is counted
     */
    public record Column(String title, String unit) {
        String full() {
            return "%s (%s)".formatted(title, unit);
        }

        /** The highest value that there can be. */
        double most() {
            return unit.equals("%") ? 100 : Double.POSITIVE_INFINITY;
        }
    }

    /** A model; one that was not trained here has been measured once, whatever the seeds of others. */
    public record Row(String name, List<Measured> seeds) {
        public Row {
            seeds = List.copyOf(seeds);
        }

        SeedSummary summary(int column) {
            return SeedSummary.of(
                    seeds.stream().map(seed -> seed.values.get(column)).toList());
        }
    }

    /**
     * One training, evaluated.
     *
     * @param values of all columns; NaN where there is none
     * @param origin seed, folders and times, for programs
     */
    public record Measured(List<Double> values, SequencedMap<String, Object> origin) {
        public Measured {
            values = List.copyOf(values);
        }
    }

    /** Of two rows, seed by seed. */
    public record Difference(String row, String minus) {
        String shown() {
            return "%s − %s".formatted(row, minus);
        }
    }

    /** The figures of one row less those of the other, paired by seeds; a row that was measured once is paired with all of the other's. */
    SeedSummary summary(Difference difference, int column) {
        List<Measured> row = row(difference.row).seeds;
        List<Measured> minus = row(difference.minus).seeds;
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < Math.max(row.size(), minus.size()); i++) {
            differences.add(value(row, i, column) - value(minus, i, column));
        }
        return SeedSummary.of(differences);
    }

    private static double value(List<Measured> seeds, int seed, int column) {
        return seeds.get(seeds.size() == 1 ? 0 : seed).values.get(column);
    }

    private Row row(String rowName) {
        return rows.stream()
                .filter(row -> row.name.equals(rowName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("table %s has no row %s".formatted(name, rowName)));
    }
}
