package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.jocular.llama.Tiny.RandomWeights;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class T5Test {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"reference, false", "reference, true", "simd, false", "simd, true"})
    void scoresAreThoseOfThePaper(String name, boolean tied) {
        int[] prompt = Tiny.randomIds(40, 61);
        int[] answer = Tiny.randomIds(70, 61);
        try (Executor executor = Tiny.executor(name);
                Arena arena = Arena.ofShared();
                Ops ops = executor.begin()) {
            RandomWeights weights = new RandomWeights(arena, "");
            T5 model = (T5) TinyLm.load("t5", weights, directory, "{\"tie_word_embeddings\": %s}".formatted(tied));
            double[][] expected = new Naive(weights).t5(model.config(), prompt, answer);
            try (KvCache cache = model.newCache(0)) {
                model.encode(ops, model.embed(ops, prompt), cache);
                Tensor hidden = model.decode(ops, answer, Batch.of(cache, answer.length));

                assertThat(Tiny.error(ops.read(model.logits(ops, hidden)), Naive.flat(expected)))
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void aTiedHeadIsTheEmbedding() {
        String tied = "{\"tie_word_embeddings\": true}";
        try (Checkpoint headless = TinyLm.checkpoint("t5", directory, tied)) {
            T5 model = (T5) TinyLm.load("t5", headless.root(), directory, tied);
            headless.finish();

            assertThat(model.lmHead().weight()).isSameAs(model.shared().weight());
            assertThat(model.lmHead().name()).isEqualTo("lm_head");
        }
    }

    @Test
    void anAlmostEmptyConfigIsThatOfTheSmallModel() {
        assertThat(T5.Config.of(TinyLm.fields(directory, "{\"feed_forward_proj\": \"gated-gelu\"}")))
                .isEqualTo(new T5.Config(32128, 512, 64, 2048, 6, 6, 8, 32, 128, 1e-6f, Activation.GELU_TANH, true, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"feed_forward_proj\": \"gated-gelu\" | GELU_TANH",
                "\"feed_forward_proj\": \"gated-gelu\", \"dense_act_fn\": \"gelu\" | GELU",
                "\"feed_forward_proj\": \"gated-gelu\", \"dense_act_fn\": \"gelu_new\" | GELU_TANH",
                "\"feed_forward_proj\": \"gated-silu\" | SILU",
                "\"feed_forward_proj\": \"gated-relu\", \"dense_act_fn\": null | RELU",
                "\"is_gated_act\": true, \"dense_act_fn\": \"gelu\" | GELU"
            })
    void theActivationIsWhatTheConfigMeans(String fields, Activation expected) {
        assertThat(T5.Config.of(TinyLm.fields(directory, "{" + fields + "}")).denseActFn())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"feed_forward_proj\": \"relu\" | feed_forward_proj",
                "\"feed_forward_proj\": \"gated-maxout\" | feed_forward_proj",
                "\"feed_forward_proj\": \"gated-\" | feed_forward_proj",
                "\"is_gated_act\": false | is_gated_act",
                "\"dense_act_fn\": \"gelu_fast\" | dense_act_fn",
                "\"dense_act_fn\": 7 | dense_act_fn",
                "\"d_model\": 0 | d_model",
                "\"d_kv\": 1e99 | d_kv",
                "\"d_ff\": [] | d_ff",
                "\"num_layers\": 100000 | num_layers",
                "\"num_decoder_layers\": -1 | num_decoder_layers",
                "\"num_heads\": \"four\" | num_heads",
                "\"relative_attention_num_buckets\": 3 | relative_attention_num_buckets",
                "\"relative_attention_max_distance\": 4 | relative_attention_max_distance",
                "\"layer_norm_epsilon\": 0 | layer_norm_epsilon",
                "\"tie_word_embeddings\": \"no\" | tie_word_embeddings",
                "\"decoder_start_token_id\": 61 | decoder_start_token_id"
            })
    void aConfigThatMakesNoSenseIsRefusedInOneSentence(String changes, String named) {
        assertThatThrownBy(
                        () -> TinyLm.load("t5", new RandomWeights(Arena.ofAuto(), ""), directory, "{" + changes + "}"))
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
                "\"vocab_size\": 60 | shared.weight | [61, 32], expected [60, 32]",
                "\"d_kv\": 7 | encoder.block.0.layer.0.SelfAttention.q.weight | [24, 32], expected [28, 32]",
                "\"d_ff\": 45 | encoder.block.0.layer.1.DenseReluDense.wi_0.weight | [44, 32], expected [45, 32]",
                "\"relative_attention_num_buckets\": 16 | relative_attention_bias.weight | [8, 4], expected [16, 4]",
                "\"num_layers\": 3 | encoder.block.2.layer.0.layer_norm.weight | [32]",
                "\"num_decoder_layers\": 4 | decoder.block.3.layer.0.layer_norm.weight | [32]"
            })
    void aFileOfAnotherModelIsRefusedInOneSentence(String changes, String tensor, String shapes) {
        try (Checkpoint checkpoint = TinyLm.checkpoint("t5", directory, "{}")) {
            assertThatThrownBy(() -> TinyLm.load("t5", checkpoint.root(), directory, "{" + changes + "}"))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("model.safetensors")
                    .hasMessageContaining(tensor)
                    .hasMessageContaining(shapes)
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aHeadOfItsOwnMustBeInTheFile() {
        try (Checkpoint headless = TinyLm.checkpoint("t5", directory, "{\"tie_word_embeddings\": true}")) {
            assertThatThrownBy(() -> TinyLm.load("t5", headless.root(), directory, "{}"))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("lm_head.weight")
                    .hasMessageContaining("[61, 32]");
        }
    }
}
