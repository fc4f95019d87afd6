package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of a pass: what is kept keeps its values, what is freed is used again, and nothing old is ever read. */
class HostOpsTest {
    private final CpuExecutor executor = CpuExecutor.simd(2);
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        executor.close();
        arena.close();
    }

    /** Blocks in blocks, with NaN written over whatever is free after each; 5000000 floats are more than a chunk. */
    @ParameterizedTest
    @CsvSource({"1, 1", "3, 5", "16, 16", "7, 100003", "1, 5000000"})
    void blocksKeepTheirResultsAndThoseBeforeThem(int rows, int width) {
        Tensor x = constant(1, rows, width);
        try (Ops ops = executor.begin()) {
            Tensor before = ops.add(x, x); // 2
            Tensor y = ops.block(ops.add(x, x), h -> nested(ops, h, 3));
            poison();
            Tensor after = ops.add(y, before);
            poison();
            // Each level adds 1 before and doubles after: ((2 + 3) · 8).
            assertConstant(y, 40);
            assertConstant(before, 2);
            assertConstant(after, 42);
        }
        assertConstant(x, 1);
    }

    private Tensor nested(Ops ops, Tensor x, int depth) {
        if (depth == 0) {
            return x;
        }
        Tensor more = ops.add(x, constant(1, 1, x.width()));
        Tensor inner = ops.block(more, h -> nested(ops, h, depth - 1));
        poison();
        Tensor unused = ops.add(inner, inner);
        assertThat(unused.rows()).isEqualTo(x.rows());
        return ops.add(inner, inner);
    }

    /** A block may make much of little and little of much. */
    @Test
    void blocksThatGrowAndShrink() {
        try (Ops ops = executor.begin()) {
            Tensor small = ops.add(constant(3, 1, 1000), constant(0, 1, 1000));
            Tensor[] many = new Tensor[6000];
            Tensor large = ops.block(small, h -> {
                Arrays.fill(many, h);
                return ops.concat(many); // 24 MB
            });
            poison();
            assertConstant(large, 3);
            Tensor last = ops.block(large, h -> ops.add(ops.rows(h, 5999, 6000), ops.rows(h, 0, 1)));
            poison();
            assertConstant(last, 6);
            assertThat(last.elements()).isEqualTo(1000);
        }
    }

    /** What a block returns may be its input, a part of it, or something that was there before. */
    @Test
    void blocksThatComputeNothing() {
        try (Ops ops = executor.begin()) {
            Tensor before = ops.add(constant(5, 2, 33), constant(0, 2, 33));
            assertConstant(ops.block(ops.add(before, before), h -> h), 10);
            assertConstant(ops.block(ops.add(before, before), h -> ops.rows(h, 1, 2)), 10);
            Tensor same = ops.block(ops.add(before, before), h -> before);
            poison();
            assertConstant(same, 5);
            assertConstant(before, 5);
            assertConstant(ops.block(constant(7, 3, 3), h -> h), 7);
        }
    }

    @Test
    void layersOfAStackTakeNoMoreMemoryThanOne() {
        Set<Long> places = new HashSet<>();
        try (Ops ops = executor.begin()) {
            Tensor x = ops.add(constant(1, 8, 64), constant(0, 8, 64));
            for (int layer = 0; layer < 1000; layer++) {
                x = ops.block(x, h -> ops.multiply(ops.add(h, h), constant(0.5f, 1, 64)));
                places.add(x.data().address());
            }
            assertConstant(x, 1);
        }
        assertThat(places).hasSize(1);
    }

    @Test
    void everyPassBeginsAtTheSamePlace() {
        Tensor x = constant(1, 100, 7000);
        Set<Long> places = new HashSet<>();
        for (int pass = 0; pass < 20; pass++) {
            try (Ops ops = executor.begin()) {
                for (int i = 0; i < 10; i++) {
                    places.add(ops.add(x, x).data().address());
                }
            }
        }
        assertThat(places).as("28 MB in two chunks").hasSize(10);
    }

    /** A pass within a pass gives back what it took, and no more. */
    @Test
    void passesNest() {
        try (Ops outer = executor.begin()) {
            Tensor kept = outer.add(constant(1, 3, 3), constant(1, 3, 3));
            for (int i = 0; i < 3; i++) {
                try (Ops inner = executor.begin()) {
                    assertConstant(inner.add(kept, kept), 4);
                }
            }
            poison();
            assertConstant(kept, 2);
            assertConstant(outer.add(kept, kept), 4);
        }
    }

    /** The same results from memory full of NaN as from new memory: no operation reads what it did not write. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 30})
    void nothingOldIsRead(int rows) {
        for (int width : new int[] {4, 12, 20, 36, 68}) {
            Function<CpuExecutor, float[]> pass = e -> everyOperation(e, rows, width);
            float[] fresh;
            try (CpuExecutor other = CpuExecutor.simd(2)) {
                fresh = pass.apply(other);
            }
            everyOperation(executor, rows, width, Float.NaN);
            poison();
            assertThat(pass.apply(executor)).containsExactly(fresh).doesNotContain(Float.NaN);
        }
    }

    private float[] everyOperation(CpuExecutor e, int rows, int width) {
        return everyOperation(e, rows, width, 1);
    }

    private float[] everyOperation(CpuExecutor e, int rows, int width, float factor) {
        Tensor x = random(factor, rows, width);
        Tensor weight = random(factor, width, width);
        Tensor vector = random(factor, width);
        Rope rope = Rope.of(arena, rows, width / 2, 10000, 1);
        int[] positions = new int[rows];
        try (Ops ops = e.begin()) {
            Tensor y = ops.linear(x, weight, vector, Activation.GELU);
            y = ops.add(y, ops.layerNorm(x, vector, vector, 1e-5f));
            y = ops.add(y, ops.rmsNorm(x, vector, 1e-5f));
            y = ops.multiply(y, ops.activate(x, Activation.SILU));
            y = ops.rope(y, rope, positions);
            y = ops.attention(y, y, x, AttentionSpec.causal(2, 2, width / 2));
            return ops.read(ops.concat(y, ops.embedding(weight, new int[] {0, width - 1})));
        }
    }

    @Test
    void whatIsKeptOutlivesThePass() {
        Tensor kept;
        try (Ops ops = executor.begin()) {
            kept = ops.keep(ops.add(constant(1, 3, 5), constant(1, 3, 5)), arena);
        }
        poison();
        assertConstant(kept, 2);
    }

    @Test
    void writeChangesItsDestinationOnly() {
        Tensor cache = constant(0, 5, 3);
        try (Ops ops = executor.begin()) {
            Tensor filled = ops.write(cache, 1, constant(2, 2, 3));
            assertThat(filled.toFloats()).containsExactly(0, 0, 0, 2, 2, 2, 2, 2, 2);
        }
        assertThat(cache.toFloats()).containsExactly(0, 0, 0, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0);
        try (Ops ops = executor.begin()) {
            assertThatThrownBy(() -> ops.write(cache, 4, constant(2, 2, 3))).isInstanceOf(RuntimeException.class);
        }
    }

    /** Fills everything that is free with NaN. */
    private void poison() {
        try (Arena scratch = Arena.ofConfined();
                Ops ops = executor.begin()) {
            float[] values = new float[1_000_000];
            Arrays.fill(values, Float.NaN);
            Tensor nan = Tensor.of(scratch, values, 1, values.length);
            for (int i = 0; i < 12; i++) {
                assertThat(ops.add(nan, nan).get(0)).isNaN();
            }
        }
    }

    private Tensor constant(float value, long... shape) {
        float[] values = new float[(int) Tensor.elements(shape)];
        Arrays.fill(values, value);
        return Tensor.of(arena, values, shape);
    }

    private Tensor random(float factor, long... shape) {
        Random random = new Random(5);
        float[] values = new float[(int) Tensor.elements(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = factor * (float) random.nextGaussian();
        }
        return Tensor.of(arena, values, shape);
    }

    private static void assertConstant(Tensor tensor, float value) {
        float[] values = tensor.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != value) {
                assertThat(values[i]).as("element %d of %s", i, tensor).isEqualTo(value);
            }
        }
    }
}
