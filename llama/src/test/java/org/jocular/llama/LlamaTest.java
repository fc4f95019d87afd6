package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jocular.llama.Tiny.RandomWeights;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Rope;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.JsonFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"reference", "simd"})
    void cacheChangesNothing(String name) {
        int[] ids = Tiny.randomIds(20, 61);
        try (Executor executor = Tiny.executor(name);
                Arena arena = Arena.ofShared()) {
            Llama model = Tiny.llama(arena, 2, 64);
            float[] whole = Tiny.logits(model, executor, ids);
            try (KvCache cache = model.newCache(ids.length)) {
                for (int i = 0; i < ids.length; i++) {
                    float[] row = Arrays.copyOfRange(whole, i * 61, (i + 1) * 61);
                    assertThat(Tiny.error(step(model, executor, cache, ids[i]), row))
                            .as("token %d", i)
                            .isLessThan(1e-5);
                }
                cache.truncate(7);
                assertThat(cache.length()).isEqualTo(7);
                float[] again = step(model, executor, cache, ids[7]);
                assertThat(Tiny.error(again, Arrays.copyOfRange(whole, 7 * 61, 8 * 61)))
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void aFullCacheGrowsAndLosesNothing() {
        try (Executor executor = Tiny.executor("simd");
                Arena arena = Arena.ofShared()) {
            Llama model = Tiny.llama(arena, 1, 64);
            try (KvCache cache = model.newCache(2);
                    KvCache large = model.newCache(3)) {
                for (int id = 1; id <= 3; id++) {
                    assertThat(step(model, executor, cache, id)).isEqualTo(step(model, executor, large, id));
                }
                assertThat(cache.length()).isEqualTo(3);
            }
        }
    }

    /** A result that always lies at the same place: nothing was added to the memory of the passes. */
    @Test
    void decodingNeedsNoFurtherMemory() {
        try (Executor executor = Tiny.executor("simd");
                Arena arena = Arena.ofShared()) {
            Llama model = Tiny.llama(arena, 2, 256);
            Set<Long> places = new HashSet<>();
            try (KvCache cache = model.newCache(200)) {
                for (int i = 0; i < 200; i++) {
                    try (Ops ops = executor.begin()) {
                        Tensor hidden = model.decode(ops, new int[] {i % 61}, Batch.of(cache, 1));
                        places.add(model.logits(ops, hidden).data().address());
                    }
                }
            }
            assertThat(places).hasSize(1);
        }
    }

    /** Two query heads that share keys and values are two heads whose keys and values are equal. */
    @Test
    void groupedHeadsAreRepeatedHeads() {
        int[] ids = Tiny.randomIds(9, 61);
        try (Executor executor = Tiny.executor("reference");
                Arena arena = Arena.ofShared()) {
            Weights weights = new RandomWeights(arena, "");
            Llama grouped = Llama.load(weights, Tiny.config(2, 64, 2, 1));
            Llama repeated = Llama.load(new Repeated(weights, 8), Tiny.config(2, 64, 4, 1));

            assertThat(Tiny.logits(grouped, executor, ids)).containsExactly(Tiny.logits(repeated, executor, ids));
        }
    }

    @Test
    void aHeadThatTheFileLacksIsTheEmbedding() {
        try (Arena arena = Arena.ofShared()) {
            Weights all = new RandomWeights(arena, "");
            Weights headless = new Filtered(all, "lm_head.weight");
            Llama model = Llama.load(headless, Tiny.config(1, 64, 2, 1));

            assertThat(model.lmHead().weight()).isSameAs(model.embedTokens().weight());
            assertThat(Tiny.llama(arena, 1, 64).lmHead().name()).isEqualTo("lm_head");
        }
    }

    /** {@code rope_scaling} linear: position 6 of a model stretched by 2 turns as position 3. */
    @Test
    void linearScalingPressesPositionsTogether() {
        try (Arena arena = Arena.ofShared()) {
            Rope plain = Rope.of(arena, 8, 8, 10000, 1);
            Rope stretched = Rope.of(arena, 16, 8, 10000, 2);
            for (int position = 0; position < 8; position++) {
                assertThat(stretched.sin().slice(2 * position, 2 * position + 1).toFloats())
                        .containsExactly(
                                plain.sin().slice(position, position + 1).toFloats());
            }
        }
        assertThat(config("{\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}}")
                        .ropeFactor())
                .isEqualTo(2);
        assertThat(config("{\"rope_scaling\": {\"rope_type\": \"default\"}}").ropeFactor())
                .isEqualTo(1);
        assertThat(config("{\"rope_scaling\": null}").ropeFactor()).isEqualTo(1);
    }

    @Test
    void anEmptyConfigIsThatOf7B() {
        assertThat(config("{}"))
                .isEqualTo(new Llama.Config(32000, 4096, 11008, 32, 32, 32, 128, 2048, 1e-6f, 10000, 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"num_attention_heads\": 6, \"num_key_value_heads\": 4, \"hidden_size\": 48 | num_key_value_heads",
                "\"hidden_size\": 50, \"num_attention_heads\": 4 | hidden_size",
                "\"head_dim\": 7 | head_dim",
                "\"hidden_size\": 0 | hidden_size",
                "\"num_hidden_layers\": -3 | num_hidden_layers",
                "\"num_hidden_layers\": 2000000 | num_hidden_layers",
                "\"vocab_size\": \"many\" | vocab_size",
                "\"rms_norm_eps\": 0 | rms_norm_eps",
                "\"hidden_act\": \"gelu\" | hidden_act",
                "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4} | rope_scaling",
                "\"rope_scaling\": {\"type\": \"linear\", \"factor\": -1} | factor",
                "\"rope_scaling\": {\"type\": \"linear\"} | factor"
            })
    void aConfigThatMakesNoSenseIsRefusedInOneSentence(String fields, String named) {
        assertThatThrownBy(() -> config("{" + fields + "}"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(named)
                .hasMessageNotContaining("\n");
    }

    private Llama.Config config(String json) {
        Path file = directory.resolve("config.json");
        try {
            Files.writeString(file, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Llama.Config.of(JsonFile.read(file));
    }

    private static float[] step(Llama model, Executor executor, KvCache cache, int id) {
        try (Ops ops = executor.begin()) {
            return ops.read(model.logits(ops, model.decode(ops, new int[] {id}, Batch.of(cache, 1))));
        }
    }

    /** Weights of grouped heads with each key and value head written twice. */
    private record Repeated(Weights weights, int headDim) implements Weights {
        @Override
        public Tensor tensor(String name, long... shape) {
            String path = path(name);
            if (!path.contains("k_proj") && !path.contains("v_proj")) {
                return weights.tensor(name, shape);
            }
            Tensor half = weights.tensor(name, shape[0] / 2, shape[1]);
            Tensor twice = Tensor.zeros(Arena.ofAuto(), DType.F32, shape);
            for (long row = 0; row < shape[0]; row += headDim) {
                Tensor head = half.slice(row / (2 * headDim) * headDim, row / (2 * headDim) * headDim + headDim);
                twice.slice(row, row + headDim).data().copyFrom(head.data());
            }
            return twice;
        }

        @Override
        public Weights at(String name) {
            return new Repeated(weights.at(name), headDim);
        }

        @Override
        public String path() {
            return weights.path();
        }

        @Override
        public boolean has(String name) {
            return weights.has(name);
        }

        @Override
        public Tensor floats(String name, long... shape) {
            return weights.floats(name, shape);
        }
    }

    /** Weights without one tensor. */
    private record Filtered(Weights weights, String missing) implements Weights {
        @Override
        public boolean has(String name) {
            return !path(name).equals(missing);
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            assertThat(path(name)).isNotEqualTo(missing);
            return weights.tensor(name, shape);
        }

        @Override
        public Weights at(String name) {
            return new Filtered(weights.at(name), missing);
        }

        @Override
        public String path() {
            return weights.path();
        }

        @Override
        public Tensor floats(String name, long... shape) {
            return weights.floats(name, shape);
        }
    }
}
