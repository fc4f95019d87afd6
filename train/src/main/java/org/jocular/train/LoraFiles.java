package org.jocular.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorInfo;
import tools.jackson.databind.json.JsonMapper;

/** Adapters as PEFT saves them (peft/utils/save_and_load.py): {@code adapter_config.json} and {@code adapter_model.safetensors}. */
public final class LoraFiles {
    public static final String CONFIG = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";

    private LoraFiles() {}

    /** @param factor A or B */
    static String name(String module, String factor) {
        return PREFIX + module + ".lora_" + factor + ".weight";
    }

    /** Writes both files; weights first, so that a config never stands alone. */
    public static void save(LoraAdapters adapters, Path directory) {
        save(adapters, Map.of(), directory);
    }

    /** The same with the tensors that were trained as a whole, PEFT's {@code modules_to_save}. */
    public static void save(LoraAdapters adapters, Parameters trained, Path directory) {
        Map<String, Tensor> whole = new TreeMap<>();
        for (Parameter parameter : trained.all()) {
            if (!parameter.name().startsWith(PREFIX)) {
                whole.put(parameter.name(), parameter.value());
            }
        }
        save(adapters, whole, directory);
    }

    private static void save(LoraAdapters adapters, Map<String, Tensor> whole, Path directory) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (LoraAdapters.Adapter adapter : adapters.all()) {
            tensors.put(adapter.a().name(), adapter.a().value());
            tensors.put(adapter.b().name(), adapter.b().value());
        }
        whole.forEach((name, value) -> tensors.put(PREFIX + name, value));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("peft_type", "LORA");
        config.put("task_type", "CAUSAL_LM");
        config.put("r", adapters.settings().r());
        config.put("lora_alpha", adapters.settings().alpha());
        config.put("lora_dropout", adapters.settings().dropout());
        // Whole names: ends of names would adapt the vision tower's layers as well.
        config.put(
                "target_modules",
                adapters.all().stream().map(LoraAdapters.Adapter::module).toList());
        if (!whole.isEmpty()) {
            config.put(
                    "modules_to_save",
                    whole.keySet().stream()
                            .map(name -> name.substring(0, Math.max(0, name.lastIndexOf('.'))))
                            .distinct()
                            .toList());
        }
        config.put("bias", "none");
        config.put("fan_in_fan_out", false);
        try {
            Files.createDirectories(directory);
            SafetensorsWriter.write(directory.resolve(WEIGHTS), tensors);
            Files.write(
                    directory.resolve(CONFIG),
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code adapter_config.json} says. */
    public static LoraAdapters.Settings settings(Path directory) {
        Fields fields = JsonFile.read(directory.resolve(CONFIG));
        fields.oneOf("peft_type", List.of("LORA"));
        return new LoraAdapters.Settings(
                fields.positiveInt("r"), fields.positiveNumber("lora_alpha"), fields.number("lora_dropout", 0));
    }

    /** Names of the layers that a saved adapter belongs to. */
    public static List<String> modules(Path directory) {
        return JsonFile.read(directory.resolve(CONFIG)).texts("target_modules");
    }

    /**
     * Puts saved factors in the place of those that training would begin with.
     *
     * @param file safetensors with all factors and nothing else
     * @throws BadInput naming a factor that is missing, has another shape, or has no layer
     */
    public static void load(LoraAdapters adapters, Path file) {
        try (Checkpoint saved = Checkpoint.open(file);
                Arena arena = Arena.ofShared()) {
            for (LoraAdapters.Adapter adapter : adapters.all()) {
                for (Parameter factor : List.of(adapter.a(), adapter.b())) {
                    copy(saved, arena, factor);
                }
            }
            List<String> names = saved.tensors().stream().map(TensorInfo::name).toList();
            if (names.size() != 2 * adapters.all().size()) {
                throw new BadInput("%s holds %d factors, expected %d, two for each of the adapted layers"
                        .formatted(file, names.size(), 2 * adapters.all().size()));
            }
        }
    }

    private static void copy(Checkpoint saved, Arena arena, Parameter factor) {
        Tensor value = factor.value();
        Tensor stored = saved.root().tensor(factor.name(), value.shape()).to(value.dtype(), arena);
        value.data().copyFrom(stored.data());
    }
}
