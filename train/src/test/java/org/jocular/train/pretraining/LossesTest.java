package org.jocular.train.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.GradientExecutor;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LossesTest {
    @Test
    void smoothingSpreadsATenthOverAllClasses() {
        float[] logits = {1, -2, 0.5f, 3, 0, 0.25f};
        int[] targets = {2, 0};
        double expected = 0;
        for (int row = 0; row < 2; row++) {
            double sum = 0;
            for (int i = 0; i < 3; i++) {
                sum += Math.exp(logits[3 * row + i]);
            }
            for (int i = 0; i < 3; i++) {
                double share = (i == targets[row] ? 0.9 : 0) + 0.1 / 3;
                expected -= share * (logits[3 * row + i] - Math.log(sum));
            }
        }
        try (Arena arena = Arena.ofConfined();
                CpuExecutor cpu = CpuExecutor.reference();
                Parameters parameters = new Parameters();
                GradientExecutor executor = new GradientExecutor(cpu, parameters, false);
                GradientPass pass = executor.begin()) {
            Tensor values =
                    parameters.add("logits", Tensor.of(arena, logits, 2, 3)).value();
            assertThat(Losses.smoothedCrossEntropy(pass, values, targets, 0.5)).isCloseTo(expected, within(1e-6));
        }
    }

    @Test
    void onlyTheFirstColumnsAreCompared() {
        try (Arena arena = Arena.ofConfined();
                CpuExecutor cpu = CpuExecutor.reference();
                Parameters parameters = new Parameters();
                GradientExecutor executor = new GradientExecutor(cpu, parameters, false);
                GradientPass pass = executor.begin()) {
            Tensor y = parameters
                    .add("y", Tensor.of(arena, new float[] {1, 2, 3, 4}, 2, 2))
                    .value();
            Tensor target = Tensor.of(arena, new float[] {0, 2, 9, 5, 4, 9}, 2, 3);
            assertThat(Losses.squaredError(pass, y, target, 0.5)).isEqualTo(1 + 0 + 4 + 0);
            assertThat(parameters.all().iterator().next().gradient().toFloats()).containsExactly(1, 0, -2, 0);
        }
    }

    @Test
    void negativesAreOthersAndMostlyThoseThatAreAlike() {
        // The first is like the third, the third like nobody.
        float[] similarities = {9, 0, 5, 0, 9, 0, 0, 0, 9};
        int[] alike = new int[3];
        int[] others = new int[3];
        for (int seed = 0; seed < 1000; seed++) {
            int[] drawn = HardNegatives.draw(similarities, 3, seed);
            assertThat(drawn).isEqualTo(HardNegatives.draw(similarities, 3, seed));
            for (int row = 0; row < 3; row++) {
                assertThat(drawn[row]).isNotEqualTo(row).isBetween(0, 2);
            }
            alike[drawn[0]]++;
            others[drawn[2]]++;
        }
        assertThat(alike[2]).isGreaterThan(950);
        assertThat(others[0]).isBetween(400, 600);
        assertThatThrownBy(() -> HardNegatives.draw(new float[1], 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
