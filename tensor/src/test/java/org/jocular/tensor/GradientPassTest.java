package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What is recorded, forgotten, computed again and added up. */
class GradientPassTest {
    private static final CpuExecutor SIMD = CpuExecutor.simd(2);
    private static final Arena ARENA = Arena.ofShared();
    private static final int WIDTH = 24;

    @AfterAll
    static void close() {
        SIMD.close();
        ARENA.close();
    }

    /** Blocks with residuals that also look at something computed before them, one in another, and one without parameters. */
    private static Tensor network(Ops ops, List<Tensor> p) {
        Tensor context = ops.linear(p.get(0), p.get(1), null, Activation.GELU);
        Tensor x = ops.concat(p.get(0), context);
        AttentionSpec spec = AttentionSpec.bidirectional(2, WIDTH / 2);
        for (int i = 0; i < 2; i++) {
            x = ops.block(x, h -> {
                Tensor seen = ops.attention(h, context, context, spec);
                Tensor inner = ops.block(ops.add(h, seen), g -> ops.add(g, ops.rmsNorm(g, p.get(2), 1e-3f)));
                return ops.linear(inner, p.get(3), null, Activation.SILU);
            });
        }
        Tensor constant = ops.block(ops.embedding(frozen(), new int[] {1, 2, 0}), h -> ops.add(h, h));
        return ops.concat(x, ops.multiply(constant, ops.rows(x, 0, 3)));
    }

    private static Tensor frozen() {
        return GradientCase.random(new Random(8), 4, WIDTH);
    }

    private static GradientCase network() {
        return new GradientCase(
                "network",
                new long[][] {{5, WIDTH}, {WIDTH, WIDTH}, {WIDTH}, {WIDTH, WIDTH}},
                GradientPassTest::network);
    }

    private static double[] gradients(GradientCase one, boolean recompute, int times) {
        try (Parameters parameters = one.parameters(DType.F32);
                GradientExecutor executor = new GradientExecutor(SIMD, parameters, recompute)) {
            for (int i = 0; i < times; i++) {
                one.run(executor);
            }
            assertThat(parameters.unreached()).isEmpty();
            return GradientCase.gradients(parameters);
        }
    }

    @Test
    void recomputedBlocksGiveTheSameBits() {
        double[] stored = gradients(network(), false, 1);
        assertThat(gradients(network(), true, 1)).containsExactly(stored);
        assertThat(stored).doesNotContain(0.0);
    }

    @Test
    void aNetworkIsDifferentiatedLikeItsOperations() {
        double[] expected;
        try (CpuExecutor reference = CpuExecutor.referenceInDoubles();
                Parameters parameters = network().parameters(DType.F64);
                GradientExecutor executor = new GradientExecutor(reference, parameters, true)) {
            // The frozen table is F32 there, which an embedding may be.
            network().run(executor);
            expected = GradientCase.gradients(parameters);
        }
        double[] found = gradients(network(), true, 1);
        double error = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            error += (found[i] - expected[i]) * (found[i] - expected[i]);
            size += expected[i] * expected[i];
        }
        assertThat(Math.sqrt(error / size)).isLessThan(1e-4);
    }

    @Test
    void gradientsOfSeveralPassesAreAddedUp() {
        double[] once = gradients(network(), false, 1);
        double[] twice = gradients(network(), false, 2);
        for (int i = 0; i < once.length; i++) {
            assertThat(twice[i]).isCloseTo(2 * once[i], within(1e-5 * (1 + Math.abs(once[i]))));
        }
    }

    @Test
    void whatIsKeptBeyondABlockSendsItsGradientBack() {
        GradientCase one = new GradientCase("keep", new long[][] {{3, WIDTH}, {WIDTH, WIDTH}}, (ops, p) -> {
            Tensor[] kept = new Tensor[1];
            Tensor x = ops.block(ops.activate(p.get(0), Activation.SILU), h -> {
                kept[0] = ops.keep(ops.linear(h, p.get(1), null, Activation.NONE), ARENA);
                return h;
            });
            return ops.block(x, h -> ops.multiply(h, ops.rows(kept[0], 0, 3)));
        });
        GradientCase direct = new GradientCase("direct", one.shapes(), (ops, p) -> {
            Tensor x = ops.activate(p.get(0), Activation.SILU);
            return ops.multiply(x, ops.linear(x, p.get(1), null, Activation.NONE));
        });
        double[] expected = gradients(direct, false, 1);
        for (boolean recompute : new boolean[] {false, true}) {
            double[] found = gradients(one, recompute, 1);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    @Test
    void rowsThatAreWrittenIntoACacheHaveGradients() {
        Tensor cache = Tensor.zeros(ARENA, DType.F32, 8, WIDTH);
        GradientCase one = new GradientCase("write", new long[][] {{3, WIDTH}, {2, WIDTH}}, (ops, p) -> {
            Tensor first = ops.write(cache, 0, ops.multiply(p.get(0), p.get(0)));
            Tensor both = ops.write(cache, 3, p.get(1));
            return ops.concat(ops.multiply(both, both), first);
        });
        GradientCase direct = new GradientCase("direct", one.shapes(), (ops, p) -> {
            Tensor first = ops.multiply(p.get(0), p.get(0));
            Tensor both = ops.concat(first, p.get(1));
            return ops.concat(ops.multiply(both, both), first);
        });
        assertThat(gradients(one, false, 1)).containsExactly(gradients(direct, false, 1));
        assertThat(cache.get(0)).isNotZero();
        assertThatThrownBy(() -> gradients(one, true, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aWeightThatWasCopiedIsNamed() {
        try (Parameters parameters = new Parameters();
                GradientExecutor executor = new GradientExecutor(SIMD, parameters, false);
                GradientPass pass = executor.begin()) {
            Parameter used = parameters.add("used", frozen());
            parameters.add("copied", frozen());
            pass.add(used.value(), used.value());
            assertThat(parameters.unreached()).containsExactly("copied");
        }
    }

    @Test
    void recomputationBoundsMemory() {
        long stored = memory(false);
        long forgotten = memory(true);
        assertThat(forgotten).isLessThan(stored / 4);
    }

    private static long memory(boolean recompute) {
        try (CpuExecutor executor = CpuExecutor.simd(1);
                Parameters parameters = new Parameters();
                GradientExecutor gradient = new GradientExecutor(executor, parameters, recompute);
                GradientPass pass = gradient.begin()) {
            Tensor x = parameters
                    .add("x", Tensor.zeros(ARENA, DType.F32, 100, 100))
                    .value();
            for (int i = 0; i < 16; i++) {
                x = pass.block(x, h -> {
                    Tensor y = h;
                    for (int j = 0; j < 16; j++) {
                        y = pass.activate(y, Activation.SILU);
                    }
                    return y;
                });
            }
            pass.backward();
            return executor.workspace().bytes();
        }
    }
}
