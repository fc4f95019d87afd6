package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.jocular.weights.Crafted.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Renaming.Prefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    private Path folder;

    @Test
    void readsShardsThroughTheIndex() {
        shards("""
                {"metadata": {}, "weight_map": {"a.weight": "%s", "b.bias": "%s", "b.weight": "%s"}}
                """.formatted(FIRST, SECOND, SECOND));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensors())
                    .extracting(
                            TensorInfo::name, info -> info.file().getFileName().toString())
                    .containsExactly(tuple("a.weight", FIRST), tuple("b.bias", SECOND), tuple("b.weight", SECOND));
            assertThat(checkpoint.totalBytes()).isEqualTo(4 + 2 + 8);
            Weights b = checkpoint.root().at("b");
            assertThat(b.path()).isEqualTo("b");
            assertThat(b.has("weight")).isTrue();
            assertThat(b.has("weights")).isFalse();
            assertThat(b.tensor("weight", 1, 2).dtype()).isEqualTo(DType.F32);
            // The bytes 0 and 1 as a half: 0x0100.
            assertThat(b.floats("bias", 1).toFloats()).containsExactly(Float.float16ToFloat((short) 0x0100));
            assertThat(checkpoint.root().tensor("a.weight", 4).get(3)).isEqualTo(3);
            checkpoint.finish();
            assertThat(checkpoint.ignored()).isEmpty();
        }
    }

    @Test
    void closingUnmaps() {
        Path file = single("{" + tensor("a", "U8", "[4]", "0", "4") + "}", 4);
        Tensor tensor;
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            tensor = checkpoint.root().tensor("a", 4);
        }
        assertThatThrownBy(() -> tensor.get(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void missingTensorsAreNamedWithShapeAndTheNearestName() {
        Path file = single("{" + tensor("model.layers.0.mlp.fc1.weight", "U8", "[4]", "0", "4") + "}", 4);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Weights root = checkpoint.root();
            assertThatThrownBy(() -> root.at("layers.0.mlp").linearWithoutBias("fc1", 2, 3))
                    .isInstanceOf(BadInput.class)
                    .hasMessage(file + " lacks tensor \"layers.0.mlp.fc1.weight\", expected with shape [3, 2]; "
                            + "it has \"model.layers.0.mlp.fc1.weight\" instead");
            assertThatThrownBy(() -> root.tensor("model.layers.1.mlp.fc1.weight", 4))
                    .hasMessage(file + " lacks tensor \"model.layers.1.mlp.fc1.weight\", expected with shape [4]");
            assertThatThrownBy(() -> root.tensor("other", 4))
                    .hasMessage(file + " lacks tensor \"other\", expected with shape [4]");
        }
    }

    @Test
    void anotherShapeIsNamedWithBoth() {
        Path file = single("{" + tensor("a", "U8", "[4]", "0", "4") + "}", 4);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThatThrownBy(() -> checkpoint.root().tensor("a", 2, 2))
                    .hasMessage(file + " has tensor \"a\" with shape [4], expected [2, 2]");
            assertThatThrownBy(() -> checkpoint.finish()).hasMessageContaining("does not use: \"a\"");
        }
    }

    @Test
    void otherNamesInTheFileAreReadThroughARenaming() {
        Path file = single(
                "{%s,%s}"
                        .formatted(
                                tensor("model.language_model.norm.weight", "U8", "[4]", "0", "4"),
                                tensor("lm_head.weight", "U8", "[4]", "4", "8")),
                8);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Weights root = checkpoint.root(Renaming.prefixes(
                    new Prefix("language_model.model", "model.language_model"),
                    new Prefix("language_model.lm_head", "lm_head")));
            Weights language = root.at("language_model");
            assertThat(language.path("model.norm")).isEqualTo("language_model.model.norm");
            assertThat(language.tensor("lm_head.weight", 4).get(0)).isEqualTo(4);
            assertThatThrownBy(() -> language.at("model").tensor("embed_tokens.weight", 4))
                    .hasMessageContaining("lacks tensor \"model.language_model.embed_tokens.weight\"");
            assertThatThrownBy(() -> checkpoint.finish())
                    .hasMessage(
                            file + " holds 1 tensor that the model does not use: \"model.language_model.norm.weight\"");
            language.at("model").tensor("norm.weight", 4);
            checkpoint.finish();
        }
    }

    @Test
    void unusedTensorsAreNamedFiveAtMostAndKnownLeftoversAreNot() {
        StringBuilder header = new StringBuilder("{");
        List<String> names = List.of(
                "a",
                "b",
                "c",
                "d",
                "e",
                "f",
                "model.layers.0.self_attn.rotary_emb.inv_freq",
                "vision_tower.vision_model.embeddings.position_ids",
                "vision_tower.vision_model.post_layernorm.weight",
                "vision_tower.vision_model.encoder.layers.2.mlp.fc1.bias");
        for (int i = 0; i < names.size(); i++) {
            header.append(i == 0 ? "" : ",").append(tensor(names.get(i), "U8", "[1]", "" + i, "" + (i + 1)));
        }
        Path file = single(header.append('}').toString(), names.size());
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThatThrownBy(() -> checkpoint.finish(Leftovers.clipPostLayerNorm(), Leftovers.clipBlocksFrom(2)))
                    .hasMessage(file + " holds 6 tensors that the model does not use: "
                            + "\"a\", \"b\", \"c\", \"d\", \"e\", …");
            assertThat(checkpoint.ignored())
                    .extracting(Checkpoint.Ignored::name)
                    .containsExactlyElementsOf(names.subList(6, 10));
            assertThatThrownBy(() -> checkpoint.finish(Leftovers.clipBlocksFrom(3)))
                    .hasMessageContaining("holds 8 tensors");
        }
    }

    @Test
    void leftoversCoverWhatTheyNameAndNothingElse() {
        assertThat(Leftovers.clipBlocksFrom(23).covers())
                .accepts(
                        "vision_tower.vision_model.encoder.layers.23.mlp.fc1.bias",
                        "model.vision_tower.encoder.layers.23.x")
                .rejects(
                        "vision_model.encoder.layers.22.mlp.fc1.bias",
                        "language_model.model.layers.23.mlp.up_proj.weight",
                        "vision_model.encoder.layers.99999999999999.x");
        assertThat(Leftovers.evaBlocksFrom(39).covers())
                .accepts("blocks.39.attn.qkv.weight", "visual_encoder.blocks.39.norm1.bias")
                .rejects("blocks.38.attn.qkv.weight", "decoder.blocks.39.attn.qkv.weight");
        assertThat(Leftovers.evaNorm().covers()).accepts("norm.weight").rejects("model.norm.weight");
        assertThat(Leftovers.t5Projection().covers()).accepts("t5_proj.bias").rejects("llm_proj.bias");
        assertThat(Leftovers.clipTextTower().covers())
                .accepts("text_model.final_layer_norm.bias", "logit_scale", "visual_projection.weight")
                .rejects("vision_model.post_layernorm.weight");
    }

    @Test
    void contradictionsOfIndexAndShardsAreRefusedInOneSentence() {
        Path index = folder.resolve("model.safetensors.index.json");
        shards("{\"weight_map\": {\"a.weight\": \"%s\"}}".formatted(FIRST));
        Sentences.assertOneLine(
                () -> Checkpoint.open(write(index, "{\"weight_map\": {\"a.weight\": \"gone.safetensors\"}}")),
                index,
                "places tensor \"a.weight\" in \"gone.safetensors\", which is missing");
        Sentences.assertOneLine(
                () -> Checkpoint.open(write(
                        index, "{\"weight_map\": {\"a.weight\": \"%s\", \"c\": \"%s\"}}".formatted(FIRST, FIRST))),
                folder.resolve(FIRST),
                "lacks tensor \"c\", which model.safetensors.index.json places there");
        Sentences.assertOneLine(
                () -> Checkpoint.open(write(index, "{\"weight_map\": {\"b.bias\": \"%s\"}}".formatted(SECOND))),
                folder.resolve(SECOND),
                "has tensor \"b.weight\", which model.safetensors.index.json does not name");
        Sentences.assertOneLine(
                () -> Checkpoint.open(write(
                        index,
                        "{\"weight_map\": {\"a.weight\": \"%s\", \"b.bias\": \"%s\", \"b.weight\": \"%s\"}}"
                                .formatted(FIRST, SECOND, FIRST))),
                folder.resolve(SECOND),
                "has tensor \"b.weight\", which model.safetensors.index.json places in \"" + FIRST);
        for (String outside : List.of("../x.safetensors", "/etc/passwd", "..", "", "a\\\\b")) {
            Sentences.assertOneLine(
                    () -> Checkpoint.open(write(index, "{\"weight_map\": {\"a\": \"%s\"}}".formatted(outside))),
                    index,
                    "expected the name of a file in the same folder");
        }
        Sentences.assertOneLine(() -> Checkpoint.open(write(index, "{}")), index, "lacks weight_map");
        Sentences.assertOneLine(
                () -> Checkpoint.open(write(index, "{\"weight_map\": {}}")), index, "has an empty weight_map");
        Sentences.assertOneLine(
                () -> Checkpoint.open(write(index, "{\"weight_map\": [1]}")),
                index,
                "weight_map = a list, expected an object");
        Sentences.assertOneLine(
                () -> Checkpoint.open(write(index, "{\"weight_map\": {\"a\": 1}}")),
                index,
                "weight_map.a = 1, expected text");
    }

    @Test
    void directoriesWithoutWeightsAreRefusedInOneSentence() {
        Sentences.assertOneLine(
                () -> Checkpoint.open(folder),
                folder,
                "has neither model.safetensors nor model.safetensors.index.json, nor the same in PyTorch's format: "
                        + "pytorch_model.bin or pytorch_model.bin.index.json");
        Path missing = folder.resolve("missing");
        Sentences.assertOneLine(() -> Checkpoint.open(missing), missing, "there is no such file");
    }

    @Test
    void readsTheShardedGoldenAlsoThroughLinksAsInTheCache() throws IOException {
        Path golden = Shared.path("goldens/llava").toRealPath();
        Path snapshot = Files.createDirectories(folder.resolve("snapshots/main"));
        Path blobs = Files.createDirectories(folder.resolve("blobs"));
        for (String name : List.of("model.safetensors.index.json", FIRST, SECOND)) {
            Path blob = Files.copy(golden.resolve(name), blobs.resolve("blob-of-" + name));
            Files.createSymbolicLink(
                    snapshot.resolve(name), Path.of("../../blobs").resolve(blob.getFileName()));
        }
        try (Checkpoint direct = Checkpoint.open(golden);
                Checkpoint linked = Checkpoint.open(snapshot)) {
            assertThat(direct.totalBytes()).isEqualTo(406400);
            assertThat(linked.tensors()).hasSameSizeAs(direct.tensors());
            for (TensorInfo info : direct.tensors()) {
                long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
                Tensor expected = direct.root().tensor(info.name(), shape);
                Tensor found = linked.root().tensor(info.name(), shape);
                assertThat(found.dtype()).isEqualTo(DType.F16).isEqualTo(expected.dtype());
                assertThat(found.data().mismatch(expected.data())).isEqualTo(-1);
            }
            direct.finish();
            assertThat(direct.root()
                            .floats("multi_modal_projector.linear_1.bias", 48)
                            .dtype())
                    .isEqualTo(DType.F32);
        }
    }

    private void shards(String index) {
        write(folder.resolve("model.safetensors.index.json"), index);
        Crafted.write(folder.resolve(FIRST), Crafted.file("{" + tensor("a.weight", "U8", "[4]", "0", "4") + "}", 4));
        Crafted.write(
                folder.resolve(SECOND),
                Crafted.file(
                        "{%s,%s}"
                                .formatted(
                                        tensor("b.bias", "F16", "[1]", "0", "2"),
                                        tensor("b.weight", "F32", "[1,2]", "2", "10")),
                        10));
    }

    private Path single(String header, int dataBytes) {
        return Crafted.write(folder.resolve("model.safetensors"), Crafted.file(header, dataBytes));
    }

    /** Returns the folder, to be opened. */
    private Path write(Path file, String text) {
        Crafted.write(file, text);
        return folder;
    }
}
