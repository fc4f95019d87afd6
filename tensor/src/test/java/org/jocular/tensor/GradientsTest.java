package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of every operation is what central differences say, in double precision. */
class GradientsTest {
    private static final double STEP = 1e-5;

    static Stream<GradientCase> cases() {
        return GradientCases.small();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreDifferences(GradientCase one) {
        try (CpuExecutor reference = CpuExecutor.referenceInDoubles();
                Parameters parameters = one.parameters(DType.F64);
                GradientExecutor executor = new GradientExecutor(reference, parameters, false)) {
            one.run(executor);
            double[] gradients = GradientCase.gradients(parameters);
            int at = 0;
            for (Parameter parameter : parameters.all()) {
                for (long i = 0; i < parameter.value().elements(); i++) {
                    double difference =
                            (shifted(one, executor, parameter, i, STEP) - shifted(one, executor, parameter, i, -STEP))
                                    / (2 * STEP);
                    assertThat(gradients[at++])
                            .as("%s[%d]", parameter.name(), i)
                            .isCloseTo(difference, within(1e-8 * (10 + Math.abs(difference))));
                }
            }
        }
    }

    private static double shifted(GradientCase one, GradientExecutor executor, Parameter parameter, long i, double by) {
        double before = parameter.value().get(i);
        parameter.value().data().setAtIndex(ValueLayout.JAVA_DOUBLE, i, before + by);
        double sum = one.run(executor);
        parameter.value().data().setAtIndex(ValueLayout.JAVA_DOUBLE, i, before);
        return sum;
    }

    @Test
    void crossEntropy() {
        int[] targets = {3, -1, 0};
        try (CpuExecutor reference = CpuExecutor.referenceInDoubles();
                Parameters parameters = new Parameters();
                GradientExecutor executor = new GradientExecutor(reference, parameters, false)) {
            Parameter logits = parameters.add("logits", GradientCase.random(new Random(1), 3, 5), DType.F64);
            try (GradientPass pass = executor.begin()) {
                pass.crossEntropy(logits.value(), targets, 0.5);
                pass.backward();
            }
            double[] gradients = GradientCase.gradients(parameters);
            for (int i = 0; i < 15; i++) {
                double before = logits.value().get(i);
                double[] sums = new double[2];
                for (int side = 0; side < 2; side++) {
                    logits.value().data().setAtIndex(ValueLayout.JAVA_DOUBLE, i, before + (side == 0 ? STEP : -STEP));
                    try (GradientPass pass = executor.begin()) {
                        sums[side] = pass.crossEntropy(logits.value(), targets, 1);
                    }
                }
                logits.value().data().setAtIndex(ValueLayout.JAVA_DOUBLE, i, before);
                double difference = 0.5 * (sums[0] - sums[1]) / (2 * STEP);
                assertThat(gradients[i]).isCloseTo(difference, within(1e-9));
            }
        }
    }
}
