package org.jocular.systems;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Llama;
import org.jocular.systems.Sources.Share;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Weights;
import org.jocular.vit.ClipVision;
import org.jocular.vit.ImageProcessor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.Leftovers;
import org.jocular.weights.Leftovers.Leftover;
import org.jocular.weights.ModelPaths;
import org.jocular.weights.Renaming;
import org.jocular.weights.Renaming.Prefix;

/** LLaVA's two layouts: the hub's, one directory; and the original, with {@code mm_*} fields and CLIP in another place. */
final class LlavaLoader {
    private LlavaLoader() {}

    static Llava hub(Fields fields, Path directory, Sources sources) {
        Llava.Config config = Llava.Config.of(fields);
        Checkpoint checkpoint = sources.open(directory);
        Weights weights = checkpoint.root(hubNames(checkpoint));
        // A converted original keeps its own way of cutting the text and of marking pictures.
        boolean cut = config.imageTokenIndex() == PictureRows.NO_TOKEN;
        List<Preset> presets = cut ? originalPresets(fields) : LlavaPresets.FOR_HUB;
        Llava model = load(
                "hub",
                config,
                weights,
                directory,
                sources,
                hubProcessor(fields, directory),
                !cut,
                presets,
                HubConfig.of(fields));
        checkpoint.finish(Leftovers.clipBlocksFrom(config.visionBlocks()), Leftovers.clipPostLayerNorm());
        return model;
    }

    static ImageProcessor hubProcessor(Fields fields, Path directory) {
        int size = ClipVision.Config.of(fields.object("vision_config")).imageSize();
        return Parts.imageProcessor(directory, aspect(fields, size));
    }

    /** Since transformers 4.52 a saved model has {@code model.} before its parts, and the head outside of the language model. */
    private static UnaryOperator<String> hubNames(Checkpoint checkpoint) {
        if (!checkpoint.has("model.multi_modal_projector.linear_1.weight")) {
            return UnaryOperator.identity();
        }
        return Renaming.prefixes(
                new Prefix("language_model.lm_head", "lm_head"),
                new Prefix("language_model.model", "model.language_model"),
                new Prefix("vision_tower", "model.vision_tower"),
                new Prefix("multi_modal_projector", "model.multi_modal_projector"));
    }

    /** {@code llava_arch.py}: the language model's own config.json with fields more, and CLIP where {@code mm_vision_tower} says. */
    static Llava original(Fields fields, Path directory, Sources sources) {
        Path clipDirectory = clip(fields, directory);
        Fields clipFields = clipConfig(clipDirectory);
        String projector = projectorType(fields);
        Llava.Config config = Llava.Config.checked(
                fields,
                new Llava.Config(
                        ClipVision.Config.of(clipFields),
                        Llama.Config.of(fields),
                        PictureRows.NO_TOKEN,
                        fields.intBetween("mm_vision_select_layer", -1000, 1000, -2),
                        fields.oneOf("mm_vision_select_feature", List.of("patch", "cls_patch"), "patch")
                                .equals("cls_patch"),
                        projector.equals("linear") ? null : Activation.GELU,
                        1,
                        0));
        Checkpoint checkpoint = sources.open(directory);
        String tower = "model.vision_tower.vision_tower";
        boolean ownTower = checkpoint.has(tower + ".vision_model.embeddings.class_embedding");
        String linear1 = projector.equals("linear") ? "model.mm_projector" : "model.mm_projector.0";
        Weights own = checkpoint.root(Renaming.prefixes(
                new Prefix("language_model.lm_head", "lm_head"),
                new Prefix("language_model.model", "model"),
                new Prefix("multi_modal_projector.linear_1", linear1),
                new Prefix("multi_modal_projector.linear_2", "model.mm_projector.2"),
                new Prefix("vision_tower", tower)));
        // Some releases hold a tower that was trained on; otherwise CLIP's own is used.
        Checkpoint clip = ownTower ? checkpoint : Checkpoint.open(clipDirectory);
        Weights weights = ownTower
                ? own
                : Sources.joined(
                        Share.of("language_model|multi_modal_projector", own),
                        Share.of(
                                "vision_tower",
                                sources.add(clip).root(Renaming.prefixes(new Prefix("vision_tower", "")))));
        Llava model = load(
                "original",
                config,
                weights,
                directory,
                sources,
                originalProcessor(fields, directory),
                false,
                originalPresets(fields),
                hubConfig(fields, clipFields, config, projector));
        List<Leftover> leftovers = new ArrayList<>(List.of(
                Leftovers.clipBlocksFrom(config.visionBlocks()),
                Leftovers.clipPostLayerNorm(),
                Leftovers.clipTextTower()));
        checkpoint.finish(leftovers.toArray(Leftover[]::new));
        if (clip != checkpoint) {
            clip.finish(leftovers.toArray(Leftover[]::new));
        }
        return model;
    }

    private static List<Preset> originalPresets(Fields fields) {
        return fields.flag("mm_use_im_start_end", false) ? LlavaPresets.WITH_START_AND_END : LlavaPresets.FOR_ORIGINAL;
    }

    static ImageProcessor originalProcessor(Fields fields, Path directory) {
        Path clipDirectory = clip(fields, directory);
        int size = ClipVision.Config.of(clipConfig(clipDirectory)).imageSize();
        return Parts.imageProcessor(clipDirectory, aspect(fields, size));
    }

    private static ImageProcessor aspect(Fields fields, int size) {
        boolean pad = fields.oneOf("image_aspect_ratio", List.of("pad", "square"), "square")
                .equals("pad");
        return pad ? ImageProcessor.llavaPad(size) : ImageProcessor.clip(size);
    }

    /** Beside the model, or a hub id in the local cache. */
    static Path clip(Fields fields, Path directory) {
        String name = fields.text("mm_vision_tower");
        Path beside = Layout.path(fields, "mm_vision_tower", name, directory);
        try {
            return Files.isDirectory(beside) ? beside : ModelPaths.resolve(name);
        } catch (BadInput e) {
            throw fields.bad("has an mm_vision_tower that is not beside it: " + e.getMessage());
        }
    }

    /** Of the vision tower alone, or of a whole CLIP. */
    private static Fields clipConfig(Path clipDirectory) {
        Fields fields = JsonFile.read(clipDirectory.resolve("config.json"));
        Fields vision = fields.objectOrNull("vision_config");
        return vision == null ? fields : vision;
    }

    /** The first LLaVA had a linear projector and no such field. */
    private static String projectorType(Fields fields) {
        return fields.oneOf("mm_projector_type", List.of("linear", "mlp2x_gelu"), "linear");
    }

    private static Llava load(
            String layout,
            Llava.Config config,
            Weights weights,
            Path directory,
            Sources sources,
            ImageProcessor imageProcessor,
            boolean promptCounts,
            List<Preset> presets,
            HubConfig hubConfig) {
        ClipVision vision =
                ClipVision.load(weights.at("vision_tower.vision_model"), config.visionConfig(), config.visionBlocks());
        Llava.Projector projector = Llava.Projector.load(weights.at("multi_modal_projector"), config);
        LanguageModel languageModel = Llama.load(weights.at("language_model"), config.textConfig());
        Parts parts = new Parts(
                layout,
                sources,
                languageModel,
                Parts.tokenizer(sources.tokenizer(directory)),
                imageProcessor,
                Parts.generation(directory, languageModel, promptCounts),
                hubConfig,
                OwnPresets.read(directory));
        return new Llava(
                parts,
                config,
                vision,
                projector,
                config.code(),
                parts.ownPresets().or(presets));
    }

    private static HubConfig hubConfig(Fields fields, Fields clip, Llava.Config config, String projector) {
        HubConfig hub = HubConfig.empty(Llava.MODEL_TYPE);
        hub.json()
                .put("image_token_index", config.imageTokenIndex())
                .put("vision_feature_layer", config.visionFeatureLayer())
                .put("vision_feature_select_strategy", config.keepsClassToken() ? "full" : "default")
                .put("projector_hidden_act", "gelu")
                .put("mm_projector_type", projector)
                .put("mm_use_im_start_end", fields.flag("mm_use_im_start_end", false))
                .put("image_aspect_ratio", fields.text("image_aspect_ratio", "square"));
        return hub.architecture("LlavaForConditionalGeneration")
                .with("vision_config", HubConfig.of(clip))
                .with("text_config", textConfig(fields));
    }

    /** The language model's own fields: those of the whole model stand in the same object. */
    private static HubConfig textConfig(Fields fields) {
        HubConfig text = HubConfig.of(fields);
        List<String> foreign = fields.names().stream()
                .filter(name -> name.contains("mm_") || name.startsWith("image_") || name.equals("architectures"))
                .toList();
        text.json().remove(foreign);
        text.json().put("model_type", "llama");
        return text;
    }
}
