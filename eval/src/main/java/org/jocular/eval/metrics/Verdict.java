package org.jocular.eval.metrics;

import java.util.Locale;
import org.jocular.eval.data.Row;

/** What an answer to a yes/no question says. */
public enum Verdict {
    YES,
    NO,
    /** Neither of both, or both; such an answer is wrong whatever the question was. */
    NEITHER;

    /** A label that says nothing but yes or no, in any case. */
    static Verdict label(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "yes" -> YES;
            case "no" -> NO;
            default -> NEITHER;
        };
    }

    /** A field that says yes or no in any case, as benchmarks write their labels. */
    public static Verdict label(Row row, String field) {
        Verdict label = label(row.text(field));
        if (label == NEITHER) {
            throw row.wrong(field, "yes or no");
        }
        return label;
    }
}
