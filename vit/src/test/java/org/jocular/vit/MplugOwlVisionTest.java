package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.vit.MplugOwlVision.Config;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MplugOwlVisionTest {
    /** 9 patches, 3 heads of 8. */
    private static final Config TINY = new Config(24, 36, 2, 3, 42, 14, 1e-6f, 0);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"simd", "reference"})
    void everyNameOfTheGoldens(String executor) {
        Golden golden = Golden.shared("mplug-owl");
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory())) {
            Config config = Config.of(golden.config().object("vision_config"));
            MplugOwlVision vision = MplugOwlVision.load(checkpoint.root().at("vision_model"), config);
            assertThat(golden.run(executor, "vision_model.", vision::forward))
                    .hasSize(22)
                    .allSatisfy(found ->
                            assertThat(found.error()).as(found.name()).isLessThanOrEqualTo(Golden.tolerance(executor)));
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, simd", "F32, reference", "BF16, simd", "F16, reference"})
    void asInPlainLoops(DType dtype, String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            RandomWeights weights = RandomWeights.of(arena, dtype);
            MplugOwlVision vision = MplugOwlVision.load(weights.at("vision_model"), TINY);
            Tensor pixels = pixels(arena);
            float[] found = ops.read(vision.forward(ops, pixels));
            float[] expected = Naive.flat(naive(weights, pixels));
            assertThat(Golden.error(found, expected)).isLessThan(2e-6);
        }
    }

    private static Tensor pixels(Arena arena) {
        Random random = new Random(5);
        float[] pixels = new float[3 * 42 * 42];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return Tensor.of(arena, pixels, 3, 42, 42);
    }

    private static double[][] naive(RandomWeights weights, Tensor pixels) {
        Naive n = new Naive(weights, 1e-6);
        String e = "vision_model.embeddings.";
        double[][] patches = n.convolution(e + "patch_embed.weight", pixels);
        double[][] x = n.embed(e + "cls_token", e + "position_embedding", patches);
        x = n.norm(e + "pre_layernorm", x);
        for (int layer = 0; layer < 2; layer++) {
            String l = "vision_model.encoder.layers." + layer + ".";
            double[][] fused = n.linear(l + "self_attn.query_key_value", n.norm(l + "input_layernorm", x));
            // Per head: its queries, its keys, its values.
            double[][] mixed = Naive.attention(fused, 3, (part, head, d) -> (head * 3 + part) * 8 + d);
            x = Naive.add(x, n.linear(l + "self_attn.dense", mixed));
            double[][] hidden = n.linear(l + "mlp.fc1", n.norm(l + "post_attention_layernorm", x));
            x = Naive.add(x, n.linear(l + "mlp.fc2", Naive.map(hidden, Naive::quickGelu)));
        }
        return n.norm("vision_model.post_layernorm", x);
    }

    @Test
    void defaultsAreThoseOfTheReleasedModel() throws IOException {
        assertThat(config("{}")).isEqualTo(new Config(1024, 4096, 24, 16, 224, 14, 1e-6f, 0));
        // The reference reads neither of these two.
        assertThat(config("{\"hidden_act\": \"gelu\", \"num_channels\": 4}")).isEqualTo(config("{}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'num_attention_heads': 15}; hidden_size 1024 is not a multiple of num_attention_heads 15",
                "{'patch_size': 15}; image_size 224 is not a multiple of patch_size 15",
                "{'num_hidden_layers': 0}; has num_hidden_layers = 0, expected a whole number from 1 to 1000",
                "{'layer_norm_eps': -1e-6}; has layer_norm_eps = -1.0E-6, expected a number above 0",
            })
    void configsThatMakeNoSense(String json, String sentence) {
        assertThatThrownBy(() -> config(json.replace('\'', '"')))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(sentence);
    }

    private Config config(String json) throws IOException {
        return Config.of(JsonFile.read(Files.writeString(directory.resolve("config.json"), json)));
    }

    /** The reference does not interpolate. */
    @Test
    void positionsOfAnotherSize() {
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            MplugOwlVision.load(weights, new Config(24, 36, 2, 3, 28, 14, 1e-6f, 0));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), weights.made());
            try (Checkpoint checkpoint = Checkpoint.open(directory)) {
                assertThatThrownBy(() -> MplugOwlVision.load(checkpoint.root(), TINY))
                        .isInstanceOf(BadInput.class)
                        .hasMessageContaining(
                                "has tensor \"embeddings.position_embedding\" with shape [1, 5, 24], expected [1, 10, 24]");
            }
        }
    }
}
