package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.jocular.llama.Tiny.RandomWeights;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"reference", "simd"})
    void scoresAreThoseOfThePaper(String name) {
        int[] ids = Tiny.randomIds(40, 61);
        try (Executor executor = Tiny.executor(name);
                Arena arena = Arena.ofShared()) {
            Opt model = (Opt) TinyLm.model("opt", directory, arena);
            double[][] expected = new Naive(new RandomWeights(arena, "")).opt(model.config(), ids);

            assertThat(Tiny.error(Tiny.logits(model, executor, ids), Naive.flat(expected)))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void aHeadThatTheFileLacksIsTheEmbedding() {
        try (Checkpoint headless = TinyLm.checkpoint("opt", directory, "{}", "lm_head.weight")) {
            Opt model = (Opt) TinyLm.load("opt", headless.root(), directory, "{}");
            headless.finish();

            assertThat(model.lmHead().weight()).isSameAs(model.embedTokens().weight());
            assertThat(model.lmHead().name()).isEqualTo("lm_head");
        }
    }

    @Test
    void anEmptyConfigIsThatOf125M() {
        assertThat(Opt.Config.of(TinyLm.fields(directory, "{}")))
                .isEqualTo(new Opt.Config(50272, 768, 3072, 12, 12, 2048, Activation.RELU));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"hidden_size\": 50, \"word_embed_proj_dim\": 50 | hidden_size",
                "\"hidden_size\": -1 | hidden_size",
                "\"num_attention_heads\": 0 | num_attention_heads",
                "\"num_hidden_layers\": 2000000 | num_hidden_layers",
                "\"vocab_size\": \"many\" | vocab_size",
                "\"ffn_dim\": 1.5 | ffn_dim",
                "\"max_position_embeddings\": 2000000000 | max_position_embeddings",
                "\"activation_function\": \"maxout\" | activation_function",
                "\"activation_function\": 3 | activation_function",
                "\"do_layer_norm_before\": false | do_layer_norm_before",
                "\"_remove_final_layer_norm\": true | _remove_final_layer_norm",
                "\"word_embed_proj_dim\": 16 | word_embed_proj_dim",
                "\"enable_bias\": false | enable_bias",
                "\"enable_bias\": \"yes\" | enable_bias",
                "\"layer_norm_elementwise_affine\": false | layer_norm_elementwise_affine"
            })
    void aConfigThatMakesNoSenseIsRefusedInOneSentence(String changes, String named) {
        assertThatThrownBy(
                        () -> TinyLm.load("opt", new RandomWeights(Arena.ofAuto(), ""), directory, "{" + changes + "}"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(named)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"max_position_embeddings\": 62 | model.decoder.embed_positions.weight | [66, 32], expected [64, 32]",
                "\"vocab_size\": 60 | model.decoder.embed_tokens.weight | [61, 32], expected [60, 32]",
                "\"ffn_dim\": 45 | model.decoder.layers.0.fc1.weight | [44, 32], expected [45, 32]",
                "\"num_hidden_layers\": 3 | model.decoder.layers.2.self_attn_layer_norm.weight | [32]"
            })
    void aFileOfAnotherModelIsRefusedInOneSentence(String changes, String tensor, String shapes) {
        try (Checkpoint checkpoint = TinyLm.checkpoint("opt", directory, "{}")) {
            assertThatThrownBy(() -> TinyLm.load("opt", checkpoint.root(), directory, "{" + changes + "}"))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("model.safetensors")
                    .hasMessageContaining(tensor)
                    .hasMessageContaining(shapes)
                    .hasMessageNotContaining("\n");
        }
    }
}
