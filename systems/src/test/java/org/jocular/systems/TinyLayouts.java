package org.jocular.systems;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The tiny LLaVA of this repository taken apart, in F32: as its authors, as those of deltas and as those of adapters would publish it. */
public final class TinyLayouts {
    private static final String LANGUAGE = "language_model.";
    private static final String VISION = "vision_tower.";

    private TinyLayouts() {}

    /** All tensors in F32, by the hub's names. */
    public static Map<String, Tensor> hub(Arena arena) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(GoldenLlava.DIRECTORY)) {
            for (TensorInfo info : checkpoint.tensors()) {
                Tensor stored = checkpoint.tensor(info.name(), arena);
                // Not mapped any more when the checkpoint is closed.
                tensors.put(info.name(), Tensor.of(arena, stored.toFloats(), stored.shape()));
            }
        }
        return tensors;
    }

    /** Those of the language model and the projector, by the original's names. */
    public static Map<String, Tensor> original(Map<String, Tensor> hub) {
        Map<String, Tensor> tensors = languageModel(hub);
        hub.forEach((name, tensor) -> {
            if (name.startsWith("multi_modal_projector.")) {
                String layer = name.contains("linear_1") ? "0" : "2";
                tensors.put("model.mm_projector.%s%s".formatted(layer, name.substring(name.lastIndexOf('.'))), tensor);
            }
        });
        return tensors;
    }

    /** Those of the language model alone, as in a directory of its own. */
    public static Map<String, Tensor> languageModel(Map<String, Tensor> hub) {
        return without(LANGUAGE, hub);
    }

    private static Map<String, Tensor> without(String prefix, Map<String, Tensor> hub) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        hub.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                tensors.put(name.substring(prefix.length()), tensor);
            }
        });
        return tensors;
    }

    /** Each tensor, or null to leave it out. */
    public static Map<String, Tensor> changed(Map<String, Tensor> tensors, Function<String, @Nullable Tensor> change) {
        Map<String, Tensor> changed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            Tensor other = change.apply(name);
            if (other != null) {
                changed.put(name, other);
            }
        });
        return changed;
    }

    /** A multiple of a tensor. */
    public static Tensor scaled(Tensor tensor, double factor, Arena arena) {
        Tensor scaled = Tensor.zeros(arena, DType.F32, tensor.shape());
        for (long i = 0; i < tensor.elements(); i++) {
            DType.F32.set(scaled.data(), i, factor * tensor.get(i));
        }
        return scaled;
    }

    /** A directory with {@code config.json} in the original layout, CLIP beside it in {@code clip}. */
    public static Path originalDirectory(Path directory, Map<String, Tensor> hub, Map<String, Tensor> weights) {
        ObjectNode whole = (ObjectNode)
                JsonFile.read(GoldenLlava.DIRECTORY.resolve("config.json")).json();
        ObjectNode config = (ObjectNode) whole.path("text_config");
        config.put("model_type", "llava")
                .put("mm_vision_tower", "clip")
                .put("mm_projector_type", "mlp2x_gelu")
                .put("mm_vision_select_layer", -2)
                .put("image_aspect_ratio", "pad")
                .put("eos_token_id", 2);
        write(directory, config, weights);
        write(directory.resolve("clip"), (ObjectNode) whole.path("vision_config"), without(VISION, hub));
        return directory;
    }

    /** A directory of a language model alone. */
    public static Path languageDirectory(Path directory, Map<String, Tensor> weights) {
        ObjectNode whole = (ObjectNode)
                JsonFile.read(GoldenLlava.DIRECTORY.resolve("config.json")).json();
        return write(directory, (ObjectNode) whole.path("text_config"), weights);
    }

    public static void tokenizer(Path directory) {
        GoldenLlava.copyFiles(directory, name -> name.contains("token"));
    }

    private static Path write(Path directory, ObjectNode config, Map<String, Tensor> weights) {
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve("config.json"), JsonMapper.shared().writeValueAsBytes(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!weights.isEmpty()) {
            SafetensorsWriter.write(directory.resolve("model.safetensors"), weights);
        }
        return directory;
    }

    /**
     * An adapter of rank 2 and alpha 4 for two layers, as PEFT saves it.
     *
     * @param prefix of the base's names
     * @return what it adds, by the base's names; whole 32nds, so that nothing is rounded
     */
    public static Map<String, Tensor> adapter(Path directory, String prefix, Map<String, Tensor> base, Arena arena) {
        Map<String, Tensor> adds = new LinkedHashMap<>();
        Map<String, Tensor> factors = new LinkedHashMap<>();
        for (String layer : List.of("layers.0.self_attn.q_proj", "layers.2.self_attn.v_proj")) {
            String name = prefix + "model." + layer + ".weight";
            Tensor weight = base.get(name);
            if (weight == null) {
                throw new IllegalArgumentException(name);
            }
            int rows = (int) weight.rows();
            int columns = weight.width();
            Tensor a = Tensor.zeros(arena, DType.F32, 2, columns);
            Tensor b = Tensor.zeros(arena, DType.F32, rows, 2);
            for (int i = 0; i < a.elements(); i++) {
                DType.F32.set(a.data(), i, (i % 5 - 2) / 8.0);
            }
            for (int i = 0; i < b.elements(); i++) {
                DType.F32.set(b.data(), i, (i % 3 - 1) / 8.0);
            }
            Tensor product = Tensor.zeros(arena, DType.F32, rows, columns);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    double sum = b.get(2L * row) * a.get(column) + b.get(2L * row + 1) * a.get(columns + (long) column);
                    DType.F32.set(product.data(), (long) row * columns + column, 4 / 2 * sum);
                }
            }
            adds.put(name, product);
            String factor = "base_model.model." + name.replace(".weight", "");
            factors.put(factor + ".lora_A.weight", a);
            factors.put(factor + ".lora_B.weight", b);
        }
        try {
            Files.createDirectories(directory);
            Files.writeString(
                    directory.resolve("adapter_config.json"),
                    "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"target_modules\": [\"q_proj\", \"v_proj\"]}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SafetensorsWriter.write(directory.resolve("adapter_model.safetensors"), factors);
        return adds;
    }

    /** {@code a − b}. */
    public static Tensor difference(Tensor a, Tensor b, Arena arena) {
        Tensor difference = Tensor.zeros(arena, DType.F32, a.shape());
        for (long i = 0; i < a.elements(); i++) {
            DType.F32.set(difference.data(), i, a.get(i) - b.get(i));
        }
        return difference;
    }
}
