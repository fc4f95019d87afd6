package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TracingExecutorTest {
    private record Seen(String name, List<Long> shape, float[] values) {}

    /** Within blocks too, in order, with the values that they had when they were named. */
    @Test
    void tellsEveryNamedValueAndChangesNothing() {
        try (CpuExecutor executor = CpuExecutor.reference();
                Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.of(arena, new float[] {1, 2, 3, 4}, 2, 2);
            List<Seen> seen = new ArrayList<>();
            TracingExecutor tracing = new TracingExecutor(
                    executor, (name, shape, values) -> seen.add(new Seen(name, longs(shape), values)));
            float[] plain = run(executor, x);

            assertThat(seen).isEmpty();
            assertThat(run(tracing, x)).containsExactly(plain).containsExactly(8, 16, 24, 32);
            assertThat(seen).extracting(Seen::name).containsExactly("inner", "outer", "last");
            assertThat(seen.get(0).values()).containsExactly(2, 4, 6, 8);
            assertThat(seen.get(1).values()).containsExactly(4, 8, 12, 16);
            assertThat(seen).extracting(Seen::shape).containsOnly(List.of(2L, 2L));
            assertThat(tracing.name()).isEqualTo("reference");
            assertThat(tracing.threads()).isEqualTo(1);
        }
    }

    @Test
    void closingItLeavesTheOtherOpen() {
        try (CpuExecutor executor = CpuExecutor.reference();
                Arena arena = Arena.ofConfined()) {
            new TracingExecutor(executor, (name, shape, values) -> {}).close();
            assertThat(run(executor, Tensor.of(arena, new float[] {1}, 1, 1))).containsExactly(8);
        }
    }

    /** x becomes 8 x. */
    private static float[] run(Executor executor, Tensor x) {
        try (Ops ops = executor.begin()) {
            Tensor y = ops.block(ops.rows(x, 0, x.rows()), h -> {
                Tensor twice = ops.block(ops.add(h, h), g -> ops.named("inner", g));
                return ops.named("outer", ops.add(twice, twice));
            });
            Tensor z = ops.add(y, y);
            return ops.read(ops.named("last", z));
        }
    }

    private static List<Long> longs(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
