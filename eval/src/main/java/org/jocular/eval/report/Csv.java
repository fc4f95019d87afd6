package org.jocular.eval.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values as in RFC 4180, but with line feeds alone. */
final class Csv {
    private final StringBuilder text = new StringBuilder();

    Csv(String... head) {
        line(Arrays.asList(head));
    }

    /** Numbers are written in full, what is null or NaN not at all. */
    void line(List<?> fields) {
        text.append(fields.stream().map(Csv::field).collect(Collectors.joining(",")))
                .append('\n');
    }

    private static String field(Object value) {
        String field = value == null || value.equals(Double.NaN) ? "" : value.toString();
        boolean plain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
