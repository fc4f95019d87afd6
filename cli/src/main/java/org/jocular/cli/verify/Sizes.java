package org.jocular.cli.verify;

import java.nio.file.Path;
import org.jocular.llama.Llama;
import org.jocular.llama.Opt;
import org.jocular.llama.T5;
import org.jocular.vit.ClipVision;
import org.jocular.vit.EvaVision;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jspecify.annotations.Nullable;

/**
 * What tells one published checkpoint from another. Which weights are in it, sizes cannot tell: whoever trained one further has a checkpoint of
 * the same sizes that rightly answers in another way.
 *
 * @param system {@code blip2}…
 * @param text the language model's {@code model_type}
 * @param width of the language model
 * @param layers of the language model; of its encoder where it has one
 * @param vocabSize of the language model; 0 where any will do, since conversions of different age padded it differently
 * @param visionWidth of the vision tower
 * @param imageSize in pixels
 */
public record Sizes(String system, String text, int width, int layers, int vocabSize, int visionWidth, int imageSize) {
    /**
     * What a config.json in the hub's layout says, or null where it is in another one. The original layout of LLaVA is left out on purpose:
     * it pads its pictures where the hub's crops them, so the hub's records are not its own.
     */
    public static @Nullable Sizes of(Path config) {
        Fields fields = JsonFile.read(config);
        Fields text = fields.objectOrNull("text_config");
        Fields vision = fields.objectOrNull("vision_config");
        if (text == null || vision == null) {
            return null;
        }
        return switch (fields.text("model_type", "")) {
            case "blip-2" -> of("blip2", text, EvaVision.Config.of(vision));
            case "instructblip" -> of("instructblip", text, EvaVision.Config.of(vision));
            case "llava" -> of(text, ClipVision.Config.of(vision));
            default -> null;
        };
    }

    private static @Nullable Sizes of(String system, Fields text, EvaVision.Config vision) {
        return of(system, text, vision.hiddenSize(), vision.imageSize());
    }

    private static @Nullable Sizes of(Fields text, ClipVision.Config vision) {
        return of("llava", text, vision.hiddenSize(), vision.imageSize());
    }

    private static @Nullable Sizes of(String system, Fields text, int visionWidth, int imageSize) {
        String type = text.text("model_type", "");
        return switch (type) {
            case "llama" -> {
                Llama.Config c = Llama.Config.of(text);
                yield new Sizes(
                        system, type, c.hiddenSize(), c.numHiddenLayers(), c.vocabSize(), visionWidth, imageSize);
            }
            case "opt" -> {
                Opt.Config c = Opt.Config.of(text);
                yield new Sizes(
                        system, type, c.hiddenSize(), c.numHiddenLayers(), c.vocabSize(), visionWidth, imageSize);
            }
            case "t5" -> {
                T5.Config c = T5.Config.of(text);
                yield new Sizes(system, type, c.dModel(), c.numLayers(), c.vocabSize(), visionWidth, imageSize);
            }
            default -> null;
        };
    }

    /** Whether a model of these sizes may be one of those. */
    boolean covers(Sizes found) {
        int vocabulary = vocabSize == 0 ? found.vocabSize : vocabSize;
        return new Sizes(system, text, width, layers, vocabulary, visionWidth, imageSize).equals(found);
    }

    /** In a few words. */
    public String sentence() {
        return "%s, %s of %d x %d, vision of %d, pictures of %d pixels"
                .formatted(system, text, width, layers, visionWidth, imageSize);
    }
}
