package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import org.jocular.tensor.Executor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is computed together is what is computed alone, for language models of all kinds. */
class BranchesTest {
    private static final int[] PROMPT = Tiny.randomIds(9, 61);
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"opt, reference", "opt, simd", "t5, reference", "t5, simd"})
    void cacheChangesNothing(String kind, String name) {
        int[] ids = Tiny.randomIds(30, 61);
        try (Executor executor = Tiny.executor(name);
                Arena arena = Arena.ofShared()) {
            LanguageModel model = TinyLm.model(kind, directory, arena);
            float[][] whole = TinyLm.alone(model, executor, PROMPT, ids);
            try (KvCache cache = model.newCache(0)) {
                TinyLm.prefill(model, executor, cache, PROMPT);
                int start = cache.length();
                for (int i = 0; i < ids.length; i++) {
                    same(TinyLm.run(model, executor, Batch.of(cache, 1), ids[i])[0], whole[i]);
                }
                cache.truncate(start + 7);
                same(TinyLm.run(model, executor, Batch.of(cache, 2), ids[7], ids[8])[1], whole[8]);
            }
        }
    }

    /** Branches of mixed depths, of which one is dropped on the way and its rows are forgotten later. */
    @ParameterizedTest
    @CsvSource({"llama, simd", "opt, reference", "opt, simd", "t5, reference", "t5, simd"})
    void aTreeIsManySequences(String kind, String name) {
        try (Executor executor = Tiny.executor(name);
                Arena arena = Arena.ofShared()) {
            LanguageModel model = TinyLm.model(kind, directory, arena);
            try (KvCache cache = model.newCache(0)) {
                TinyLm.prefill(model, executor, cache, PROMPT);
                int root = cache.length() - 1;
                float[][] first = TinyLm.grow(model, executor, cache, new int[] {root, root, root}, 5, 17, 40);
                alone(model, executor, first[0], 5);
                alone(model, executor, first[1], 17);
                alone(model, executor, first[2], 40);

                int new0 = cache.length();
                int[] following = {root + 1, root + 1, root + 3, new0 + 2};
                float[][] second = TinyLm.grow(model, executor, cache, following, 8, 9, 33, 2);
                alone(model, executor, second[0], 5, 8);
                alone(model, executor, second[1], 5, 9);
                alone(model, executor, second[2], 40, 33);
                alone(model, executor, second[3], 40, 33, 2);

                int[] leaves = {new0, new0 + 1, new0 + 3};
                cache.reserve(4, leaves);
                assertThat(cache.length()).as("rows without the dropped one").isEqualTo(new0 + 3);
                int[] further = {leaves[2], leaves[0], leaves[1], cache.length() + 1};
                float[][] third = TinyLm.grow(model, executor, cache, further, 11, 12, 13, 3);
                alone(model, executor, third[0], 40, 33, 2, 11);
                alone(model, executor, third[1], 5, 8, 12);
                alone(model, executor, third[2], 5, 9, 13);
                alone(model, executor, third[3], 5, 8, 12, 3);
            }
        }
    }

    /** One pass for three requests: one goes on by two rows, one by one, and one by three in two branches. */
    @ParameterizedTest
    @CsvSource({"llama, simd", "opt, reference", "opt, simd", "t5, reference", "t5, simd"})
    void severalRequestsInOnePass(String kind, String name) {
        int[] one = Tiny.randomIds(4, 61);
        int[] two = Tiny.randomIds(25, 61);
        int[] three = Arrays.copyOfRange(two, 10, 23);
        try (Executor executor = Tiny.executor(name);
                Arena arena = Arena.ofShared()) {
            LanguageModel model = TinyLm.model(kind, directory, arena);
            try (KvCache first = model.newCache(0);
                    KvCache second = model.newCache(3);
                    KvCache third = model.newCache(100)) {
                TinyLm.prefill(model, executor, first, one);
                TinyLm.prefill(model, executor, second, two);
                TinyLm.prefill(model, executor, third, three);
                TinyLm.run(model, executor, Batch.of(second, 3), 50, 51, 52);

                int root = third.length() - 1;
                Batch batch = Batch.of(first, 2);
                batch.add(second, new int[] {second.length() - 1});
                batch.add(third, new int[] {root, root, root + 1});
                float[][] scores = TinyLm.run(model, executor, batch, 1, 2, 3, 4, 5, 6);
                float[][] alone = TinyLm.alone(model, executor, one, 1, 2);
                same(scores[0], alone[0]);
                same(scores[1], alone[1]);
                same(scores[2], TinyLm.alone(model, executor, two, 50, 51, 52, 3)[3]);
                alone = TinyLm.alone(model, executor, three, 4, 6);
                same(scores[3], alone[0]);
                same(scores[4], TinyLm.alone(model, executor, three, 5)[0]);
                same(scores[5], alone[1]);
            }
        }
    }

    private static void alone(LanguageModel model, Executor executor, float[] found, int... ids) {
        same(found, TinyLm.alone(model, executor, PROMPT, ids)[ids.length - 1]);
    }

    private static void same(float[] found, float[] expected) {
        assertThat(Tiny.error(found, expected)).isLessThan(TOLERANCE);
    }
}
