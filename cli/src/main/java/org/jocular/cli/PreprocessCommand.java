package org.jocular.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jocular.systems.Systems;
import org.jocular.tensor.Tensor;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jocular.weights.ModelPaths;
import org.jocular.weights.SafetensorsWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a model is given of a picture. */
@Command(
        name = "preprocess",
        customSynopsis = "jocular preprocess --model DIR --image FILE --out F.safetensors",
        description =
                "Write pixel_values, (3, height, width) in F32, as the model's processor makes them of a picture.",
        footer = {"", "Example:", "  jocular preprocess --model DIR --image cat.jpg --out cat.safetensors"})
final class PreprocessCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Model directory, or the id of one in the local Hugging Face cache.")
    String model = "";

    @Option(names = "--image", required = true, paramLabel = "FILE", description = "PNG, JPEG, WebP, GIF, BMP or PNM.")
    Path image = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "F.safetensors", description = "The file to write.")
    Path out = Path.of("");

    PreprocessCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Picture picture = PictureReader.read(image);
        ImageProcessor processor = Systems.imageProcessor(ModelPaths.resolve(model));
        try (Arena arena = Arena.ofConfined()) {
            Picture prepared = processor.prepared(picture);
            Tensor pixels = Tensor.of(arena, processor.normalised(prepared), 3, prepared.height(), prepared.width());
            SafetensorsWriter.write(out, Map.of("pixel_values", pixels));
            console.note("%s: pixel_values %s".formatted(out, pixels));
        }
        return 0;
    }
}
