package org.jocular.cli;

import java.nio.file.Path;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;

/** What {@code adapter_config.json} says of an adapter, for readers. */
record Adapter(String type, String rank, String alpha, String modules, String base) {
    static final String CONFIG = "adapter_config.json";

    static Adapter read(Path directory) {
        Fields fields = JsonFile.read(directory.resolve(CONFIG));
        return new Adapter(
                fields.text("peft_type", "adapter"),
                fields.has("r") ? ", rank " + fields.positiveInt("r") : "",
                fields.has("lora_alpha") ? ", alpha " + Math.round(fields.number("lora_alpha")) : "",
                fields.has("target_modules")
                        ? ", of "
                                + (fields.isText("target_modules")
                                        ? fields.text("target_modules")
                                        : String.join(", ", fields.texts("target_modules")))
                        : "",
                fields.text("base_model_name_or_path", ""));
    }

    @Override
    public String toString() {
        return "an adapter, " + type + rank + alpha + modules;
    }
}
