package org.jocular.cli.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jocular.llama.Batch;
import org.jocular.llama.CausalLm;
import org.jocular.llama.KvCache;
import org.jocular.llama.Llama;
import org.jocular.systems.Llava;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jocular.weights.Checkpoint;
import org.junit.jupiter.api.Test;

class PictureAttentionTest {
    private static final Path GOLDEN = Path.of("../models/golden-llava");

    /** Values that are 1 at their own key and 0 elsewhere show the weights that an executor never hands out. */
    @Test
    void weightsAreThoseOfTheExecutor() {
        int queries = 3;
        int keys = 5;
        int heads = 4;
        int kvHeads = 2;
        int headDim = 6; // at least as many as keys
        Random random = new Random(1);
        float[] q = gaussians(random, queries * heads * headDim);
        float[] k = gaussians(random, keys * kvHeads * headDim);
        float[] v = new float[keys * kvHeads * headDim];
        for (int i = 0; i < keys * kvHeads; i++) {
            v[i * headDim + i / kvHeads] = 1;
        }
        for (boolean causal : new boolean[] {false, true}) {
            AttentionSpec spec = new AttentionSpec(heads, kvHeads, 0.7f, causal, null, null);
            List<Attended> seen = new ArrayList<>();
            try (Executor executor = CpuExecutor.reference();
                    Arena arena = Arena.ofConfined();
                    Ops ops = new WatchedExecutor(executor, seen::add).begin()) {
                Tensor mixed = ops.attention(
                        Tensor.of(arena, q, queries, heads * headDim),
                        Tensor.of(arena, k, keys, kvHeads * headDim),
                        Tensor.of(arena, v, keys, kvHeads * headDim),
                        spec);
                float[] values = ops.read(ops.named("layer.attention", mixed));

                assertThat(seen).hasSize(1);
                assertThat(seen.getFirst().name()).isEqualTo("layer.attention");
                for (int query = 0; query < queries; query++) {
                    double[] weights = seen.getFirst().weights(query);
                    assertThat(Arrays.stream(weights).sum()).isEqualTo(1, within(1e-9));
                    for (int key = 0; key < keys; key++) {
                        double mean = 0;
                        for (int head = 0; head < heads; head++) {
                            mean += values[(query * heads + head) * headDim + key] / heads;
                        }
                        assertThat(weights[key]).isEqualTo(mean, within(1e-5));
                    }
                }
            }
        }
    }

    private static float[] gaussians(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** The first layer of the golden LLaVA, from its stored tensors: norm, two products, rotation, softmax. */
    @Test
    void firstLayerOfTheGoldenIsAsComputedByHand() {
        int[] ids = {1, 5, 9, 40, 7, 23};
        List<Attended> seen = new ArrayList<>();
        try (Executor executor = CpuExecutor.reference();
                VisionLanguageModel vlm = Systems.load(GOLDEN);
                Checkpoint checkpoint = Checkpoint.open(GOLDEN);
                Arena arena = Arena.ofConfined()) {
            CausalLm model = (CausalLm) vlm.languageModel();
            try (Ops ops = new WatchedExecutor(executor, seen::add).begin();
                    KvCache cache = model.newCache(ids.length)) {
                model.forward(ops, model.embed(ops, ids), Batch.of(cache, ids.length));
            }
            Llama.Config config = ((Llava) vlm).config().textConfig();
            String layer = "language_model.model.layers.0.";
            double[][] x = rows(checkpoint.tensor("language_model.model.embed_tokens.weight", arena), ids);
            double[] norm = values(checkpoint.tensor(layer + "input_layernorm.weight", arena));
            for (double[] row : x) {
                double square = Arrays.stream(row).map(value -> value * value).sum() / row.length;
                for (int i = 0; i < row.length; i++) {
                    row[i] *= norm[i] / Math.sqrt(square + config.rmsNormEps());
                }
            }
            Tensor queryWeight = checkpoint.tensor(layer + "self_attn.q_proj.weight", arena);
            Tensor keyWeight = checkpoint.tensor(layer + "self_attn.k_proj.weight", arena);
            double[] expected =
                    weights(rotated(product(x, queryWeight), config), rotated(product(x, keyWeight), config), config);

            Attended first = seen.getFirst();
            assertThat(first.name()).startsWith("language_model.model.layers.0.self_attn");
            assertThat(first.weights(ids.length - 1)).containsExactly(expected, within(1e-5));
        }
    }

    private static double[] values(Tensor tensor) {
        float[] values = tensor.toFloats();
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static double[][] rows(Tensor table, int[] ids) {
        double[] values = values(table);
        int width = (int) table.shape()[1];
        return Arrays.stream(ids)
                .mapToObj(id -> Arrays.copyOfRange(values, id * width, (id + 1) * width))
                .toArray(double[][]::new);
    }

    private static double[][] product(double[][] x, Tensor weight) {
        double[] w = values(weight);
        int out = (int) weight.shape()[0];
        int in = (int) weight.shape()[1];
        double[][] y = new double[x.length][out];
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < out; i++) {
                for (int j = 0; j < in; j++) {
                    y[row][i] += x[row][j] * w[i * in + j];
                }
            }
        }
        return y;
    }

    /** Su et al. 2021 as in modeling_llama.py: halves of a head turn together. */
    private static double[][] rotated(double[][] x, Llama.Config config) {
        int half = config.headDim() / 2;
        double[][] y = new double[x.length][x[0].length];
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < x[row].length; i++) {
                int at = i % config.headDim();
                double angle = row * Math.pow(config.ropeTheta(), -(at % half) / (double) half);
                double other = at < half ? -x[row][i + half] : x[row][i - half];
                y[row][i] = x[row][i] * Math.cos(angle) + other * Math.sin(angle);
            }
        }
        return y;
    }

    /** Of the last row, the mean over heads. */
    private static double[] weights(double[][] q, double[][] k, Llama.Config config) {
        int heads = config.numAttentionHeads();
        int group = heads / config.numKeyValueHeads();
        int headDim = config.headDim();
        double[] mean = new double[k.length];
        for (int head = 0; head < heads; head++) {
            double[] scores = new double[k.length];
            for (int key = 0; key < k.length; key++) {
                for (int i = 0; i < headDim; i++) {
                    scores[key] += q[q.length - 1][head * headDim + i] * k[key][head / group * headDim + i];
                }
                scores[key] = Math.exp(scores[key] / Math.sqrt(headDim));
            }
            double sum = Arrays.stream(scores).sum();
            for (int key = 0; key < k.length; key++) {
                mean[key] += scores[key] / sum / heads;
            }
        }
        return mean;
    }

    @Test
    void goldensRowsArePatches() {
        try (Executor executor = CpuExecutor.reference();
                VisionLanguageModel vlm = Systems.load(GOLDEN)) {
            double[][] rows = PatchesOfRows.of(vlm, List.of());
            int side = vlm.imageSize() / vlm.patchSize();
            assertThat(rows).hasDimensions(side * side, side * side);
            for (int row = 0; row < rows.length; row++) {
                assertThat(rows[row][row]).isEqualTo(1);
            }

            Picture picture = PictureReader.read(GOLDEN.resolve("wide.png"));
            String text = vlm.presets().getFirst().prompt(1, List.of(), "What?");
            PictureAttention looked = PictureAttention.of(vlm, executor, picture, text, new int[] {
                5, vlm.generation().eosTokenIds().getFirst()
            });

            assertThat(looked.tokens()).hasSize(1); // without the end
            assertThat(looked.side()).isEqualTo(side);
            assertThat(Arrays.stream(looked.patches()).sum()).isEqualTo(1, within(1e-9));
        }
    }

    /** One query that looks at the second of four patches, behind a class token. */
    @Test
    void mapLiesWhereTheKeysAre() {
        float[] q = {20, 0};
        float[] k = {0, 1, 0, 2, 1, 0, 0, 3, 0, 4};
        Attended attended = new Attended("crossattention", AttentionSpec.bidirectional(1, 2), 1, q, 5, k);

        double[] weights = attended.weights(0);

        assertThat(weights[2]).isGreaterThan(0.99);
        double[] patches = Arrays.copyOfRange(weights, 1, 5);
        assertThat(HeatMap.characters(patches, 2)).containsExactly("  @@", "    ");
        Picture drawn = HeatMap.beside(Picture.filled(10, 10, 90, 90, 90), List.of(patches), 2, 20);
        assertThat(drawn.height()).isEqualTo(20);
        int left = drawn.width() - 20;
        assertThat(drawn.sample(0, 0, 0)).isEqualTo(90);
        assertThat(drawn.sample(left + 18, 2, 0)).isGreaterThan(120);
        assertThat(drawn.sample(left + 2, 18, 0)).isLessThan(60);
    }
}
