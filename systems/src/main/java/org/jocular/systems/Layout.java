package org.jocular.systems;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jspecify.annotations.Nullable;

/**
 * Which system lies in a directory and where its parts are, as {@code config.json} or {@code jocular.json} says; weights are not looked at.
 *
 * @param fields of that file
 */
public record Layout(Kind kind, Path directory, Fields fields) {
    /** Who laid the files out. */
    public enum Kind {
        /** Parts in files of LAVIS and MiniGPT-4, named by a {@code jocular.json}. */
        LAVIS,
        LLAVA_HUB,
        /** {@code mm_*} fields, and CLIP in another place. */
        LLAVA_ORIGINAL,
        /** The hub's BLIP-2 and InstructBLIP, and a MiniGPT-4 converted to the same. */
        BLIP,
        MPLUG_OWL,
        /** No pictures: a base for deltas and adapters, or the language model of a {@code jocular.json}. */
        LANGUAGE_MODEL
    }

    /** Weights of one part; the path need not exist. */
    public record Place(String part, Path path) {}

    /**
     * Reads the JSON of a directory.
     *
     * @throws BadInput if it is no model directory, or of a model that is not known
     */
    public static Layout of(Path directory) {
        if (Files.isRegularFile(directory)) {
            throw new BadInput("%s is a file, expected a model directory with a config.json".formatted(directory));
        }
        Path jocular = directory.resolve(LavisLoader.NAME);
        if (Files.exists(jocular)) {
            return new Layout(Kind.LAVIS, directory, JsonFile.read(jocular));
        }
        Path config = directory.resolve("config.json");
        if (!Files.exists(config)) {
            throw new BadInput("%s is no model directory: expected a config.json or a %s in it"
                    .formatted(directory, LavisLoader.NAME));
        }
        Fields fields = JsonFile.read(config);
        return new Layout(kind(fields), directory, fields);
    }

    private static Kind kind(Fields fields) {
        String type = fields.text("model_type");
        // transformers and the original repository both say "llava"; later originals say "llava_llama".
        if (fields.has("mm_vision_tower")) {
            return Kind.LLAVA_ORIGINAL;
        }
        if (type.equals(Llava.MODEL_TYPE) && fields.has("vision_config")) {
            return Kind.LLAVA_HUB;
        }
        if (BlipLoader.MODEL_TYPES.contains(type)) {
            return Kind.BLIP;
        }
        if (type.equals(MplugOwl.MODEL_TYPE)) {
            return Kind.MPLUG_OWL;
        }
        if (Parts.LANGUAGE_MODELS.contains(type)) {
            return Kind.LANGUAGE_MODEL;
        }
        throw new BadInput(
                "%s has model_type %s; what can be run is llava (with a vision_config or mm_vision_tower), %s and %s"
                        .formatted(
                                fields.file(), type, String.join(", ", BlipLoader.MODEL_TYPES), MplugOwl.MODEL_TYPE));
    }

    /** One of {@link Systems#NAMES}; of a language model alone, its {@code model_type}. */
    public String system() {
        return switch (kind) {
            case LAVIS -> fields.oneOf("system", LavisLoader.SYSTEMS);
            case LLAVA_HUB, LLAVA_ORIGINAL -> Llava.MODEL_TYPE;
            case BLIP -> fields.text("model_type").equals(Blip2.MODEL_TYPE) ? Blip2.SYSTEM : fields.text("model_type");
            case MPLUG_OWL, LANGUAGE_MODEL -> fields.text("model_type");
        };
    }

    /** In a few words, as {@link Parts#layout} has it. */
    public String name() {
        return switch (kind) {
            case LAVIS -> "LAVIS";
            case LLAVA_ORIGINAL, MPLUG_OWL -> "original";
            case LLAVA_HUB, BLIP, LANGUAGE_MODEL -> "hub";
        };
    }

    /** Where the language model lies, with or without the rest: deltas and adapters are made for these weights. */
    public Path languageModel() {
        return kind == Kind.LAVIS ? LavisLoader.path(fields, "language_model", directory) : directory;
    }

    /** All weights, part by part; of LLaVA's original layout also CLIP's, which are not used where the model has a tower of its own. */
    public List<Place> weights() {
        return switch (kind) {
            case LAVIS -> LavisLoader.places(fields, directory);
            case LLAVA_ORIGINAL ->
                List.of(
                        new Place("language model and projector", directory),
                        new Place("vision tower", LlavaLoader.clip(fields, directory)));
            case LLAVA_HUB, BLIP, MPLUG_OWL -> List.of(new Place("all parts", directory));
            case LANGUAGE_MODEL -> List.of(new Place("language model", directory));
        };
    }

    /** Where {@code preprocessor_config.json} stands if there is one; null where none is read. */
    public @Nullable Path imageProcessor() {
        return switch (kind) {
            case LAVIS, LANGUAGE_MODEL -> null;
            case LLAVA_ORIGINAL -> LlavaLoader.clip(fields, directory);
            case LLAVA_HUB, BLIP, MPLUG_OWL -> directory;
        };
    }

    /** Where InstructBLIP's second tokenizer lies; null in other systems. */
    public @Nullable Path qformerTokenizer() {
        if (!system().equals(InstructBlip.MODEL_TYPE)) {
            return null;
        }
        return kind == Kind.LAVIS
                ? LavisLoader.qformerTokenizer(fields, directory)
                : directory.resolve(BlipLoader.QFORMER_TOKENIZER);
    }

    /** The path that a field names, relative to the model's directory. */
    static Path path(Fields fields, String name, String value, Path directory) {
        try {
            if (!value.isBlank()) {
                return directory.resolve(value);
            }
        } catch (InvalidPathException e) {
            throw fields.bad("has a %s that is no name of a file".formatted(name));
        }
        throw fields.bad("has an empty " + name);
    }
}
