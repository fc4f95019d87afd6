package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Checkpoint.Ignored;
import org.jocular.weights.Renaming.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints in PyTorch's format, and in the layouts of the original repositories. */
class CheckpointFormatsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "goldens/llava-v1-original, 35",
        "goldens/llava-v15-original, 37",
        "goldens/mplug-owl, 144",
        "goldens/minigpt4/vicuna, 30",
        "goldens/minigpt4/eva_vit_g.pth, 58",
        "goldens/blip2-vicuna/blip2_pretrained_vicuna7b.pth, 91",
        "goldens/blip2-vicuna/vicuna, 30",
        "assets/vit_mnist/vit_mnist_gpu.pt, 74",
    })
    void opensDirectoriesAndFilesOfEitherFormat(String name, int tensors) {
        try (Checkpoint checkpoint = Checkpoint.open(Shared.path(name))) {
            assertThat(checkpoint.tensors()).hasSize(tensors);
            for (TensorInfo info : checkpoint.tensors()) {
                checkpoint.root().tensor(info.name(), sizes(info));
            }
            checkpoint.finish();
            assertThat(checkpoint.loaded().tensors()).isEqualTo(checkpoint.tensors());
        }
    }

    @Test
    void whatLiesBesideTheWeightsIsIgnoredByName() {
        try (Checkpoint checkpoint = Checkpoint.open(Shared.path("goldens/minigpt4/pretrained_minigpt4_7b.pth"))) {
            checkpoint.root().linear("llama_proj", 36, 48);
            checkpoint.finish();
            assertThat(checkpoint.ignored())
                    .extracting(Ignored::name)
                    .containsExactly("optimizer", "config", "scaler", "epoch");
        }
    }

    @Test
    void safetensorsAreTakenWhereBothFormatsLie() {
        String header = "{" + Crafted.tensor("safe", "U8", "[1]", "0", "1") + "}";
        Crafted.write(folder.resolve("pytorch_model.bin.index.json"), "{}");
        Crafted.write(folder.resolve("pytorch_model.bin"), pickled("pickled"));
        assertNames(folder, "pickled");
        Crafted.write(folder.resolve("model.safetensors"), Crafted.file(header, 1));
        assertNames(folder, "safe");
    }

    @Test
    void aFileIsReadByItsContentWhateverItsName() {
        String header = "{" + Crafted.tensor("safe", "U8", "[1]", "0", "1") + "}";
        assertNames(Crafted.write(folder.resolve("model.bin"), Crafted.file(header, 1)), "safe");
        assertNames(Crafted.write(folder.resolve("x.safetensors"), pickled("pickled")), "pickled");
        assertNames(Crafted.write(folder.resolve("weights"), pickled("pickled")), "pickled");
        // The length of this header begins with the byte that begins a pickle.
        String padded = header + " ".repeat(0x280 - header.length());
        assertNames(Crafted.write(folder.resolve("padded.bin"), Crafted.file(padded, 1)), "safe");
    }

    @Test
    void shardsMayBePickles() {
        Crafted.write(folder.resolve("pytorch_model-1.bin"), pickled("a"));
        Crafted.write(folder.resolve("pytorch_model-2.bin"), pickled("b"));
        Path index = folder.resolve("pytorch_model.bin.index.json");
        Crafted.write(index, "{\"weight_map\": {\"a\": \"pytorch_model-1.bin\", \"b\": \"pytorch_model-2.bin\"}}");
        assertNames(folder, "a", "b");
        Crafted.write(index, "{\"weight_map\": {\"a\": \"pytorch_model-1.bin\", \"c\": \"pytorch_model-1.bin\"}}");
        Sentences.assertOneLine(
                () -> Checkpoint.open(folder),
                folder.resolve("pytorch_model-1.bin"),
                "lacks tensor \"c\", which pytorch_model.bin.index.json places there");
    }

    @Test
    void loadedTensorsComeUnderTheNamesOfTheCodeInTheOrderOfTaking() {
        Path file = Crafted.write(folder.resolve("model.pt"), pickled("transformer.w", "transformer.v", "unused"));
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Arena arena = Arena.ofConfined()) {
            Weights model = checkpoint
                    .root(Renaming.patterns(Rule.of("model\\.(.*)", "transformer.$1")))
                    .at("model");
            model.floats("v", 2);
            model.tensor("w", 2);
            model.tensor("v", 2);
            TensorFile loaded = checkpoint.loaded();
            assertThat(loaded.tensors()).extracting(TensorInfo::name).containsExactly("model.v", "model.w");
            assertThat(loaded.tensors()).extracting(TensorInfo::dtype).containsOnly("F16");
            assertThat(loaded.tensor("model.w", arena).dtype()).isEqualTo(DType.F16);
            assertThatThrownBy(() -> loaded.tensor("w", arena)).hasMessage(file + " has no tensor \"w\"");
        }
    }

    @Test
    void aStridedTensorIsCopiedOnceHoweverOftenItIsTaken() {
        Pickle pickle = Pickle.begin().ops("}").text("t");
        pickle.tensor("HalfStorage", "0", 4, 0, new long[] {2, 2}, new long[] {1, 2})
                .ops("s");
        Path file = Crafted.write(
                folder.resolve("strided.pt"),
                Zip.torch(pickle.stop(), new byte[8]).bytes());
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Tensor first = checkpoint.root().tensor("t", 2, 2);
            assertThat(checkpoint.root().tensor("t", 2, 2)).isSameAs(first);
        }
    }

    @Test
    void patternsReplaceWholeNamesByTheFirstRuleThatFits() {
        var names = Renaming.patterns(
                Rule.of(
                        "vision_model\\.encoder\\.layers\\.(\\d+)\\.layer_norm1(.*)",
                        "visual_encoder.blocks.$1.norm1$2"),
                Rule.of("vision_model\\.(.*)", "visual_encoder.$1"),
                Rule.of("vision_model\\.post.*", "never"));
        assertThat(names.apply("vision_model.encoder.layers.12.layer_norm1.bias"))
                .isEqualTo("visual_encoder.blocks.12.norm1.bias");
        assertThat(names.apply("vision_model.post_layernorm")).isEqualTo("visual_encoder.post_layernorm");
        assertThat(names.apply("my.vision_model.x")).isEqualTo("my.vision_model.x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"goldens/minigpt4/eva_vit_g.pth", "goldens/blip2-vicuna/eva_vit_g.pth"})
    void biasesOfQueriesAndValuesBecomeOneWithZerosForKeys(String name) {
        try (Checkpoint plain = Checkpoint.open(Shared.path(name));
                Checkpoint merged = QkvBiases.merged(Checkpoint.open(Shared.path(name)))) {
            Weights attention = merged.root(Renaming.patterns(Rule.of(
                            "vision_model\\.encoder\\.layers\\.(\\d+)\\.self_attn\\.qkv(.*)", "blocks.$1.attn.qkv$2")))
                    .at("vision_model.encoder.layers.2.self_attn");
            int size = (int) plain.root().shape("blocks.2.attn.q_bias")[0];
            float[] bias = attention.floats("qkv.bias", 3L * size).toFloats();
            float[] q = plain.root().floats("blocks.2.attn.q_bias", size).toFloats();
            float[] v = plain.root().floats("blocks.2.attn.v_bias", size).toFloats();
            for (int i = 0; i < size; i++) {
                assertThat(bias[i]).isEqualTo(q[i]);
                assertThat(bias[size + i]).isZero();
                assertThat(bias[2 * size + i]).isEqualTo(v[i]);
            }
            assertThat(merged.loaded().tensors())
                    .extracting(TensorInfo::name, TensorInfo::dtype)
                    .containsExactly(tuple("vision_model.encoder.layers.2.self_attn.qkv.bias", "F32"));
            assertThat(merged.tensors()).hasSize(plain.tensors().size() - 4);
            merged.tensors().forEach(info -> merged.root().tensor(info.name(), sizes(info)));
            merged.finish();
        }
    }

    @Test
    void biasesThatDoNotFitTogetherAreRefusedInOneSentence() {
        Path file = folder.resolve("eva.pth");
        Crafted.write(file, pickled("a.q_bias"));
        Sentences.assertOneLine(() -> merged(file), file, "has \"a.q_bias\", but not \"a.v_bias\"");
        Crafted.write(file, pickled("a.v_bias"));
        Sentences.assertOneLine(() -> merged(file), file, "has \"a.v_bias\", but not \"a.q_bias\"");
        Crafted.write(file, pickled("a.q_bias", "a.v_bias", "a.qkv.bias"));
        Sentences.assertOneLine(() -> merged(file), file, "would have tensor \"a.qkv.bias\" twice");
        Pickle pickle = Pickle.begin()
                .ops("}(")
                .text("a.q_bias")
                .vector("HalfStorage", "0", 2)
                .text("a.v_bias");
        pickle.tensor("HalfStorage", "0", 2, 0, new long[] {1}, new long[] {1});
        Crafted.write(file, Zip.torch(pickle.ops("u").stop(), new byte[4]).bytes());
        Sentences.assertOneLine(
                () -> merged(file), file, "with shape [2] and \"a.v_bias\" with shape [1], expected two vectors");
    }

    private static void merged(Path file) {
        QkvBiases.merged(Checkpoint.open(file)).close();
    }

    /** Two halves under each name. */
    private static byte[] pickled(String... names) {
        Pickle pickle = Pickle.begin().ops("}(");
        for (String name : names) {
            pickle.text(name).vector("HalfStorage", "0", 2);
        }
        return Zip.torch(pickle.ops("u").stop(), new byte[4]).bytes();
    }

    private static void assertNames(Path path, String... names) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactlyElementsOf(List.of(names));
        }
    }

    private static long[] sizes(TensorInfo info) {
        return info.shape().stream().mapToLong(Long::longValue).toArray();
    }
}
