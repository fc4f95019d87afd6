package org.jocular.train.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.train.recipe.Stage;
import org.jocular.train.tiny.TinyModels;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorInfo;

/** Puts the model together that a stage begins with, as a model directory. */
final class StageModel {
    static final String TINY = "tiny:";
    private static final String WEIGHTS = "model.safetensors";

    private StageModel() {}

    /**
     * @param directory where it is written
     * @param from where the model of an earlier stage or of another name lies
     */
    static void write(Stage stage, Path directory, Function<String, Path> from) {
        if (!stage.model().startsWith(TINY)) {
            throw new BadInput("stage %s has model %s, expected %sNAME".formatted(stage.name(), stage.model(), TINY));
        }
        String name = stage.model().substring(TINY.length());
        try (Arena arena = Arena.ofShared()) {
            Files.createDirectories(directory);
            TinyModels.writeFiles(name, directory);
            SequencedMap<String, Tensor> tensors = TinyModels.initialise(name, directory, stage.seed(), arena);
            for (Stage.Start start : stage.start()) {
                if (!start.from().equals(Stage.Start.FRESH)) {
                    take(stage, start, tensors, heads(directory), from.apply(start.from()), arena);
                }
            }
            SafetensorsWriter.write(directory.resolve(WEIGHTS), new TreeMap<>(tensors));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the vision tower; of a language model alone its own. */
    private static int heads(Path directory) {
        Fields config = JsonFile.read(directory.resolve("config.json"));
        Fields vision = config.objectOrNull("vision_config");
        return (vision == null ? config : vision).positiveInt("num_attention_heads");
    }

    /** All tensors of a part; what the other model does not have stays fresh, where it has any of the part. */
    private static void take(
            Stage stage, Stage.Start start, SequencedMap<String, Tensor> tensors, int heads, Path other, Arena arena) {
        try (Checkpoint checkpoint = Checkpoint.open(other)) {
            if (ClipForMplugOwl.fits(stage, start, checkpoint)) {
                tensors.putAll(ClipForMplugOwl.tensors(checkpoint, start.as(), tensors, heads, arena));
                return;
            }
            List<String> names = tensors.keySet().stream()
                    .filter(name -> isPart(name, start.part()))
                    .toList();
            int taken = 0;
            for (String name : names) {
                String there = renamed(name, start);
                if (checkpoint.has(there)) {
                    Tensor tensor = checkpoint.tensor(there, arena);
                    Tensor fresh = tensors.get(name);
                    if (fresh == null || !fresh.hasShape(tensor.shape())) {
                        throw new BadInput("stage %s takes %s as %s, which is %s there and %s here"
                                .formatted(stage.name(), there, name, tensor, fresh));
                    }
                    tensors.put(name, Tensor.of(arena, tensor.toFloats(), tensor.shape()));
                    taken++;
                }
            }
            if (taken == 0) {
                List<String> held = checkpoint.tensors().stream()
                        .map(TensorInfo::name)
                        .limit(3)
                        .toList();
                throw new BadInput("stage %s takes part \"%s\" from %s, which has nothing of it: it holds %s…"
                        .formatted(stage.name(), start.part(), other, String.join(", ", held)));
            }
        }
    }

    private static boolean isPart(String name, String part) {
        return part.isEmpty() || name.equals(part) || name.startsWith(part + ".");
    }

    private static String renamed(String name, Stage.Start start) {
        String rest = start.part().isEmpty()
                ? name
                : name.substring(Math.min(name.length(), start.part().length() + 1));
        if (start.as().isEmpty()) {
            return rest;
        }
        return rest.isEmpty() ? start.as() : start.as() + "." + rest;
    }
}
