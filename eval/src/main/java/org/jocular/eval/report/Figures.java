package org.jocular.eval.report;

import java.util.Locale;
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
                ? String.format(Locale.ROOT, "%+.1f", value).replace('-', '−')
                : NONE;
    }

    /** {@code [58.1, 64.0]}. */
    static String interval(Interval interval) {
        return "[%s, %s]".formatted(headline(interval.low()), headline(interval.high()));
    }

    /** A figure of whatever scale. */
    static String metric(double value) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.4f" : "%.2f", value);
    }

    static String pValue(double p) {
        return p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 95}. */
    static String percent(double share) {
        return metric(Math.rint(share * 1e6) / 1e4);
    }
}
