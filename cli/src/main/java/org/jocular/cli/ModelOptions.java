package org.jocular.cli;

import java.nio.file.Path;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.Executor;
import org.jocular.weights.ModelPaths;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, and where to compute it. */
final class ModelOptions {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Model directory, or the id of one in the local Hugging Face cache.")
    String model = "";

    @Mixin
    DeviceOptions device = new DeviceOptions();

    Path directory() {
        return ModelPaths.resolve(model);
    }

    VisionLanguageModel load() {
        return Systems.load(directory());
    }

    Executor executor() {
        return device.open();
    }
}
