package org.jocular.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** By hand, with Student's quantile from a table: 4.302653 for two degrees of freedom. */
class SeedSummaryTest {
    @Test
    void meanDeviationAndInterval() {
        SeedSummary summary = SeedSummary.of(List.of(1.0, 2.0, 6.0));
        double sd = Math.sqrt((4 + 1 + 9) / 2.0);
        assertThat(summary.mean()).isEqualTo(3);
        assertThat(summary.sd()).isCloseTo(sd, within(1e-12));
        assertThat(summary.high() - 3).isCloseTo(4.302653 * sd / Math.sqrt(3), within(1e-5));
        assertThat(3 - summary.low()).isCloseTo(summary.high() - 3, within(1e-12));
        assertThat(summary.isClear()).isFalse();
        assertThat(summary.shown()).isEqualTo("3.0 ± 2.6");
        assertThat(summary.signedValues()).isEqualTo("+1.0 +2.0 +6.0");
        assertThat(summary.signedInterval()).isEqualTo("[−3.6, +9.6]");
    }

    @Test
    void isClearWhereAllSeedsAgree() {
        assertThat(SeedSummary.of(List.of(-2.0, -2.1, -2.2)).isClear()).isTrue();
        assertThat(SeedSummary.of(List.of(2.0, 2.0)).isClear()).isTrue();
        assertThat(SeedSummary.of(List.of(0.0, 0.0)).isClear()).isFalse();
    }

    @Test
    void oneSeedHasNoDeviation() {
        SeedSummary summary = SeedSummary.of(List.of(7.0));
        assertThat(summary.shown()).isEqualTo("7.0");
        assertThat(summary.sd()).isNaN();
        assertThat(summary.signedInterval()).isEmpty();
        assertThat(summary.isClear()).isFalse();
    }

    @Test
    void aFigureThatASeedLacksIsNone() {
        SeedSummary summary = SeedSummary.of(List.of(7.0, Double.NaN));
        assertThat(summary.shown()).isEqualTo("–");
        assertThat(summary.isClear()).isFalse();
    }
}
