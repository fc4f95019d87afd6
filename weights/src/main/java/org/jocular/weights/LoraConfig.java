package org.jocular.weights;

import java.nio.file.Path;
import java.util.List;
import org.jocular.tensor.BadInput;

/**
 * {@code adapter_config.json} as far as merging needs it (peft/tuners/lora/config.py).
 *
 * @param fanInFanOut whether the base holds its matrices transposed, as GPT-2's Conv1D does
 * @param scale       what B·A is multiplied by
 * @param modules     ends of the names of the layers that were trained; empty where a pattern tells them
 */
record LoraConfig(Path file, int r, double scale, boolean fanInFanOut, List<String> modules) {
    private static final int MAX_RANK = 1 << 16;

    /** @throws BadInput if the adapter is none of plain LoRA */
    static LoraConfig read(Path file) {
        Fields fields = JsonFile.read(file);
        fields.oneOf("peft_type", List.of("LORA"));
        fields.require(!fields.flag("use_dora", false), "has use_dora = true, expected plain LoRA");
        for (String pattern : List.of("rank_pattern", "alpha_pattern")) {
            boolean same =
                    !fields.has(pattern) || fields.object(pattern).names().isEmpty();
            fields.require(same, "sets " + pattern + ", expected one rank and one alpha for all layers");
        }
        fields.require(!fields.has("layer_replication"), "has layer_replication, expected the layers of the base");
        int r = fields.intBetween("r", 1, MAX_RANK);
        double alpha = fields.number("lora_alpha");
        boolean root = fields.flag("use_rslora", false);
        return new LoraConfig(
                file,
                r,
                alpha / (root ? Math.sqrt(r) : r),
                fields.flag("fan_in_fan_out", false),
                fields.isText("target_modules") ? List.of() : fields.texts("target_modules"));
    }

    /** Refuses a layer that the config does not name: then it belongs to another adapter. */
    void requireTarget(String module, Path adapter) {
        boolean named = modules.isEmpty()
                || modules.stream().anyMatch(target -> module.equals(target) || module.endsWith("." + target));
        if (!named) {
            throw Bad.file(
                    adapter, "adapts %s, which is none of the target_modules of %s".formatted(Bad.quote(module), file));
        }
    }
}
