package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.tensor.LayerNorm;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A vision transformer with real weights, put together from the same operations, reads 10000 digits as it did where it was trained. */
class VitMnistTest {
    private static final int SIDE = 28;
    private static final int TOKENS = 50;

    @Test
    void readsTheTestDigitsAsPublished() throws IOException {
        JsonNode expected = expected();
        int[] labels = labels();
        List<float[]> digits = digits(labels.length);
        int[] read = new int[labels.length];
        int correct = 0;
        // One thread: products as small as these are over before another has woken up.
        try (Executor executor = CpuExecutor.simd(1);
                Checkpoint checkpoint = Checkpoint.open(Shared.path("assets/vit_mnist/vit_mnist_gpu.safetensors"))) {
            Vit vit = Vit.load(checkpoint.root());
            checkpoint.finish();
            for (int from = 0; from < read.length; from += 20) {
                float[][] logits = logits(executor, vit, digits.subList(from, from + 20));
                for (int i = 0; i < logits.length; i++) {
                    read[from + i] = largest(logits[i]);
                    correct += read[from + i] == labels[from + i] ? 1 : 0;
                }
            }
        }
        assertThat(read)
                .containsExactly(expected.path("pred")
                        .valueStream()
                        .mapToInt(JsonNode::asInt)
                        .toArray());
        assertThat(correct).isEqualTo(expected.path("correct").asInt()).isEqualTo(9721);
    }

    @Test
    void scoresOfTheFirstDigits() throws IOException {
        JsonNode expected = expected().path("logits_first32");
        List<float[]> digits = digits(32);
        try (Executor reference = CpuExecutor.reference();
                Executor simd = CpuExecutor.simd(1);
                Checkpoint checkpoint = Checkpoint.open(Shared.path("assets/vit_mnist/vit_mnist_gpu.safetensors"))) {
            Vit vit = Vit.load(checkpoint.root());
            assertClose(logits(simd, vit, digits), expected);
            assertClose(logits(reference, vit, digits.subList(0, 2)), expected);
        }
    }

    private static void assertClose(float[][] found, JsonNode expected) {
        for (int i = 0; i < found.length; i++) {
            double difference = 0;
            double norm = 0;
            for (int digit = 0; digit < 10; digit++) {
                double value = expected.path(i).path(digit).asDouble();
                difference += Math.pow(found[i][digit] - value, 2);
                norm += value * value;
            }
            assertThat(Math.sqrt(difference / norm)).as("picture %d", i).isLessThan(1e-4);
        }
    }

    private static float[][] logits(Executor executor, Vit vit, List<float[]> digits) {
        try (Arena arena = Arena.ofConfined();
                Ops ops = executor.begin()) {
            Tensor[] pictures = digits.stream()
                    .map(pixels -> Tensor.of(arena, pixels, 1, SIDE, SIDE))
                    .toArray(Tensor[]::new);
            float[] all = ops.read(vit.forward(ops, pictures));
            float[][] rows = new float[pictures.length][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Arrays.copyOfRange(all, 10 * i, 10 * i + 10);
            }
            return rows;
        }
    }

    /** {@code vit.py} of lucidrains/vit-pytorch, an early version; several pictures one below the other. */
    private record Vit(
            Tensor positions, Tensor classToken, Linear patches, List<Block> blocks, LayerNorm norm, Linear head) {
        static Vit load(Weights weights) {
            List<Block> blocks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                blocks.add(Block.load(weights.at("transformer.layers." + i)));
            }
            return new Vit(
                    weights.floats("pos_embedding", 1, TOKENS, 64).reshape(TOKENS, 64),
                    weights.floats("cls_token", 1, 1, 64).reshape(1, 64),
                    weights.linear("to_patch_embedding.1", 16, 64),
                    blocks,
                    weights.layerNorm("mlp_head.0", 64, 1e-5f),
                    weights.linear("mlp_head.1", 64, 10));
        }

        Tensor forward(Ops ops, Tensor... pictures) {
            Tensor[] tokens = new Tensor[pictures.length];
            for (int i = 0; i < pictures.length; i++) {
                Tensor embedded = patches.forward(ops, ops.patches(pictures[i], 4)); // (49, 64)
                tokens[i] = ops.add(ops.concat(classToken, embedded), positions);
            }
            Tensor x = ops.concat(tokens); // (pictures · 50, 64)
            for (Block block : blocks) {
                x = ops.block(x, h -> block.forward(ops, h));
            }
            Tensor[] classes = new Tensor[pictures.length];
            for (int i = 0; i < pictures.length; i++) {
                classes[i] = ops.rows(x, (long) i * TOKENS, (long) i * TOKENS + 1);
            }
            return head.forward(ops, norm.forward(ops, ops.concat(classes))); // (pictures, 10)
        }
    }

    /** The three thirds of one matrix are query, key and value, each of four heads of 64. */
    private record Block(LayerNorm norm1, Tensor qkv, Linear output, LayerNorm norm2, Linear up, Linear down) {
        static Block load(Weights weights) {
            return new Block(
                    weights.layerNorm("0.norm", 64, 1e-5f),
                    weights.tensor("0.fn.to_qkv.weight", 768, 64),
                    weights.linear("0.fn.to_out.0", 256, 64),
                    weights.layerNorm("1.norm", 64, 1e-5f),
                    weights.linear("1.fn.net.0", 64, 128),
                    weights.linear("1.fn.net.3", 128, 64));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor normal = norm1.forward(ops, x);
            Tensor q = ops.linear(normal, qkv.slice(0, 256), null, Activation.NONE);
            Tensor k = ops.linear(normal, qkv.slice(256, 512), null, Activation.NONE);
            Tensor v = ops.linear(normal, qkv.slice(512, 768), null, Activation.NONE);
            Tensor[] mixed = new Tensor[(int) (x.rows() / TOKENS)];
            for (int i = 0; i < mixed.length; i++) {
                long from = (long) i * TOKENS;
                long to = from + TOKENS;
                mixed[i] = ops.attention(
                        ops.rows(q, from, to),
                        ops.rows(k, from, to),
                        ops.rows(v, from, to),
                        AttentionSpec.bidirectional(4, 64));
            }
            x = ops.add(x, output.forward(ops, ops.concat(mixed)));
            return ops.add(x, down.forward(ops, up.forward(ops, norm2.forward(ops, x), Activation.RELU)));
        }
    }

    private static int largest(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static JsonNode expected() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(Shared.path("assets/vit_mnist/vit_mnist_gpu.expected.json")));
    }

    private static int[] labels() throws IOException {
        try (DataInputStream in = open("t10k-labels-idx1-ubyte.gz")) {
            in.readInt();
            int[] labels = new int[in.readInt()];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = in.readUnsignedByte();
            }
            return labels;
        }
    }

    /** Normalised with mean and standard deviation of the training digits, as torchvision's example does. */
    private static List<float[]> digits(int n) throws IOException {
        try (DataInputStream in = open("t10k-images-idx3-ubyte.gz")) {
            in.skipNBytes(16);
            List<float[]> digits = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                float[] pixels = new float[SIDE * SIDE];
                for (int p = 0; p < pixels.length; p++) {
                    pixels[p] = (in.readUnsignedByte() / 255f - 0.1307f) / 0.3081f;
                }
                digits.add(pixels);
            }
            return digits;
        }
    }

    private static DataInputStream open(String name) throws IOException {
        return new DataInputStream(
                new GZIPInputStream(Files.newInputStream(Shared.path("assets/vit_mnist/" + name)), 1 << 16));
    }
}
