package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.TracingExecutor;
import org.jocular.vit.LavisClipVision.Config;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LavisClipVisionTest {
    /** 9 patches, 3 heads of 8. */
    private static final Config TINY = new Config(24, 96, 2, 3, 42, 14);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"F32, simd", "F32, reference", "F16, simd"})
    void asInPlainLoops(DType dtype, String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            RandomWeights weights = RandomWeights.of(arena, dtype);
            LavisClipVision vision = LavisClipVision.load(weights.at("visual_encoder"), weights, TINY);
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
        Naive n = new Naive(weights, 1e-5);
        String v = "visual_encoder.";
        double[][] patches = n.convolution(v + "conv1.weight", pixels);
        double[][] x = n.embed(v + "class_embedding", v + "positional_embedding", patches);
        x = n.norm(v + "ln_pre", x);
        for (int layer = 0; layer < 2; layer++) {
            String l = v + "transformer.resblocks." + layer + ".";
            double[][] fused = Naive.linear(
                    weights.get(l + "attn.in_proj_weight"),
                    weights.get(l + "attn.in_proj_bias"),
                    n.norm(l + "ln_1", x));
            double[][] mixed = Naive.attention(fused, 3, (part, head, d) -> (part * 3 + head) * 8 + d);
            x = Naive.add(x, n.linear(l + "attn.out_proj", mixed));
            double[][] hidden = n.linear(l + "mlp.c_fc", n.norm(l + "ln_2", x));
            x = Naive.add(x, n.linear(l + "mlp.c_proj", Naive.map(hidden, Naive::quickGelu)));
        }
        return n.norm("ln_vision", x);
    }

    /** LAVIS's module paths. */
    @Test
    void names() {
        List<String> names = new ArrayList<>();
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor("simd");
                Ops ops = new TracingExecutor(cpu, (name, shape, values) -> names.add(name)).begin()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            LavisClipVision.load(weights.at("visual_encoder"), weights, TINY).forward(ops, pixels(arena));
        }
        assertThat(names)
                .contains(
                        "visual_encoder.conv1",
                        "visual_encoder.ln_pre",
                        "visual_encoder.transformer.resblocks.1.attn",
                        "visual_encoder.transformer.resblocks.1.mlp",
                        "visual_encoder.transformer.resblocks.1")
                .endsWith("ln_vision");
    }

    @Test
    void theReleasedTowerHas257Tokens() {
        assertThat(Config.RELEASED.patches()).isEqualTo(256);
    }

    @Test
    void tensorsOfAnotherShape() {
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            LavisClipVision.load(weights, weights, TINY);
            weights.made().put("transformer.resblocks.1.attn.in_proj_bias", Tensor.zeros(arena, DType.F32, 24));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), weights.made());
            try (Checkpoint checkpoint = Checkpoint.open(directory)) {
                assertThatThrownBy(() -> LavisClipVision.load(checkpoint.root(), checkpoint.root(), TINY))
                        .isInstanceOf(BadInput.class)
                        .hasMessageContaining(
                                "\"transformer.resblocks.1.attn.in_proj_bias\" with shape [24], expected [72]");
            }
        }
    }
}
