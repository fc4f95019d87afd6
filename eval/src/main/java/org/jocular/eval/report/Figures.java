package org.jocular.eval.report;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;

/** How numbers are written for people. */
final class Figures {
    static final String NONE = "–";

    private Figures() {}

    /** With the one decimal that intervals of a few points leave meaningful. */
    static String headline(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.1f", value) : NONE;
    }

    static String signed(double value) {
        return Double.isFinite(value)
                ? String.format(Locale.ROOT, "%+.1f", value)
                        .replace("-0.0", "+0.0")
                        .replace('-', '−')
                : NONE;
    }

    /** {@code [58.1, 64.0]}. */
    static String interval(Interval interval) {
        return "[%s, %s]".formatted(headline(interval.low()), headline(interval.high()));
    }

    /** A figure of whatever scale: shares need more digits than percents. */
    static String metric(double value) {
        boolean share = Math.abs(value) < 1 && value != 0;
        return Double.isFinite(value) ? String.format(Locale.ROOT, share ? "%.4f" : "%.2f", value) : NONE;
    }

    /** In as many digits as it has. */
    static String plain(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    static String pValue(double p) {
        return p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
    }

    /** {@code do_sample false, max_new_tokens 16}. */
    static String settings(SequencedMap<String, Object> settings) {
        return settings.isEmpty()
                ? "candidates ranked"
                : settings.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 95}. */
    static String percent(double share) {
        return plain(Math.rint(share * 1e6) / 1e4);
    }
}
