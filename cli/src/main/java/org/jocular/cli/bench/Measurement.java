package org.jocular.cli.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One figure of a benchmark.
 *
 * @param value mean over the runs
 * @param sd standard deviation over the runs
 * @param rate what that is in operations or bytes per second, or null
 * @param ofCeiling share of what the machine can do at best, measured in the same run, or null
 */
record Measurement(
        String what,
        String shape,
        String dtype,
        int threads,
        double value,
        String unit,
        double sd,
        int runs,
        @Nullable Rate rate,
        @Nullable Double ofCeiling) {

    /** What a value means for the hardware. */
    record Rate(double value, String unit, double ceiling) {}

    /** Seconds of each of some runs, after others that do not count. */
    static double[] seconds(int warmup, int runs, Runnable work) {
        double[] seconds = new double[runs];
        for (int i = -warmup; i < runs; i++) {
            long start = System.nanoTime();
            work.run();
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
        }
        return seconds;
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }

    static double sd(double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
    }

    Map<String, Object> json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("what", what);
        fields.put("shape", shape);
        fields.put("dtype", dtype);
        fields.put("threads", threads);
        fields.put("value", value);
        fields.put("unit", unit);
        fields.put("sd", sd);
        fields.put("runs", runs);
        fields.put("of_ceiling", ofCeiling);
        if (rate != null) {
            fields.put("rate", rate.value);
            fields.put("rate_unit", rate.unit);
            fields.put("ceiling", rate.ceiling);
        }
        return fields;
    }

    String line() {
        String line = String.format(
                Locale.ROOT,
                "%-9s %-15s %-5s %d threads  %10.2f ± %.2f %s",
                what,
                shape,
                dtype,
                threads,
                value,
                sd,
                unit);
        return rate == null
                ? line
                : line
                        + String.format(
                                Locale.ROOT,
                                "  %.1f of %.1f %s = %.0f %%",
                                rate.value,
                                rate.ceiling,
                                rate.unit,
                                100 * rate.value / rate.ceiling);
    }
}
