package org.jocular.qformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.jocular.qformer.Abstractor.Config;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbstractorTest {
    /** 4 queries, 2 heads of 8; an eps that shows where it is used. */
    private static final Config TINY = new Config(4, 16, 2, 2, 22, 1e-2f);

    private static final int LANGUAGE_WIDTH = 20;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"F32, simd", "F32, reference", "BF16, simd", "F16, reference"})
    void asInPlainLoops(DType dtype, String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            RandomWeights weights = RandomWeights.of(arena, dtype);
            Abstractor abstractor = Abstractor.load(weights, TINY, LANGUAGE_WIDTH);
            Tensor image = image(arena, 7);
            Tensor found = abstractor.forward(ops, image, 1);
            assertThat(found.shape()).containsExactly(5, LANGUAGE_WIDTH);
            assertThat(Golden.error(ops.read(found), flat(new Naive(weights).abstractor(matrix(image)))))
                    .isLessThan(2e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"simd", "reference"})
    void everyNameOfTheGoldens(String executor) {
        assertEqual(Golden.shared("mplug-owl"), executor, 10);
    }

    @ParameterizedTest
    @CsvSource({"simd", "reference"})
    void everyNameOfTheCommittedGolden(String executor) {
        assertEqual(Golden.committed("mplug-owl"), executor, 5);
    }

    private static void assertEqual(Golden golden, String executor, int names) {
        Fields fields = golden.config();
        Config config = Config.of(fields.object("visual_abstractor_config"), fields.positiveInt("num_query_tokens"));
        int languageWidth = fields.object("text_config").positiveInt("hidden_size");
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory())) {
            Abstractor abstractor = Abstractor.load(checkpoint.root(), config, languageWidth);
            assertThat(golden.run(executor, "abstractor", (ops, image, ids) -> abstractor.forward(ops, image, 1)))
                    .hasSize(names)
                    .allSatisfy(found ->
                            assertThat(found.error()).as(found.name()).isLessThanOrEqualTo(Golden.tolerance(executor)));
        }
    }

    /** The queries are weights: a pass must leave them as they are. */
    @Test
    void twiceTheSame() {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor("simd")) {
            Abstractor abstractor = Abstractor.load(RandomWeights.of(arena, DType.F32), TINY, LANGUAGE_WIDTH);
            assertThat(run(cpu, abstractor, image(arena, 7))).isEqualTo(run(cpu, abstractor, image(arena, 7)));
            assertThat(Golden.error(run(cpu, abstractor, image(arena, 7)), run(cpu, abstractor, image(arena, 8))))
                    .isGreaterThan(0.01);
        }
    }

    private static float[] run(Executor cpu, Abstractor abstractor, Tensor image) {
        try (Ops ops = cpu.begin()) {
            return ops.read(abstractor.forward(ops, image, 1));
        }
    }

    private static Tensor image(Arena arena, int seed) {
        Random random = new Random(seed);
        float[] values = new float[6 * 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(arena, values, 6, 16);
    }

    @Test
    void defaultsAreThoseOfTheReference() throws IOException {
        assertThat(config("{}")).isEqualTo(new Config(64, 1024, 6, 16, 4096, 1e-6f));
        assertThat(config("{\"intermediate_size\": 2816}").intermediateSize()).isEqualTo(2816);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'num_attention_heads': 15}; hidden_size 1024 is not a multiple of num_attention_heads 15",
                "{'encoder_hidden_size': 1408}; encoder_hidden_size 1408 differs from hidden_size 1024",
                "{'num_hidden_layers': -6}; has num_hidden_layers = -6, expected a whole number from 1 to 1000",
                "{'layer_norm_eps': true}; has layer_norm_eps = true, expected a number",
            })
    void configsThatMakeNoSense(String json, String sentence) {
        assertThatThrownBy(() -> config(json.replace('\'', '"')))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(sentence);
    }

    private Config config(String json) throws IOException {
        return Config.of(JsonFile.read(Files.writeString(directory.resolve("config.json"), json)), 64);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "abstractor.vit_eos; 20; [1, 1, 20]",
                "abstractor.visual_fc.weight; 16,20; [20, 16]",
                "abstractor.encoder.layers.1.crossattention.output.mlp.ffn_ln.weight; 16; [22]",
            })
    void tensorsOfAnotherShape(String name, String shape, String expected) {
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            Abstractor.load(weights, TINY, LANGUAGE_WIDTH);
            long[] sizes =
                    Stream.of(shape.split(",")).mapToLong(Long::parseLong).toArray();
            weights.made().put(name, Tensor.zeros(arena, DType.F32, sizes));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), weights.made());
            try (Checkpoint checkpoint = Checkpoint.open(directory)) {
                assertThatThrownBy(() -> Abstractor.load(checkpoint.root(), TINY, LANGUAGE_WIDTH))
                        .isInstanceOf(BadInput.class)
                        .hasMessageContaining("\"%s\" with shape".formatted(name))
                        .hasMessageContaining("expected " + expected);
            }
        }
    }

    /** The reference in double and in plain loops. */
    private record Naive(RandomWeights weights) {
        double[][] abstractor(double[][] image) {
            double[][] x = matrix(weights.get("query_tokens"));
            for (int layer = 0; layer < TINY.numHiddenLayers(); layer++) {
                String l = "abstractor.encoder.layers." + layer + ".crossattention.";
                double[][] queries = norm(l + "norm1", x, 1e-5);
                double[][] context = below(queries, norm(l + "normk", image, 1e-5));
                double[][] mixed = attention(
                        linear(l + "attention.query", queries),
                        linear(l + "attention.key", context),
                        linear(l + "attention.value", context));
                x = add(queries, linear(l + "output.out_proj", mixed));
                double[][] y = norm(l + "output.norm2", x, 1e-5);
                double[][] gate = linear(l + "output.mlp.w1", y);
                double[][] gated = linear(l + "output.mlp.w3", y);
                for (int i = 0; i < gated.length; i++) {
                    for (int j = 0; j < gated[i].length; j++) {
                        gated[i][j] *= gate[i][j] / (1 + Math.exp(-gate[i][j]));
                    }
                }
                double[][] normed = norm(l + "output.mlp.ffn_ln", gated, TINY.layerNormEps());
                x = add(x, linear(l + "output.mlp.w2", normed));
            }
            return below(linear("abstractor.visual_fc", x), matrix(weights.get("abstractor.vit_eos")));
        }

        private double[][] linear(String name, double[][] x) {
            double[][] w = matrix(weights.get(name + ".weight"));
            Tensor bias = weights.get(name + ".bias");
            double[][] y = new double[x.length][w.length];
            for (int i = 0; i < x.length; i++) {
                for (int j = 0; j < w.length; j++) {
                    y[i][j] = bias.get(j);
                    for (int k = 0; k < w[j].length; k++) {
                        y[i][j] += x[i][k] * w[j][k];
                    }
                }
            }
            return y;
        }

        private double[][] norm(String name, double[][] x, double eps) {
            Tensor weight = weights.get(name + ".weight");
            Tensor bias = weights.get(name + ".bias");
            double[][] y = new double[x.length][x[0].length];
            for (int i = 0; i < x.length; i++) {
                double mean = 0;
                double variance = 0;
                for (double v : x[i]) {
                    mean += v / x[i].length;
                }
                for (double v : x[i]) {
                    variance += (v - mean) * (v - mean) / x[i].length;
                }
                for (int j = 0; j < x[i].length; j++) {
                    y[i][j] = (x[i][j] - mean) / Math.sqrt(variance + eps) * weight.get(j) + bias.get(j);
                }
            }
            return y;
        }

        private static double[][] attention(double[][] q, double[][] k, double[][] v) {
            int headDim = TINY.hiddenSize() / TINY.numAttentionHeads();
            double[][] y = new double[q.length][TINY.hiddenSize()];
            for (int i = 0; i < q.length; i++) {
                for (int from = 0; from < TINY.hiddenSize(); from += headDim) {
                    double[] scores = new double[k.length];
                    double sum = 0;
                    for (int j = 0; j < k.length; j++) {
                        double score = 0;
                        for (int d = from; d < from + headDim; d++) {
                            score += q[i][d] * k[j][d];
                        }
                        scores[j] = Math.exp(score / Math.sqrt(headDim));
                        sum += scores[j];
                    }
                    for (int j = 0; j < k.length; j++) {
                        for (int d = from; d < from + headDim; d++) {
                            y[i][d] += scores[j] / sum * v[j][d];
                        }
                    }
                }
            }
            return y;
        }

        private static double[][] add(double[][] a, double[][] b) {
            double[][] y = new double[a.length][a[0].length];
            for (int i = 0; i < a.length; i++) {
                for (int j = 0; j < a[i].length; j++) {
                    y[i][j] = a[i][j] + b[i][j];
                }
            }
            return y;
        }

        private static double[][] below(double[][] a, double[][] b) {
            return Stream.concat(Stream.of(a), Stream.of(b)).toArray(double[][]::new);
        }
    }

    private static double[][] matrix(Tensor tensor) {
        double[][] matrix = new double[(int) tensor.rows()][tensor.width()];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[i].length; j++) {
                matrix[i][j] = tensor.get((long) i * tensor.width() + j);
            }
        }
        return matrix;
    }

    private static float[] flat(double[][] x) {
        float[] flat = new float[x.length * x[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) x[i / x[0].length][i % x[0].length];
        }
        return flat;
    }
}
