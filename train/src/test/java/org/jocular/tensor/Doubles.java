package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.util.function.ToDoubleFunction;

/** Gradients of whole losses against central differences, in double precision; as GradientsTest does it for single operations. */
public final class Doubles {
    private static final double STEP = 1e-5;

    /** So many elements of each parameter are looked at. */
    private static final int SAMPLES = 3;

    private Doubles() {}

    /** Adds a trainable copy in F64. */
    public static Tensor add(Parameters parameters, String name, Tensor initial) {
        return parameters.add(name, initial, DType.F64).value();
    }

    /**
     * Goes forth and back, then forth beside every parameter.
     *
     * @param weight with which the loss asks the pass to minimise what it returns
     * @param loss runs in a pass, and says what is minimised
     */
    public static void assertGradients(Parameters parameters, double weight, ToDoubleFunction<GradientPass> loss) {
        try (CpuExecutor reference = CpuExecutor.referenceInDoubles();
                GradientExecutor executor = new GradientExecutor(reference, parameters, false)) {
            try (GradientPass pass = executor.begin()) {
                assertThat(loss.applyAsDouble(pass)).isFinite();
                pass.backward();
            }
            double largest = 0;
            for (Parameter parameter : parameters.all()) {
                long elements = parameter.value().elements();
                for (long i = 0; i < elements; i += Math.max(1, elements / SAMPLES)) {
                    double difference = weight
                            * (shifted(executor, parameter, i, STEP, loss)
                                    - shifted(executor, parameter, i, -STEP, loss))
                            / (2 * STEP);
                    assertThat(parameter.gradient().get(i))
                            .as("%s[%d]", parameter.name(), i)
                            .isCloseTo(difference, within(2e-8 * (10 + Math.abs(difference))));
                    largest = Math.max(largest, Math.abs(difference));
                }
            }
            assertThat(largest).isGreaterThan(1e-3);
        }
    }

    private static double shifted(
            GradientExecutor executor, Parameter parameter, long i, double by, ToDoubleFunction<GradientPass> loss) {
        double before = parameter.value().get(i);
        parameter.value().data().setAtIndex(ValueLayout.JAVA_DOUBLE, i, before + by);
        try (GradientPass pass = executor.begin()) {
            return loss.applyAsDouble(pass);
        } finally {
            parameter.value().data().setAtIndex(ValueLayout.JAVA_DOUBLE, i, before);
        }
    }
}
