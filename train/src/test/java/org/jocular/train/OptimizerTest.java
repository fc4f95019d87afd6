package org.jocular.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.jocular.tensor.AdamW;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.GradientExecutor;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.Test;

class OptimizerTest {
    @Test
    void schedulesWarmUpAndGoDown() {
        Schedule cosine = Schedule.of(Schedule.Decay.COSINE, 2, 2, 6);
        assertThat(cosine.rate(0)).isEqualTo(1);
        assertThat(cosine.rate(1)).isEqualTo(2);
        assertThat(cosine.rate(2)).isEqualTo(2);
        assertThat(cosine.rate(4)).isCloseTo(1, within(1e-15));
        assertThat(cosine.rate(6)).isZero();
        assertThat(cosine.rate(9)).isZero();
        Schedule lavis = new Schedule(Schedule.Decay.LINEAR, 1, 5, 2, 4, 10);
        assertThat(lavis.rate(0)).isEqualTo(2);
        assertThat(lavis.rate(3)).isEqualTo(5);
        assertThat(lavis.rate(7)).isEqualTo(3.5);
        assertThat(Schedule.of(Schedule.Decay.CONSTANT, 3, 0, 10).rate(7)).isEqualTo(3);
        assertThatThrownBy(() -> Schedule.of(Schedule.Decay.LINEAR, 1, 7, 6))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void clipsByTheNormOfAllAndScalesRates() {
        try (CpuExecutor cpu = CpuExecutor.simd(1);
                Arena arena = Arena.ofShared();
                Parameters parameters = new Parameters();
                GradientExecutor executor = new GradientExecutor(cpu, parameters, false)) {
            Parameter a = parameters.add("a", Tensor.of(arena, new float[] {1}, 1));
            Parameter b = parameters.add("b", Tensor.of(arena, new float[] {1}, 1));
            try (Optimizer optimizer =
                    new Optimizer(executor, AdamW.withDecay(0.1), 1, name -> name.equals("b") ? 0.5 : 1)) {
                set(a.gradient(), 3);
                set(b.gradient(), -4);
                assertThat(optimizer.step(0.01)).isCloseTo(5, within(1e-6));
                assertThat(a.gradient().get(0)).isZero();
                // The first step of Adam is the rate, whatever the gradient; the decay comes before.
                assertThat(a.value().get(0)).isCloseTo(1 - 0.001 - 0.01, within(1e-6));
                assertThat(b.value().get(0)).isCloseTo(1 - 0.0005 + 0.005, within(1e-6));
                assertThat(optimizer.state().keySet())
                        .containsExactly("exp_avg.a", "exp_avg_sq.a", "exp_avg.b", "exp_avg_sq.b");
                Tensor mean = optimizer.state().get("exp_avg.a");
                assertThat(mean == null ? 0 : mean.get(0)).isCloseTo(0.1 * 3 / 5, within(1e-6));
                assertThat(optimizer.steps()).isEqualTo(1);
            }
        }
    }

    private static void set(Tensor tensor, float value) {
        tensor.data().setAtIndex(ValueLayout.JAVA_FLOAT, 0, value);
    }
}
