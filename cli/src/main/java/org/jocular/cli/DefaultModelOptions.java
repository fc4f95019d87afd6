package org.jocular.cli;

import java.nio.file.Path;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.weights.ModelPaths;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, by default the small one that comes with the source, and where to compute it. */
final class DefaultModelOptions {
    static final String DEFAULT = "tiny-llava";

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model directory, or the id of one in the local Hugging Face cache (default: models/"
                    + DEFAULT + ").")
    @Nullable
    String model;

    @Mixin
    DeviceOptions device = new DeviceOptions();

    Path directory() {
        if (model != null) {
            return ModelPaths.resolve(model);
        }
        Path tiny = Home.modelOrNull(DEFAULT);
        if (tiny == null) {
            throw new BadInput(
                    "--model is missing, expected a model directory: models/%s, which would be asked without, is not there"
                            .formatted(DEFAULT));
        }
        return tiny;
    }

    /** Loads the model, and says which one if nobody chose it. */
    VisionLanguageModel load(Console console) {
        Path directory = directory();
        VisionLanguageModel vlm = Systems.load(directory);
        if (model == null) {
            console.note(
                    "jocular: no --model given: using models/%s, which knows %d words and scenes of coloured shapes; see %s"
                            .formatted(DEFAULT, KnownWords.of(vlm).size(), Home.shown(directory.resolve("README.md"))));
        }
        return vlm;
    }

    Executor executor() {
        return device.open();
    }
}
