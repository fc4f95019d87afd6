package org.jocular.systems;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;
import org.jocular.vit.ImageProcessor;
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
        Fields fields = config(directory);
        Checkpoint checkpoint = Checkpoint.open(directory);
        try {
            return Llava.load(fields, checkpoint, directory);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * How a model wants its pictures.
     *
     * @param directory with {@code config.json} and, unless all is as the system's default, {@code preprocessor_config.json}; weights are
     *     not looked at
     * @throws BadInput if it is no system that is known, or a setting makes no sense
     */
    public static ImageProcessor imageProcessor(Path directory) {
        return Llava.imageProcessor(config(directory), directory);
    }

    private static Fields config(Path directory) {
        if (Files.isRegularFile(directory)) {
            throw new BadInput("%s is a file, expected a model directory with a config.json".formatted(directory));
        }
        Path file = directory.resolve("config.json");
        if (!Files.exists(file)) {
            throw new BadInput("%s is no model directory: expected a config.json in it".formatted(directory));
        }
        Fields fields = JsonFile.read(file);
        String type = fields.text("model_type");
        if (!type.equals("llava") || !fields.has("vision_config")) {
            throw new BadInput("%s has model_type %s; what can be run is llava as the hub has it, with a vision_config"
                    .formatted(file, type));
        }
        return fields;
    }
}
