package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shapes that do not fit and memory that is gone are found before a kernel reads by address. */
class HostOpsChecksTest {
    private static final Arena ARENA = Arena.ofAuto();
    private static final AttentionSpec TWO_HEADS = AttentionSpec.causal(2, 2, 4);

    private final CpuExecutor executor = CpuExecutor.simd(1);

    @AfterEach
    void close() {
        executor.close();
    }

    static Stream<Arguments> misfits() {
        Tensor x = floats(3, 8);
        return Stream.of(
                misfit("F32[3, 8]/F32[5, 9]", ops -> ops.linear(x, floats(5, 9), null, Activation.NONE)),
                misfit("F32[5, 8]/F32[6]", ops -> ops.linear(x, floats(5, 8), floats(6), Activation.NONE)),
                misfit("I32[5, 8]", ops -> ops.linear(x, zeros(DType.I32, 5, 8), null, Activation.NONE)),
                misfit("F16[3, 8]", ops -> ops.linear(zeros(DType.F16, 3, 8), floats(5, 8), null, Activation.NONE)),
                misfit("F32[3, 8]/F32[7]", ops -> ops.layerNorm(x, floats(7), floats(8), 1e-5f)),
                misfit("F32[3, 8]/F32[9]", ops -> ops.layerNorm(x, floats(8), floats(9), 1e-5f)),
                misfit("F32[3, 8]/F16[8]", ops -> ops.rmsNorm(x, zeros(DType.F16, 8), 1e-5f)),
                misfit(
                        "F32[3, 8]/F32[4, 8]/F32[5, 8]",
                        ops -> ops.attention(x, floats(4, 8), floats(5, 8), AttentionSpec.bidirectional(2, 4))),
                misfit("F32[3, 8]/F32[3, 4]", ops -> ops.attention(x, floats(3, 4), floats(3, 4), TWO_HEADS)),
                misfit("F32[3, 8]/F32[2, 8]", ops -> ops.attention(x, floats(2, 8), floats(2, 8), TWO_HEADS)),
                misfit("F32[3, 8]", ops -> ops.attention(x, x, x, AttentionSpec.causal(3, 3, 2))),
                misfit(
                        "F32[2, 3, 4]",
                        ops -> ops.attention(x, x, x, new AttentionSpec(2, 2, 1, false, floats(2, 3, 4), null))),
                misfit(
                        "U8[4]",
                        ops -> ops.attention(x, x, x, new AttentionSpec(2, 2, 1, false, null, zeros(DType.U8, 4)))),
                misfit("F32[3, 8]/6", ops -> ops.rope(x, Rope.of(ARENA, 4, 6, 10000, 1), new int[3])),
                misfit("F32[3, 8]/2", ops -> ops.rope(x, Rope.of(ARENA, 4, 4, 10000, 1), new int[2])),
                misfit("4", ops -> ops.rope(x, Rope.of(ARENA, 4, 4, 10000, 1), new int[] {0, 1, 4})),
                misfit("-1", ops -> ops.rope(x, Rope.of(ARENA, 4, 4, 10000, 1), new int[] {0, 1, -1})),
                misfit("3/F32[3, 8]", ops -> ops.embedding(x, new int[] {0, 3})),
                misfit("-200/F32[3, 8]", ops -> ops.embedding(x, new int[] {-200})),
                misfit("F32[3, 8]/F32[2, 8]", ops -> ops.add(x, floats(2, 8))),
                misfit("F32[3, 8]/F32[1, 7]", ops -> ops.multiply(x, floats(1, 7))),
                misfit("F32[3, 8]/F32[3, 7]", ops -> ops.concat(x, floats(3, 7))),
                misfit("F32[5, 7]/F32[3, 8]", ops -> ops.write(floats(5, 7), 0, x)),
                misfit("F32[3, 10, 8]", ops -> ops.patches(floats(3, 10, 8), 4)),
                misfit("F32[3, 8]", ops -> ops.patches(x, 4)));
    }

    private static Arguments misfit(String named, Consumer<Ops> call) {
        return Arguments.of(named, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misfits")
    void shapesThatDoNotFitAreNamed(String named, Consumer<Ops> call) {
        try (Ops ops = executor.begin()) {
            assertThatThrownBy(() -> call.accept(ops))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(named.split("/"));
        }
    }

    /** A closed checkpoint must not become a crash of the JVM. */
    @Test
    void memoryThatIsGoneIsNotRead() {
        Tensor gone;
        Tensor goneVector;
        Tensor goneMask;
        Rope goneRope;
        try (Arena closed = Arena.ofShared()) {
            gone = Tensor.zeros(closed, DType.F32, 3, 8);
            goneVector = Tensor.zeros(closed, DType.F32, 8);
            goneMask = Tensor.zeros(closed, DType.U8, 3);
            goneRope = Rope.of(closed, 3, 4, 10000, 1);
        }
        Tensor x = floats(3, 8);
        List<Consumer<Ops>> calls = List.of(
                ops -> ops.linear(gone, x, null, Activation.NONE),
                ops -> ops.linear(x, gone, null, Activation.NONE),
                ops -> ops.layerNorm(gone, floats(8), floats(8), 1e-5f),
                ops -> ops.linear(x, floats(8, 8), goneVector, Activation.NONE),
                ops -> ops.layerNorm(x, goneVector, floats(8), 1e-5f),
                ops -> ops.layerNorm(x, floats(8), goneVector, 1e-5f),
                ops -> ops.rmsNorm(x, goneVector, 1e-5f),
                ops -> ops.rope(x, goneRope, new int[] {0, 1, 2}),
                ops -> ops.rows(gone, 0, 1),
                ops -> ops.attention(x, x, x, new AttentionSpec(2, 2, 1, false, null, goneMask)),
                ops -> ops.attention(x, gone, x, TWO_HEADS),
                ops -> ops.attention(x, x, gone, TWO_HEADS),
                ops -> ops.embedding(gone, new int[] {1}),
                ops -> ops.add(gone, x),
                ops -> ops.multiply(x, gone),
                ops -> ops.activate(gone, Activation.SILU),
                ops -> ops.concat(x, gone),
                ops -> ops.write(gone, 0, x),
                ops -> ops.read(gone));
        for (int i = 0; i < calls.size(); i++) {
            Consumer<Ops> call = calls.get(i);
            try (Ops ops = executor.begin()) {
                assertThatThrownBy(() -> call.accept(ops)).as("call %d", i).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void whatIsClosedSaysSo() {
        CpuExecutor other = CpuExecutor.simd(2);
        Ops pass = other.begin();
        pass.close();
        pass.close();
        assertThatThrownBy(() -> pass.activate(floats(1, 8), Activation.SILU))
                .isInstanceOf(IllegalStateException.class);
        other.close();
        other.close();
        assertThatThrownBy(other::begin).isInstanceOf(IllegalStateException.class);
    }

    private static Tensor floats(long... shape) {
        return zeros(DType.F32, shape);
    }

    private static Tensor zeros(DType dtype, long... shape) {
        return Tensor.zeros(ARENA, dtype, shape);
    }
}
