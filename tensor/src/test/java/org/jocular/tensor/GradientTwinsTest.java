package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The fast kernels find the gradients that the reference finds, at sizes around every boundary, and the same bits with any number of threads. The
 * build runs this class at 128, 256 and 512 bits.
 */
class GradientTwinsTest {
    private static final CpuExecutor REFERENCE = CpuExecutor.referenceInDoubles();
    private static final CpuExecutor SIMD = CpuExecutor.simd(2);
    private static final CpuExecutor ONE_THREAD = CpuExecutor.simd(1);

    @AfterAll
    static void close() {
        REFERENCE.close();
        SIMD.close();
        ONE_THREAD.close();
    }

    static Stream<GradientCase> cases() {
        return GradientCases.large();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void simdIsTheReference(GradientCase one) {
        double[] expected = gradients(one, REFERENCE, DType.F64);
        double[] found = gradients(one, SIMD, DType.F32);
        double error = 0;
        double size = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            error = Math.max(error, Math.abs(found[i] - expected[i]));
            size += expected[i] * expected[i];
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        double typical = Math.sqrt(size / expected.length);
        assertThat(error).as("largest error").isLessThan(2e-6 * (2 + 4 * typical + largest));
        assertThat(Arrays.equals(found, gradients(one, ONE_THREAD, DType.F32)))
                .as("one thread")
                .isTrue();
        assertThat(Arrays.equals(found, gradients(one, SIMD, DType.F32)))
                .as("again")
                .isTrue();
    }

    private static double[] gradients(GradientCase one, CpuExecutor executor, DType type) {
        try (Parameters parameters = one.parameters(type);
                GradientExecutor gradient = new GradientExecutor(executor, parameters, false)) {
            one.run(gradient);
            return GradientCase.gradients(parameters);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 17, 1000})
    void crossEntropyAndAdamW(int width) {
        double[] expected = trained(REFERENCE, DType.F64, width);
        double[] found = trained(SIMD, DType.F32, width);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-5));
        }
    }

    private static double[] trained(CpuExecutor executor, DType type, int width) {
        int[] targets = {width - 1, -1, 0, width / 2};
        try (Parameters parameters = new Parameters();
                GradientExecutor gradient = new GradientExecutor(executor, parameters, false)) {
            Parameter logits = parameters.add("logits", GradientCase.random(new Random(1), 4, width), type);
            Tensor m = Tensor.zeros(Arena.ofAuto(), type, 4, width);
            Tensor v = Tensor.zeros(Arena.ofAuto(), type, 4, width);
            double[] results = new double[4 * width + 6];
            for (int step = 0; step < 3; step++) {
                parameters.clearGradients();
                try (GradientPass pass = gradient.begin()) {
                    results[2 * step] = pass.crossEntropy(logits.value(), targets, 1.0 / 3);
                    pass.backward();
                }
                results[2 * step + 1] = gradient.gradientNorm();
                gradient.update(logits, m, v, AdamW.withDecay(0.1), step + 1, 0.01, 0.5);
            }
            for (int i = 0; i < 4 * width; i++) {
                results[6 + i] = logits.value().get(i);
            }
            return results;
        }
    }

    @Test
    void largeScoresDoNotOverflow() {
        GradientCase one = new GradientCase(
                "large scores",
                new long[][] {{40, 8}},
                (ops, p) ->
                        ops.attention(p.get(0), p.get(0), p.get(0), new AttentionSpec(1, 1, 300, true, null, null)));
        assertThat(gradients(one, SIMD, DType.F32)).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
    }
}
