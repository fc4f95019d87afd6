package org.jocular.systems;

import java.nio.file.Path;
import java.util.List;
import org.jocular.llama.LanguageModel;
import org.jocular.qformer.QFormer;
import org.jocular.qformer.QFormerLeftovers;
import org.jocular.systems.Sources.Share;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Weights;
import org.jocular.vit.EvaVision;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.LavisClipVision;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.Leftovers.Leftover;
import org.jspecify.annotations.Nullable;

/** The hub's layout of BLIP-2 and InstructBLIP, one directory; MiniGPT-4, which the hub does not have, is converted to the same. */
final class BlipLoader {
    /** Flan-T5's encoder and decoder share one table, and some files hold it three times. */
    static final Leftover T5_TABLES = new Leftover(
            "the same as shared.weight",
            name -> name.matches("(?:language_model\\.)?(?:encoder|decoder)\\.embed_tokens\\.weight"));

    static final String QFORMER_TOKENIZER = "qformer_tokenizer";

    static final List<String> MODEL_TYPES = List.of(Blip2.MODEL_TYPE, InstructBlip.MODEL_TYPE, MiniGpt4.MODEL_TYPE);

    private BlipLoader() {}

    static VisionLanguageModel hub(Fields fields, Path directory, Sources sources) {
        String type = fields.oneOf("model_type", MODEL_TYPES);
        Checkpoint checkpoint = sources.open(directory);
        Fields qformerFields = fields.objectOrNull("qformer_config");
        boolean noQFormer = type.equals(MiniGpt4.MODEL_TYPE) && qformerFields == null;
        Weights weights = noQFormer
                ? Sources.joined(Share.of("", checkpoint.root()), Share.of("", new UnitNorm("")))
                : checkpoint.root();
        Tower tower = tower(fields, weights);
        QFormer.Config qformerConfig = noQFormer
                ? null
                : QFormer.Config.of(
                        fields.object("qformer_config"), fields.positiveInt("num_query_tokens", 32), tower.width());
        int imageTokenIndex =
                fields.intBetween("image_token_index", PictureRows.NO_TOKEN, 1 << 28, PictureRows.NO_TOKEN);
        LanguageModel languageModel = Parts.languageModel(weights.at("language_model"), fields.object("text_config"));
        Parts parts = new Parts(
                "hub",
                sources,
                languageModel,
                Parts.tokenizer(sources.tokenizer(directory)),
                imageProcessor(fields, directory),
                Parts.generation(directory, languageModel, imageTokenIndex >= 0),
                HubConfig.of(fields),
                OwnPresets.read(directory));
        VisionLanguageModel model = assemble(
                type,
                parts,
                tower,
                qformerConfig,
                weights,
                directory.resolve(QFORMER_TOKENIZER),
                imageTokenIndex,
                // Not in any published model.
                fields.intBetween("spatial_merge_size", 1, 2, 1) == 2);
        checkpoint.finish(leftovers());
        return model;
    }

    static ImageProcessor imageProcessor(Fields fields, Path directory) {
        int size = fields.object("vision_config").intBetween("image_size", 1, 1 << 12, 224);
        return Parts.imageProcessor(directory, ImageProcessor.blip(size));
    }

    private static Tower tower(Fields fields, Weights weights) {
        Fields vision = fields.object("vision_config");
        if (vision.text("model_type", "").equals(LavisLoader.CLIP_LARGE)) {
            LavisClipVision.Config config = LavisLoader.clipLarge(
                    weights.at("visual_encoder"),
                    vision.positiveInt("image_size"),
                    vision.intBetween("num_hidden_layers", 1, 1000),
                    vision.positiveInt("num_attention_heads"));
            return new Tower.ClipLarge(LavisClipVision.load(weights.at("visual_encoder"), weights, config));
        }
        return new Tower.Eva(EvaVision.load(weights.at("vision_model"), EvaVision.Config.of(vision)));
    }

    /** Names under which the hub's and LAVIS's files hold more than the models need. */
    static Leftover[] leftovers() {
        return new Leftover[] {
            T5_TABLES, QFormerLeftovers.text(), QFormerLeftovers.languageHead(), QFormerLeftovers.contrastiveHeads()
        };
    }

    /** Puts a system together, whatever the layout of the files. */
    static VisionLanguageModel assemble(
            String type,
            Parts parts,
            Tower tower,
            QFormer.@Nullable Config qformerConfig,
            Weights weights,
            Path qformerTokenizer,
            int imageTokenIndex,
            boolean squareGroups) {
        int width = parts.languageModel().width();
        if (qformerConfig == null) {
            return new MiniGpt4(
                    parts,
                    tower,
                    null,
                    weights.linear("language_projection", (long) MiniGpt4.GROUP * tower.width(), width),
                    squareGroups);
        }
        Linear projection = weights.linear("language_projection", qformerConfig.hiddenSize(), width);
        return switch (type) {
            case InstructBlip.MODEL_TYPE ->
                new InstructBlip(
                        parts,
                        tower,
                        QFormer.loadWithText(weights, qformerConfig),
                        projection,
                        Parts.tokenizer(qformerTokenizer),
                        imageTokenIndex);
            case MiniGpt4.MODEL_TYPE ->
                new MiniGpt4(parts, tower, QFormer.load(weights, qformerConfig), projection, false);
            default -> new Blip2(parts, tower, QFormer.load(weights, qformerConfig), projection, imageTokenIndex);
        };
    }
}
