package org.jocular.systems;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.vit.ImageProcessor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;

/** Finds out which system lies in a directory, in which layout, and loads it. */
public final class Systems {
    private Systems() {}

    private enum Layout {
        JOCULAR_JSON,
        LLAVA_HUB,
        LLAVA_ORIGINAL,
        BLIP,
        MPLUG_OWL
    }

    /**
     * Loads a model as its authors or the hub published it.
     *
     * @param directory with {@code config.json} and weights, or with a {@code jocular.json} that names the parts
     * @throws BadInput if it is no system that is known, or something in it is missing or wrong
     */
    public static VisionLanguageModel load(Path directory) {
        return load(directory, Checkpoint::open);
    }

    /** The same with weights that are opened in another way: with a delta or an adapter added to them. */
    public static VisionLanguageModel load(Path directory, Sources.Opener opener) {
        Layout layout = layout(directory);
        Sources sources = new Sources(opener);
        try {
            return switch (layout) {
                case JOCULAR_JSON -> LavisLoader.load(directory, sources);
                case LLAVA_HUB -> LlavaLoader.hub(config(directory), directory, sources);
                case LLAVA_ORIGINAL -> LlavaLoader.original(config(directory), directory, sources);
                case BLIP -> BlipLoader.hub(config(directory), directory, sources);
                case MPLUG_OWL -> MplugOwl.load(config(directory), directory, sources);
            };
        } catch (RuntimeException | Error e) {
            sources.close();
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
        return switch (layout(directory)) {
            case JOCULAR_JSON -> LavisLoader.imageProcessor(JsonFile.read(directory.resolve(LavisLoader.NAME)));
            case LLAVA_HUB -> LlavaLoader.hubProcessor(config(directory), directory);
            case LLAVA_ORIGINAL -> LlavaLoader.originalProcessor(config(directory), directory);
            case BLIP -> BlipLoader.imageProcessor(config(directory), directory);
            case MPLUG_OWL -> MplugOwl.imageProcessor(config(directory), directory);
        };
    }

    /** All presets of all systems, for a list; a model shows those that fit it. */
    public static List<Preset> presets(String system) {
        return switch (system) {
            case "llava" -> LlavaPresets.FOR_HUB;
            case "blip2" -> BlipPresets.blip2();
            case "instructblip" -> BlipPresets.instructBlip(null);
            case "minigpt4" -> {
                List<Preset> all = new ArrayList<>(MiniGpt4Presets.VICUNA);
                all.addAll(MiniGpt4Presets.LLAMA_2);
                yield all;
            }
            case "mplug-owl" -> MplugOwlPresets.ALL;
            default -> throw new BadInput("there is no system %s; known are %s".formatted(system, NAMES));
        };
    }

    /** In the order of their publication. */
    public static final List<String> NAMES = List.of("blip2", "llava", "minigpt4", "mplug-owl", "instructblip");

    private static Layout layout(Path directory) {
        if (Files.isRegularFile(directory)) {
            throw new BadInput("%s is a file, expected a model directory with a config.json".formatted(directory));
        }
        if (Files.exists(directory.resolve(LavisLoader.NAME))) {
            return Layout.JOCULAR_JSON;
        }
        if (!Files.exists(directory.resolve("config.json"))) {
            throw new BadInput("%s is no model directory: expected a config.json or a %s in it"
                    .formatted(directory, LavisLoader.NAME));
        }
        Fields fields = config(directory);
        String type = fields.text("model_type");
        // transformers and the original repository both say "llava"; later originals say "llava_llama".
        if (fields.has("mm_vision_tower")) {
            return Layout.LLAVA_ORIGINAL;
        }
        if (type.equals(Llava.MODEL_TYPE) && fields.has("vision_config")) {
            return Layout.LLAVA_HUB;
        }
        if (BlipLoader.MODEL_TYPES.contains(type)) {
            return Layout.BLIP;
        }
        if (type.equals(MplugOwl.MODEL_TYPE)) {
            return Layout.MPLUG_OWL;
        }
        throw new BadInput(
                "%s has model_type %s; what can be run is llava (with a vision_config or mm_vision_tower), %s and %s"
                        .formatted(
                                fields.file(), type, String.join(", ", BlipLoader.MODEL_TYPES), MplugOwl.MODEL_TYPE));
    }

    private static Fields config(Path directory) {
        return JsonFile.read(directory.resolve("config.json"));
    }
}
