package org.jocular.eval.report;

import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.tensor.BadInput;

/**
 * How figures are resampled, and how much a report shows.
 *
 * @param bootstrap of intervals and of tests between systems
 * @param samples   how many samples of each benchmark a report holds, with their pictures; the log of samples holds all
 */
public record ReportSettings(ClusterBootstrap.Settings bootstrap, int samples) {
    public static final ReportSettings DEFAULT =
            new ReportSettings(new ClusterBootstrap.Settings(10_000, 0.95, 0), 500);

    public ReportSettings {
        if (samples < 0) {
            throw new BadInput("A report cannot hold %d samples, expected 0 or more".formatted(samples));
        }
    }
}
