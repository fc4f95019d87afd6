package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.jocular.eval.metrics.McNemar.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McNemarTest {
    private static final Percentage ROUNDING = Percentage.withPercentage(1e-9);

    /** scipy 1.17.1: binomtest(min(b, c), b + c, 0.5).pvalue. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 1",
        "1, 0, 1",
        "5, 1, 0.21875",
        "10, 10, 1",
        "0, 9, 0.00390625",
        "12, 12, 1",
        "3, 21, 0.0002771615982055664",
        "7, 17, 0.06391465663909912",
        "24, 0, 1.1920928955078125e-07"
    })
    void isExactForFewDiscordantQuestions(int first, int second, double pValue) {
        McNemar test = McNemar.of(first, second);
        assertThat(test.method()).isEqualTo(Method.EXACT_BINOMIAL);
        assertThat(test.pValue()).isCloseTo(pValue, ROUNDING);
    }

    /** scipy 1.17.1: chi2.sf(max(0, |b − c| − 1)² / (b + c), 1). */
    @ParameterizedTest
    @CsvSource({
        "25, 0, 23.04, 1.5866563039511885e-06",
        "13, 12, 0, 1",
        "20, 20, 0, 1",
        "40, 60, 3.61, 0.05743311963200335",
        "100, 180, 22.289285714285715, 2.3451143642150953e-06",
        "1000, 1100, 4.667142857142857, 0.030745034758993192",
        "300, 30, 219.27575757575758, 1.3012492410106827e-49"
    })
    void isChiSquaredWithContinuityForMany(int first, int second, double statistic, double pValue) {
        McNemar test = McNemar.of(first, second);
        assertThat(test.method()).isEqualTo(Method.CHI_SQUARED);
        assertThat(test.statistic()).isCloseTo(statistic, within(1e-12));
        assertThat(test.pValue()).isCloseTo(pValue, ROUNDING);
    }

    /** scipy 1.17.1: chi2.sf(x, 1); 8 is where the series gives way to the fraction. */
    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "1e-6, 0.9992021155721779",
        "0.5, 0.47950012218695337",
        "3.841458820694124, 0.05",
        "7.999, 0.004680319080929848",
        "8, 0.004677734981047276",
        "8.001, 0.004675152334312141",
        "30, 4.3204630578274955e-08",
        "100, 1.5239706048320995e-23",
        "1000, 1.7958327848007363e-219"
    })
    void tailOfChiSquared(double x, double tail) {
        assertThat(McNemar.chiSquaredTail(x)).isCloseTo(tail, ROUNDING);
    }

    @Test
    void countsWhatOneSystemAloneAnsweredRight() {
        McNemar test = McNemar.test(
                new boolean[] {true, true, false, true, false}, new boolean[] {true, false, true, false, false});
        assertThat(test.onlyFirst()).isEqualTo(2);
        assertThat(test.onlySecond()).isEqualTo(1);
        assertThat(test.statistic()).isEqualTo(1);
    }

    @Test
    void refusesAnswersThatDoNotPair() {
        assertThatThrownBy(() -> McNemar.test(new boolean[2], new boolean[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 answers of one system and 3 of the other, expected as many");
    }
}
