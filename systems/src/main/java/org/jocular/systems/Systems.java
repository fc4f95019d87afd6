package org.jocular.systems;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.vit.ImageProcessor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;

/** Finds out which system lies in a directory, in which layout, and loads it. */
public final class Systems {
    private Systems() {}

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
        Layout layout = Layout.of(directory);
        Fields fields = layout.fields();
        Sources sources = new Sources(opener);
        try {
            return switch (layout.kind()) {
                case LAVIS -> LavisLoader.load(fields, directory, sources);
                case LLAVA_HUB -> LlavaLoader.hub(fields, directory, sources);
                case LLAVA_ORIGINAL -> LlavaLoader.original(fields, directory, sources);
                case BLIP -> BlipLoader.hub(fields, directory, sources);
                case MPLUG_OWL -> MplugOwl.load(fields, directory, sources);
                case LANGUAGE_MODEL -> throw blind(layout);
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
        Layout layout = Layout.of(directory);
        Fields fields = layout.fields();
        return switch (layout.kind()) {
            case LAVIS -> LavisLoader.imageProcessor(fields);
            case LLAVA_HUB -> LlavaLoader.hubProcessor(fields, directory);
            case LLAVA_ORIGINAL -> LlavaLoader.originalProcessor(fields, directory);
            case BLIP -> BlipLoader.imageProcessor(fields, directory);
            case MPLUG_OWL -> MplugOwl.imageProcessor(fields, directory);
            case LANGUAGE_MODEL -> throw blind(layout);
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

    private static BadInput blind(Layout layout) {
        return new BadInput(
                "%s is of a language model alone (model_type %s), expected a system that sees; a %s beside the other parts names it"
                        .formatted(layout.fields().file(), layout.system(), LavisLoader.NAME));
    }
}
