package org.jocular.systems;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;

/** Finds out which system lies in a directory, and loads it. */
public final class Systems {
    private Systems() {}

    /**
     * Loads a model as the hub publishes it.
     *
     * @param directory with {@code config.json} and safetensors
     * @throws BadInput if it is no system that is known, or something in it is missing or wrong
     */
    public static VisionLanguageModel load(Path directory) {
        Path file = directory.resolve("config.json");
        if (!Files.isDirectory(directory) || !Files.exists(file)) {
            throw new BadInput("%s is no model directory: expected a config.json in it".formatted(directory));
        }
        Fields fields = JsonFile.read(file);
        String type = fields.text("model_type");
        if (!type.equals("llava") || !fields.has("vision_config")) {
            throw new BadInput("%s has model_type %s; what can be run is llava as the hub has it, with a vision_config"
                    .formatted(file, type));
        }
        Checkpoint checkpoint = Checkpoint.open(directory);
        try {
            return Llava.load(fields, checkpoint, directory);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }
}
