package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Python 3.11 prints. */
class PythonTest {
    @ParameterizedTest
    @CsvSource({
        "0.0, 0.0",
        "-0.0, -0.0",
        "1.0, 1.0",
        "0.584, 0.584",
        "-2.5, -2.5",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "0.000012345, 1.2345e-05",
        "0.1234567890123456, 0.1234567890123456",
        "100.0, 100.0",
        "1234567890123456, 1234567890123456.0",
        "1e16, 1e+16",
        "1.5e300, 1.5e+300",
        "-2e-7, -2e-07"
    })
    void printsNumbersAsPythonDoes(double x, String printed) {
        assertThat(Python.repr(x)).isEqualTo(printed);
    }
}
