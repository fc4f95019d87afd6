package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts without caches, and the last layer for those rows alone that are asked for. */
class TextsTest {
    private static final int[] FIRST = {7, 1, 44, 3, 19};
    private static final int[] SECOND = {60, 2, 2, 31, 8, 50, 12};

    @ParameterizedTest
    @CsvSource({"llama, reference", "llama, simd", "opt, reference", "opt, simd"})
    void rowsThatAreAskedForAreThoseOfABatch(String model, String executor, @TempDir Path directory) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Tiny.executor(executor)) {
            CausalLm lm = (CausalLm) TinyLm.model(model, directory, arena);
            float[] first = Tiny.logits(lm, cpu, FIRST);
            float[] second = Tiny.logits(lm, cpu, SECOND);
            int vocabulary = first.length / FIRST.length;
            float[] all = concat(first, second);
            assertThat(Tiny.error(logits(lm, cpu, FIRST.length, SECOND.length), all))
                    .isLessThan(1e-5);
            float[] last = concat(
                    Arrays.copyOfRange(first, 3 * vocabulary, first.length),
                    Arrays.copyOfRange(second, 6 * vocabulary, second.length));
            assertThat(Tiny.error(logits(lm, cpu, 2, 1), last)).isLessThan(1e-5);
        }
    }

    private static float[] logits(CausalLm lm, Executor cpu, int... asked) {
        Texts texts = new Texts(new int[] {FIRST.length, SECOND.length}, asked);
        int[] ids = IntStream.concat(IntStream.of(FIRST), IntStream.of(SECOND)).toArray();
        try (Ops ops = cpu.begin()) {
            Tensor hidden = lm.forward(ops, lm.embed(ops, ids), texts);
            return ops.read(lm.logits(ops, hidden));
        }
    }

    private static float[] concat(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
