package org.jocular.systems.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jocular.systems.GoldenLlava;
import org.jocular.systems.Layout;
import org.jocular.systems.Systems;
import org.jocular.systems.TinyLayouts;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tiny LLaVA, taken apart as LLaVA was released and put together again, number by number. */
class OriginTest {
    private final Arena arena = Arena.ofShared();
    private final Map<String, Tensor> hub = TinyLayouts.hub(arena);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void theOriginalLayout() {
        Path model = TinyLayouts.originalDirectory(folder.resolve("model"), hub, TinyLayouts.original(hub));
        TinyLayouts.tokenizer(model);
        Conversion.Result result = convert(Origin.model(model));
        assertThat(result.layout()).isEqualTo("original");
        assertHolds(hub);
        try (VisionLanguageModel before = Systems.load(model);
                VisionLanguageModel after = Systems.load(folder.resolve("out"))) {
            assertThat(after.imageProcessor()).isEqualTo(before.imageProcessor());
            assertThat(after.generation()).isEqualTo(before.generation());
            assertThat(after.presets()).isEqualTo(before.presets());
            assertThat(after.ids("<image>\nWhat?", 1)).isEqualTo(before.ids("<image>\nWhat?", 1));
        }
    }

    /** Some releases trained the tower on: its tensors lie with the rest, and only the config is CLIP's. */
    @Test
    void theOriginalLayoutWithATowerOfItsOwn() {
        Map<String, Tensor> weights = TinyLayouts.original(hub);
        hub.forEach((name, tensor) -> {
            if (name.startsWith("vision_tower.")) {
                weights.put("model.vision_tower." + name, tensor);
            }
        });
        Path model = TinyLayouts.originalDirectory(folder.resolve("model"), Map.of(), weights);
        TinyLayouts.tokenizer(model);
        convert(Origin.model(model));
        assertHolds(hub);
    }

    /** LLaVA v0: new tokens have rows that the base lacks, the projector is the delta's alone. */
    @Test
    void aDeltaWithNewTokens() {
        Map<String, Tensor> base = TinyLayouts.changed(TinyLayouts.languageModel(hub), name -> {
            Tensor half = TinyLayouts.scaled(tensor("language_model." + name), 0.5, arena);
            boolean perToken = name.contains("embed_tokens") || name.contains("lm_head");
            return perToken ? half.slice(0, half.rows() - 3) : half;
        });
        Map<String, Tensor> whole = TinyLayouts.original(hub);
        Map<String, Tensor> delta = TinyLayouts.changed(whole, name -> {
            Tensor half = base.get(name);
            Tensor tensor = Objects.requireNonNull(whole.get(name));
            return half == null ? tensor : TinyLayouts.difference(tensor, padded(half, tensor.rows()), arena);
        });
        Path baseDirectory = TinyLayouts.languageDirectory(folder.resolve("base"), base);
        Path deltaDirectory = TinyLayouts.originalDirectory(folder.resolve("delta"), hub, delta);
        TinyLayouts.tokenizer(deltaDirectory);

        convert(Origin.delta(baseDirectory, deltaDirectory));

        assertHolds(hub);
    }

    /** Vicuna v0. */
    @Test
    void aDeltaOfALanguageModelAlone() {
        Map<String, Tensor> whole = TinyLayouts.languageModel(hub);
        Map<String, Tensor> half =
                TinyLayouts.changed(whole, name -> TinyLayouts.scaled(tensor("language_model." + name), 0.5, arena));
        Path base = TinyLayouts.languageDirectory(folder.resolve("base"), half);
        Path delta = TinyLayouts.languageDirectory(folder.resolve("delta"), half);
        TinyLayouts.tokenizer(delta);

        Conversion.Result result = convert(Origin.delta(base, delta));

        assertThat(result.system()).isEqualTo("llama");
        assertThat(result.files()).contains("tokenizer.model").doesNotContain("preprocessor_config.json");
        assertThat(Layout.of(folder.resolve("out")).kind()).isEqualTo(Layout.Kind.LANGUAGE_MODEL);
        assertHolds(whole);
    }

    /** LLaVA v1.5 with LoRA: config and projector beside the adapter, tokenizer and the rest with the base, a plain Vicuna. */
    @Test
    void anAdapterThatMakesALlavaOfItsBase() throws IOException {
        Map<String, Tensor> language = TinyLayouts.languageModel(hub);
        Path adapter = TinyLayouts.originalDirectory(folder.resolve("adapter"), hub, Map.of());
        Map<String, Tensor> base = less(language, TinyLayouts.adapter(adapter, "", language, arena));
        Map<String, Tensor> others = new LinkedHashMap<>();
        TinyLayouts.original(hub).forEach((name, tensor) -> {
            if (name.contains("mm_projector")) {
                others.put("base_model.model." + name, tensor);
            }
        });
        SafetensorsWriter.write(adapter.resolve("non_lora_trainables.bin"), others);
        Path baseDirectory = TinyLayouts.languageDirectory(folder.resolve("base"), base);
        TinyLayouts.tokenizer(baseDirectory);
        Files.writeString(baseDirectory.resolve("generation_config.json"), "{\"eos_token_id\": 2, \"top_p\": 0.6}");

        Conversion.Result result = convert(Origin.adapter(baseDirectory, adapter));

        assertThat(result.system()).isEqualTo("llava");
        assertThat(result.files()).contains("tokenizer.model", "generation_config.json");
        assertHolds(hub);
        try (VisionLanguageModel model = Systems.load(folder.resolve("out"))) {
            assertThat(model.generation().topP()).isEqualTo(0.6);
        }
    }

    @Test
    void anAdapterOfALanguageModelAlone() {
        Map<String, Tensor> language = TinyLayouts.languageModel(hub);
        Path adapter = folder.resolve("adapter");
        Map<String, Tensor> base = less(language, TinyLayouts.adapter(adapter, "", language, arena));
        Path baseDirectory = TinyLayouts.languageDirectory(folder.resolve("base"), base);

        assertThat(convert(Origin.adapter(baseDirectory, adapter)).system()).isEqualTo("llama");
        assertHolds(language);
    }

    @Test
    void anAdapterOfAWholeModel() {
        Path adapter = folder.resolve("adapter");
        Map<String, Tensor> adds = TinyLayouts.adapter(adapter, "language_model.", hub, arena);
        Path model = folder.resolve("model");
        assertThat(model.toFile().mkdir()).isTrue();
        GoldenLlava.copy(model, tensors -> less(hub, adds));

        assertThat(convert(Origin.adapter(model, adapter)).system()).isEqualTo("llava");
        assertHolds(hub);
    }

    /** The composition's adapter and delta belong to its language model. */
    @Test
    void aDeltaInThePlaceOfAModelIsAddedOnlyToTheLanguageModel() {
        Path model = Path.of("src/test/resources/golden/blip2-vicuna");
        Path adapter = folder.resolve("adapter");
        try (Checkpoint vicuna = Checkpoint.open(model.resolve("vicuna"))) {
            Map<String, Tensor> language = new LinkedHashMap<>();
            vicuna.tensors().forEach(info -> language.put(info.name(), vicuna.tensor(info.name(), arena)));
            Map<String, Tensor> adds = TinyLayouts.adapter(adapter, "", language, arena);

            convert(Origin.adapter(model, adapter));

            try (Checkpoint out = Checkpoint.open(folder.resolve("out"))) {
                for (Map.Entry<String, Tensor> added : adds.entrySet()) {
                    Tensor before = vicuna.tensor(added.getKey(), arena);
                    Tensor after = out.tensor("language_model." + added.getKey(), arena);
                    assertThat(after.get(1)).isNotEqualTo(before.get(1));
                    assertThat(after.get(1))
                            .isEqualTo(before.get(1) + added.getValue().get(1), within(1e-3));
                }
            }
        }
    }

    @Test
    void aDiskThatIsTooSmall() {
        assertThatThrownBy(() -> PartialDirectory.requireSpace(Path.of("out"), 13_476_839_424L, 9_000_000_000L))
                .isInstanceOf(BadInput.class)
                .hasMessage("out needs 13,476,839,424 bytes, but its disk has 9,000,000,000 free");
    }

    private static org.assertj.core.data.Offset<Double> within(double value) {
        return org.assertj.core.data.Offset.offset(value);
    }

    private Tensor tensor(String name) {
        return Objects.requireNonNull(hub.get(name), name);
    }

    /** With zeros for the rows that it lacks. */
    private Tensor padded(Tensor tensor, long rows) {
        if (tensor.rows() == rows || tensor.shape().length != 2) {
            return tensor;
        }
        Tensor padded = Tensor.zeros(arena, tensor.dtype(), rows, tensor.width());
        padded.data().asSlice(0, tensor.data().byteSize()).copyFrom(tensor.data());
        return padded;
    }

    private Map<String, Tensor> less(Map<String, Tensor> tensors, Map<String, Tensor> adds) {
        return TinyLayouts.changed(tensors, name -> {
            Tensor added = adds.get(name);
            Tensor tensor = Objects.requireNonNull(tensors.get(name));
            return added == null ? tensor : TinyLayouts.difference(tensor, added, arena);
        });
    }

    private Conversion.Result convert(Origin origin) {
        return Conversion.run(
                origin, folder.resolve("out"), new Conversion.Settings(null, 5_000_000_000L), (bytes, all) -> {});
    }

    /** Exactly these tensors, to the last bit. */
    private void assertHolds(Map<String, Tensor> expected) {
        try (Checkpoint out = Checkpoint.open(folder.resolve("out"))) {
            assertThat(out.tensors())
                    .extracting(TensorInfo::name)
                    .containsExactlyInAnyOrderElementsOf(expected.keySet());
            for (TensorInfo info : out.tensors()) {
                assertThat(out.tensor(info.name(), arena).toFloats())
                        .as(info.name())
                        .isEqualTo(Objects.requireNonNull(expected.get(info.name()))
                                .toFloats());
            }
        }
        assertThat(List.of(Objects.requireNonNull(folder.toFile().list()))).noneMatch(name -> name.contains("partial"));
    }
}
