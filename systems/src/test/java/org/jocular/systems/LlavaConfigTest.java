package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.llama.Llama;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.vit.ClipVision;
import org.jocular.weights.JsonFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlavaConfigTest {
    /** config.json of llava-hf/llava-1.5-7b-hf: most of what a 7B model is, it leaves to the defaults of transformers. */
    private static final String LLAVA_15_7B = """
            {
              "architectures": ["LlavaForConditionalGeneration"],
              "ignore_index": -100,
              "image_token_index": 32000,
              "model_type": "llava",
              "pad_token_id": 32001,
              "projector_hidden_act": "gelu",
              "text_config": {
                "_name_or_path": "lmsys/vicuna-7b-v1.5",
                "architectures": ["LlamaForCausalLM"],
                "max_position_embeddings": 4096,
                "model_type": "llama",
                "rms_norm_eps": 1e-05,
                "torch_dtype": "float16",
                "vocab_size": 32064
              },
              "tie_word_embeddings": false,
              "torch_dtype": "float16",
              "vision_config": {
                "hidden_size": 1024,
                "image_size": 336,
                "intermediate_size": 4096,
                "model_type": "clip_vision_model",
                "num_attention_heads": 16,
                "num_hidden_layers": 24,
                "patch_size": 14,
                "projection_dim": 768,
                "vocab_size": 32000
              },
              "vision_feature_layer": -2,
              "vision_feature_select_strategy": "default",
              "vocab_size": 32064
            }
            """;

    @TempDir
    private Path directory;

    @Test
    void llava15Of7B() {
        Llava.Config config = config(LLAVA_15_7B);
        assertThat(config.textConfig())
                .isEqualTo(new Llama.Config(32064, 4096, 11008, 32, 32, 32, 128, 4096, 1e-5f, 10000, 1));
        assertThat(config.visionConfig())
                .isEqualTo(new ClipVision.Config(1024, 4096, 24, 16, 336, 14, 3, 1e-5f, Activation.QUICK_GELU));
        assertThat(config.visionConfig().patches()).isEqualTo(576);
        assertThat(config.visionBlocks()).isEqualTo(23);
        assertThat(config.keepsClassToken()).isFalse();
        assertThat(config.projectorHiddenAct()).isEqualTo(Activation.GELU);
        assertThat(config.imageTokenIndex()).isEqualTo(32000);
    }

    /** State 0 is what goes into the first block. */
    @ParameterizedTest
    @CsvSource({"-1, 24", "-2, 23", "-24, 1", "1, 1", "23, 23", "24, 24"})
    void theSelectedLayer(int layer, int blocks) {
        String json = LLAVA_15_7B.replace("layer\": -2", "layer\": " + layer);
        assertThat(config(json).visionBlocks()).isEqualTo(blocks);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "vision_feature_layer\": -2 | vision_feature_layer\": -25 | vision_feature_layer",
                "vision_feature_layer\": -2 | vision_feature_layer\": 25 | vision_feature_layer",
                "vision_feature_layer\": -2 | vision_feature_layer\": [-2, -5] | vision_feature_layer",
                "\"default\" | \"cls\" | vision_feature_select_strategy",
                "image_token_index\": 32000 | image_token_index\": 32064 | image_token_index",
                "\"gelu\" | \"mish\" | projector_hidden_act",
                "\"image_size\": 336 | \"image_size\": 337 | image_size",
                "\"num_attention_heads\": 16 | \"num_attention_heads\": 17 | num_attention_heads",
                "\"hidden_size\": 1024 | \"hidden_size\": -1 | vision_config",
                "\"vocab_size\": 32064 | \"vocab_size\": \"x\" | text_config",
                "\"text_config\" | \"test_config\" | text_config"
            })
    void aConfigThatMakesNoSenseIsRefusedInOneSentence(String what, String by, String named) {
        assertThatThrownBy(() -> config(LLAVA_15_7B.replace(what, by)))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(named)
                .hasMessageNotContaining("\n");
    }

    private Llava.Config config(String json) {
        Path file = directory.resolve("config.json");
        try {
            Files.writeString(file, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Llava.Config.of(JsonFile.read(file));
    }
}
