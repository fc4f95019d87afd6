package org.jocular.qformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jocular.qformer.QFormer.Config;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.Renaming;
import org.jocular.weights.Renaming.Rule;
import org.jocular.weights.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QFormerTest {
    /** 4 queries, 2 heads of 8, positions for 6 tokens of text. */
    private static final Config TINY = new Config(4, 30, 16, 3, 2, 20, Activation.GELU, 6, 1e-12f, 2, 12);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"blip2-opt, simd", "blip2-opt, reference", "blip2-t5, simd", "blip2-t5, reference"})
    void everyNameOfTheGoldensWithoutText(String folder, String executor) {
        Golden golden = Golden.shared(folder);
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory())) {
            QFormer qformer = QFormer.load(checkpoint.root(), config(golden));
            assertThat(golden.run(executor, "qformer.", (ops, image, ids) -> qformer.forward(ops, image, 1)))
                    .hasSize(22)
                    .allSatisfy(found ->
                            assertThat(found.error()).as(found.name()).isLessThanOrEqualTo(Golden.tolerance(executor)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "minigpt4, blip2_pretrained_flant5xxl.pth, simd",
        "minigpt4, blip2_pretrained_flant5xxl.pth, reference",
        "blip2-vicuna, blip2_pretrained_vicuna7b.pth, simd",
        "blip2-vicuna, blip2_pretrained_vicuna7b.pth, reference"
    })
    void everyNameOfTheGoldensInLavisForm(String folder, String file, String executor) {
        Golden golden = Golden.shared(folder);
        UnaryOperator<String> names = Renaming.patterns(
                Rule.of("qformer\\.layernorm\\.(.+)", "Qformer.bert.embeddings.LayerNorm.$1"),
                Rule.of("qformer\\.(.+attention)\\.attention\\.(.+)", "Qformer.bert.$1.self.$2"),
                Rule.of("qformer\\.(.+)", "Qformer.bert.$1"));
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory().resolve(file))) {
            Weights weights = checkpoint.root(names);
            QFormer qformer = QFormer.load(weights, Config.lavis(weights, 3));
            assertThat(golden.run(executor, "qformer.", (ops, image, ids) -> qformer.forward(ops, image, 1)))
                    .hasSize(22)
                    .allSatisfy(found ->
                            assertThat(found.error()).as(found.name()).isLessThanOrEqualTo(Golden.tolerance(executor)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "instructblip-vicuna, simd",
        "instructblip-vicuna, reference",
        "instructblip-t5, simd",
        "instructblip-t5, reference"
    })
    void everyNameOfTheGoldensWithText(String folder, String executor) {
        assertEqualWithText(Golden.shared(folder), executor, 22);
    }

    @ParameterizedTest
    @CsvSource({"simd", "reference"})
    void everyNameOfTheCommittedGolden(String executor) {
        assertEqualWithText(Golden.committed("instructblip-t5"), executor, 11);
    }

    private static void assertEqualWithText(Golden golden, String executor, int names) {
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory())) {
            QFormer qformer = QFormer.loadWithText(checkpoint.root(), config(golden));
            assertThat(golden.run(executor, "qformer.", (ops, image, ids) -> qformer.forward(ops, image, List.of(ids))))
                    .hasSize(names)
                    .allSatisfy(found ->
                            assertThat(found.error()).as(found.name()).isLessThanOrEqualTo(Golden.tolerance(executor)));
        }
    }

    private static Config config(Golden golden) {
        Fields fields = golden.config();
        return Config.of(
                fields.object("qformer_config"),
                fields.positiveInt("num_query_tokens"),
                fields.object("vision_config").positiveInt("hidden_size"));
    }

    @Test
    void theCommittedGoldenIsUsedWhole() {
        Golden golden = Golden.committed("instructblip-t5");
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory())) {
            QFormer.loadWithText(checkpoint.root(), config(golden));
            checkpoint.finish();
            assertThat(checkpoint.ignored()).isEmpty();
        }
    }

    @Test
    void sizesOfALavisFileAreThoseOfItsTensors() {
        Golden golden = Golden.committed("instructblip-t5");
        try (Checkpoint checkpoint = Checkpoint.open(golden.directory())) {
            assertThat(Config.lavis(checkpoint.root(), 3)).isEqualTo(config(golden));
            assertThatThrownBy(() -> Config.lavis(checkpoint.root(), 12 * 12))
                    .isInstanceOf(BadInput.class)
                    .hasMessage("query_tokens has width 36, which is not a multiple of 144 heads");
            assertThatThrownBy(() -> Config.lavis(checkpoint.root().at("Qformer"), 3))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("lacks tensor \"Qformer.query_tokens\", expected with shape [1, 32, 768]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "reference"})
    void whatItSeesAndReadsMatters(String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            QFormer qformer = QFormer.loadWithText(RandomWeights.of(arena, DType.F32), TINY);
            Tensor red = image(arena, 0);
            float[] output = ops.read(qformer.forward(ops, red, List.of(new int[] {2, 5, 3})));
            assertThat(output).hasSize(4 * 16);
            assertThat(Golden.error(
                            ops.read(qformer.forward(ops, image(arena, 1), List.of(new int[] {2, 5, 3}))), output))
                    .isGreaterThan(0.01);
            assertThat(Golden.error(ops.read(qformer.forward(ops, red, List.of(new int[] {2, 6, 3}))), output))
                    .isGreaterThan(0.001);
            assertThat(Golden.error(ops.read(qformer.forward(ops, red, List.of(new int[] {5, 2, 3}))), output))
                    .isGreaterThan(0.001);
            assertThat(Golden.error(ops.read(qformer.forward(ops, red, 1)), output))
                    .isGreaterThan(0.001);
        }
    }

    /** Tokens of a picture in one of two colours. */
    private static Tensor image(Arena arena, int colour) {
        float[] values = new float[5 * 12];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 2 == colour ? 1 : -1;
        }
        return Tensor.of(arena, values, 5, 12);
    }

    /** Instructions of no tokens leave what queries alone see. */
    @Test
    void noTextIsNoText() {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor("simd");
                Ops ops = cpu.begin()) {
            QFormer qformer = QFormer.loadWithText(RandomWeights.of(arena, DType.F32), TINY);
            assertThat(ops.read(qformer.forward(ops, image(arena, 0), List.of(new int[0]))))
                    .isEqualTo(ops.read(qformer.forward(ops, image(arena, 0), 1)));
        }
    }

    @Test
    void textBeyondThePositions() {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor("simd");
                Ops ops = cpu.begin()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            QFormer reader = QFormer.loadWithText(weights, TINY);
            Tensor image = image(arena, 0);
            assertThat(ops.read(reader.forward(ops, image, List.of(new int[6]))))
                    .hasSize(4 * 16);
            assertThatThrownBy(() -> reader.forward(ops, image, List.of(new int[7])))
                    .isInstanceOf(BadInput.class)
                    .hasMessage("the text has 7 tokens, but the Q-Former has positions for 6");
            QFormer other = QFormer.load(weights, TINY);
            assertThatThrownBy(() -> other.forward(ops, image, List.of(new int[1])))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /** A file of BLIP-2's first stage, of which a model of queries alone takes a part. */
    @Test
    void leftoversOfTheFirstStage() {
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            QFormer.loadWithText(weights, TINY);
            QFormer.load(weights, TINY);
            Map<String, Tensor> tensors = weights.made();
            tensors.remove("qformer.embeddings.layernorm.weight");
            tensors.remove("qformer.embeddings.layernorm.bias");
            for (String head : new String[] {"Qformer.cls.predictions.bias", "vision_proj.weight", "itm_head.bias"}) {
                tensors.put(head, Tensor.zeros(arena, DType.F32, 3));
            }
            tensors.put("temp", Tensor.zeros(arena, DType.F32));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors);
            try (Checkpoint checkpoint = Checkpoint.open(directory)) {
                QFormer.load(checkpoint.root(), TINY);
                assertThatThrownBy(() -> checkpoint.finish(QFormerLeftovers.text()))
                        .isInstanceOf(BadInput.class)
                        .hasMessageContaining("holds 4 tensors that the model does not use");
                checkpoint.finish(
                        QFormerLeftovers.text(), QFormerLeftovers.languageHead(), QFormerLeftovers.contrastiveHeads());
                // Words, positions, and six tensors in each of three layers; four of the heads.
                assertThat(checkpoint.ignored()).hasSize(2 + 3 * 6 + 4);
            }
        }
    }

    @Test
    void leftoversByTheirNamesInLavis() {
        assertThat(QFormerLeftovers.text().covers())
                .accepts(
                        "Qformer.bert.embeddings.word_embeddings.weight",
                        "Qformer.bert.encoder.layer.11.intermediate.dense.bias",
                        "Qformer.bert.encoder.layer.0.output.LayerNorm.weight")
                .rejects(
                        "Qformer.bert.embeddings.LayerNorm.weight",
                        "Qformer.bert.encoder.layer.0.output_query.LayerNorm.weight",
                        "Qformer.bert.encoder.layer.0.attention.output.dense.weight");
    }

    @Test
    void defaultsAreThoseOfTheReleasedModels() throws IOException {
        assertThat(parse("{}"))
                .isEqualTo(new Config(32, 30522, 768, 12, 12, 3072, Activation.GELU, 512, 1e-12f, 2, 1408));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'hidden_size': 770}; hidden_size 770 is not a multiple of num_attention_heads 12",
                "{'num_hidden_layers': 1001}; has num_hidden_layers = 1001, expected a whole number from 1 to 1000",
                "{'cross_attention_frequency': 0}; has cross_attention_frequency = 0, expected a whole number from 1",
                "{'intermediate_size': 3072.5}; has intermediate_size = 3072.5, expected a whole number from 1",
                "{'layer_norm_eps': '1e-12'}; has layer_norm_eps = \"1e-12\", expected a number",
                "{'position_embedding_type': 'relative_key'}; has position_embedding_type = \"relative_key\"",
                "{'hidden_act': 'tanh'}; is \"tanh\"; known are",
            })
    void configsThatMakeNoSense(String json, String sentence) {
        assertThatThrownBy(() -> parse(json.replace('\'', '"')))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(sentence);
    }

    private Config parse(String json) throws IOException {
        return Config.of(JsonFile.read(Files.writeString(directory.resolve("config.json"), json)), 32, 1408);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "query_tokens; 1,5,16; [1, 4, 16]",
                "query_tokens; 4,16; [1, 4, 16]",
                "qformer.embeddings.word_embeddings.weight; 29,16; [30, 16]",
                "qformer.embeddings.position_embeddings.weight; 5,16; [6, 16]",
                "qformer.encoder.layer.2.crossattention.attention.key.weight; 16,16; [16, 12]",
                "qformer.encoder.layer.1.output_query.dense.weight; 20,16; [16, 20]",
                "qformer.encoder.layer.1.output.LayerNorm.bias; ; [16]",
            })
    void tensorsOfAnotherShape(String name, String shape, String expected) {
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights weights = RandomWeights.of(arena, DType.F32);
            QFormer.loadWithText(weights, TINY);
            Map<String, Tensor> tensors = weights.made();
            tensors.remove(name);
            if (shape != null) {
                long[] sizes = Arrays.stream(shape.split(","))
                        .mapToLong(Long::parseLong)
                        .toArray();
                tensors.put(name, Tensor.zeros(arena, DType.F32, sizes));
            }
            SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors);
            try (Checkpoint checkpoint = Checkpoint.open(directory)) {
                assertThatThrownBy(() -> QFormer.loadWithText(checkpoint.root(), TINY))
                        .isInstanceOf(BadInput.class)
                        .hasMessageContaining(shape == null ? "lacks tensor" : "has tensor")
                        .hasMessageContaining(name)
                        .hasMessageContaining(expected);
            }
        }
    }
}
