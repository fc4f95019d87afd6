package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The SIMD executor computes what the reference executor computes, at sizes around every vector, tile and block boundary. The build runs this class
 * at 128, 256 and 512 bits.
 */
class TwinsTest {
    private static final CpuExecutor REFERENCE = CpuExecutor.reference();
    private static final CpuExecutor SIMD = CpuExecutor.simd(2);
    private static final Arena ARENA = Arena.ofShared();

    private final Random random = new Random(7);

    @AfterAll
    static void close() {
        REFERENCE.close();
        SIMD.close();
        ARENA.close();
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,1",
        "1,3,5",
        "2,16,16",
        "3,31,33",
        "4,64,7",
        "5,127,129",
        "1,1000,37",
        "1,4097,9",
        "7,1025,66",
        "24,65,130",
        "25,65,130",
        "33,31,1",
        "48,256,64",
        "61,257,97",
        "100,300,260",
        "770,17,40"
    })
    void linear(int rows, int in, int out) {
        for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
            Tensor x = random(rows, in);
            Tensor weight = random(out, in).to(dtype, ARENA);
            Tensor bias = random(out);
            agree(ops -> ops.linear(x, weight, null, Activation.NONE), Math.sqrt(in));
            agree(ops -> ops.linear(x, weight, bias, Activation.QUICK_GELU), Math.sqrt(in));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 31, 32, 33, 35, 36, 37})
    void linearAtEveryTileBoundary(int size) {
        Tensor weight = random(size, 19).to(DType.F16, ARENA);
        for (int rows = 24; rows < 40; rows++) {
            Tensor x = random(rows, 19);
            agree(ops -> ops.linear(x, weight, null, Activation.NONE), 5);
        }
    }

    @Test
    void subnormalAndExtremeHalves() {
        Tensor weight = Tensor.zeros(ARENA, DType.F16, 40, 50);
        for (int i = 0; i < 2000; i++) {
            short bits = (short) (i < 1000 ? i : 0x7bff - i);
            weight.data().set(ValueLayout.JAVA_SHORT, 2L * i, i % 3 == 0 ? (short) (bits | 0x8000) : bits);
        }
        for (int rows : new int[] {1, 30}) {
            Tensor x = random(rows, 50);
            agree(ops -> ops.linear(x, weight, null, Activation.NONE), 1e6);
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activate(Activation activation) {
        float[] values = new float[4001];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i - 2000) / 50f;
        }
        Tensor x = Tensor.of(ARENA, values, 1, values.length);
        agree(ops -> ops.activate(x, activation), 1);
        for (int width : new int[] {1, 3, 17, 33}) {
            Tensor narrow = random(5, width);
            agree(ops -> ops.activate(narrow, activation), 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 31, 33, 127, 129, 1000, 4096})
    void normsAndElementwise(int width) {
        for (int rows : new int[] {1, 3, 37}) {
            Tensor x = random(rows, width);
            Tensor weight = random(width);
            Tensor bias = random(width);
            // Two values that lie close together lose digits when their mean is subtracted, in any F32 arithmetic.
            agree(ops -> ops.layerNorm(x, weight, bias, 1e-5f), width < 4 ? 10 : 1);
            agree(ops -> ops.rmsNorm(x, weight, 1e-6f), 1);
            agree(ops -> ops.add(x, x), 1);
            agree(ops -> ops.add(x, bias.reshape(1, width)), 1);
            agree(ops -> ops.multiply(x, x), 1);
            agree(ops -> ops.multiply(x, bias.reshape(1, width)), 1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16"})
    void embedding(DType dtype) {
        for (int width : new int[] {1, 15, 16, 33}) {
            Tensor table = random(7, width).to(dtype, ARENA);
            agree(ops -> ops.embedding(table, new int[] {6, 0, 3, 3}), 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 6, 12, 30, 32, 34, 64, 66, 128})
    void rope(int headDim) {
        Rope rope = Rope.of(ARENA, 300, headDim, 10000, 1);
        Tensor x = random(5, 3 * headDim);
        agree(ops -> ops.rope(x, rope, new int[] {0, 1, 17, 299, 5}), 1);
    }

    @ParameterizedTest
    @CsvSource({
        // queries, keys, heads, kvHeads, headDim
        "1,1,1,1,1",
        "1,5,2,2,3",
        "1,400,4,2,64",
        "3,3,2,1,17",
        "4,33,4,4,12",
        "5,5,2,2,12",
        "17,17,4,4,10",
        "31,31,2,1,33",
        "33,65,4,2,16",
        "65,65,2,2,65",
        "7,500,3,1,20",
        "128,129,2,2,40",
        "200,431,1,1,88",
        "33,16,2,2,7"
    })
    void attention(int queries, int keys, int heads, int kvHeads, int headDim) {
        Tensor q = random(queries, heads * headDim);
        Tensor k = random(keys, kvHeads * headDim);
        Tensor v = random(keys, kvHeads * headDim);
        Tensor bias = random(heads, queries, keys);
        Tensor keyMask = mask(keys);
        Tensor pairMask = mask(queries, keys);
        float scale = (float) (1 / Math.sqrt(headDim));
        for (Tensor b : new @Nullable Tensor[] {null, bias}) {
            for (Tensor m : new @Nullable Tensor[] {null, keyMask, pairMask}) {
                agree(ops -> ops.attention(q, k, v, new AttentionSpec(heads, kvHeads, scale, false, b, m)), 1);
                if (queries <= keys) {
                    agree(ops -> ops.attention(q, k, v, new AttentionSpec(heads, kvHeads, scale, true, b, m)), 1);
                }
            }
        }
    }

    private Tensor mask(long... shape) {
        Tensor mask = Tensor.zeros(ARENA, DType.U8, shape);
        for (long i = 0; i < mask.elements(); i++) {
            mask.data().set(ValueLayout.JAVA_BYTE, i, (byte) (i == 0 || random.nextInt(3) > 0 ? 1 : 0));
        }
        return mask;
    }

    @Test
    void aQueryThatMayLookNowhereGetsZeros() {
        Tensor x = random(6, 8);
        Tensor nothing = Tensor.zeros(ARENA, DType.U8, 6);
        for (int rows : new int[] {1, 6}) {
            AttentionSpec spec = new AttentionSpec(2, 2, 1, false, null, nothing);
            agree(ops -> ops.attention(x.slice(0, rows), x, x, spec), 1);
        }
    }

    @Test
    void largeScoresDoNotOverflow() {
        float[] values = new float[40 * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * 40);
        }
        Tensor x = Tensor.of(ARENA, values, 40, 8);
        agree(ops -> ops.attention(x, x, x, AttentionSpec.causal(1, 1, 8)), 100);
        agree(ops -> ops.attention(x.slice(0, 2), x, x, AttentionSpec.bidirectional(1, 8)), 100);
    }

    private static void agree(Function<Ops, Tensor> computation, double size) {
        float[] expected = run(REFERENCE, computation);
        float[] found = run(SIMD, computation);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            double tolerance = 2e-6 * (size + Math.abs(expected[i]));
            assertThat((double) found[i])
                    .as("element %d of %d", i, expected.length)
                    .isCloseTo(expected[i], within(tolerance));
        }
    }

    private static float[] run(Executor executor, Function<Ops, Tensor> computation) {
        try (Ops ops = executor.begin()) {
            return ops.read(computation.apply(ops));
        }
    }

    private Tensor random(long... shape) {
        float[] values = new float[(int) Tensor.elements(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(ARENA, values, shape);
    }
}
