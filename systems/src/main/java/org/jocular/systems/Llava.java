package org.jocular.systems;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Llama;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.vit.ClipVision;
import org.jocular.vit.ImageProcessor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.Leftovers;
import org.jocular.weights.PreprocessorConfig;
import org.jocular.weights.Renaming;

/**
 * LLaVA 1.5: Liu et al. 2023, "Visual Instruction Tuning" and "Improved Baselines with Visual Instruction Tuning"; reference module
 * {@code modeling_llava.py}.
 *
 * <p>CLIP's patches go through a small MLP and take their places between the words, as if they were words themselves.
 */
public record Llava(
        Config config,
        Checkpoint checkpoint,
        ClipVision vision,
        Projector projector,
        Llama languageModel,
        Tokenizer tokenizer,
        ImageProcessor imageProcessor,
        GenerationSettings generation)
        implements VisionLanguageModel {

    /** {@code config.json}. */
    public record Config(
            ClipVision.Config visionConfig,
            Llama.Config textConfig,
            int imageTokenIndex,
            int visionFeatureLayer,
            boolean keepsClassToken,
            Activation projectorHiddenAct) {

        public static Config of(Fields fields) {
            String strategy = fields.oneOf("vision_feature_select_strategy", List.of("default", "full"), "default");
            Config config = new Config(
                    ClipVision.Config.of(fields.object("vision_config")),
                    Llama.Config.of(fields.object("text_config")),
                    fields.intBetween("image_token_index", 0, 1 << 28, 32000),
                    fields.intBetween("vision_feature_layer", -1000, 1000, -2),
                    strategy.equals("full"),
                    Activation.of(
                            fields.text("projector_hidden_act", "gelu"), "projector_hidden_act of " + fields.file()));
            fields.require(
                    config.imageTokenIndex < config.textConfig.vocabSize(),
                    "image_token_index %d is beyond the vocabulary of %d"
                            .formatted(config.imageTokenIndex, config.textConfig.vocabSize()));
            int blocks = config.visionBlocks();
            fields.require(
                    blocks >= 1 && blocks <= config.visionConfig.numHiddenLayers(),
                    "vision_feature_layer %d of a tower of %d layers"
                            .formatted(config.visionFeatureLayer, config.visionConfig.numHiddenLayers()));
            return config;
        }

        /** Blocks up to the selected hidden state: state 0 is the input of the first block, −1 the output of the last. */
        int visionBlocks() {
            int states = visionConfig.numHiddenLayers() + 1;
            return visionFeatureLayer < 0 ? states + visionFeatureLayer : visionFeatureLayer;
        }
    }

    /** Two linear layers from the width of the tower to that of the language model. */
    record Projector(String name, Linear linear1, Activation activation, Linear linear2) {
        static Projector load(Weights weights, Config config) {
            int width = config.textConfig.hiddenSize();
            return new Projector(
                    weights.path(),
                    weights.linear("linear_1", config.visionConfig.hiddenSize(), width),
                    config.projectorHiddenAct,
                    weights.linear("linear_2", width, width));
        }

        Tensor forward(Ops ops, Tensor x) { // (patches, vision width) to (patches, text width)
            Tensor hidden = ops.activate(linear1.forward(ops, x), activation);
            return ops.named(name, linear2.forward(ops, hidden));
        }
    }

    /**
     * Loads the layout of the hub.
     *
     * @param checkpoint is closed with the model, or here if loading fails
     */
    static Llava load(Fields fields, Checkpoint checkpoint, Path directory) {
        Config config = Config.of(fields);
        Weights weights = checkpoint.root(fileName(checkpoint));
        ClipVision vision =
                ClipVision.load(weights.at("vision_tower.vision_model"), config.visionConfig, config.visionBlocks());
        Projector projector = Projector.load(weights.at("multi_modal_projector"), config);
        Llama languageModel = Llama.load(weights.at("language_model"), config.textConfig);
        checkpoint.finish(Leftovers.clipBlocksFrom(config.visionBlocks()), Leftovers.clipPostLayerNorm());
        return new Llava(
                config,
                checkpoint,
                vision,
                projector,
                languageModel,
                Parts.tokenizer(directory),
                imageProcessor(config.visionConfig, directory),
                Parts.generation(directory));
    }

    /** The processor alone, for which a directory needs no weights. */
    static ImageProcessor imageProcessor(Fields fields, Path directory) {
        return imageProcessor(ClipVision.Config.of(fields.object("vision_config")), directory);
    }

    private static ImageProcessor imageProcessor(ClipVision.Config config, Path directory) {
        return Parts.imageProcessor(directory, ImageProcessor.clip(config.imageSize()));
    }

    /** Since transformers 4.52 a saved model has {@code model.} before its parts, and the head outside of the language model. */
    private static UnaryOperator<String> fileName(Checkpoint checkpoint) {
        if (!checkpoint.has("model.multi_modal_projector.linear_1.weight")) {
            return UnaryOperator.identity();
        }
        return Renaming.prefixes(
                new Renaming.Prefix("language_model.lm_head", "lm_head"),
                new Renaming.Prefix("language_model.model", "model.language_model"),
                new Renaming.Prefix("vision_tower", "model.vision_tower"),
                new Renaming.Prefix("multi_modal_projector", "model.multi_modal_projector"));
    }

    @Override
    public String system() {
        return "llava";
    }

    @Override
    public List<Preset> presets() {
        return LlavaPresets.ALL;
    }

    @Override
    public StoredWeights weights() {
        return StoredWeights.of(checkpoint);
    }

    @Override
    public int patchSize() {
        return config.visionConfig.patchSize();
    }

    @Override
    public int visualTokensPerPicture() {
        return config.visionConfig.patches() + (config.keepsClassToken ? 1 : 0);
    }

    @Override
    public Tensor encode(Ops ops, Tensor pixels) {
        int side = config.visionConfig.imageSize();
        if (!pixels.hasShape(3, side, side)) {
            throw new BadInput("%s makes pictures of %d x %d pixels, expected %d x %d, which the vision tower takes"
                    .formatted(PreprocessorConfig.NAME, pixels.shape()[2], pixels.shape()[1], side, side));
        }
        Tensor hidden = vision.forward(ops, pixels); // (1 + patches, vision width)
        Tensor selected = config.keepsClassToken ? hidden : ops.rows(hidden, 1, hidden.rows());
        return projector.forward(ops, selected);
    }

    @Override
    public int[] ids(String text, int pictures) {
        List<Integer> ids = new ArrayList<>();
        int marks = 0;
        for (int id : tokenizer.encode(text, true)) {
            boolean mark = isPicture(id);
            marks += mark ? 1 : 0;
            for (int i = 0; i < (mark ? visualTokensPerPicture() : 1); i++) {
                ids.add(id);
            }
        }
        if (marks != pictures) {
            throw new BadInput("the prompt has %d marks %s for %d pictures"
                    .formatted(marks, tokenizer.piece(config.imageTokenIndex), pictures));
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public boolean isPicture(int id) {
        return id == config.imageTokenIndex;
    }

    @Override
    public Tensor embed(Ops ops, int[] ids, List<Tensor> pictures) {
        Tensor words = languageModel.embed(ops, ids); // (rows, width), pictures' places included
        List<Tensor> parts = new ArrayList<>();
        int from = 0;
        int at = 0;
        for (Tensor picture : pictures) {
            while (!isPicture(ids[at])) {
                at++;
            }
            parts.add(ops.rows(words, from, at));
            parts.add(picture);
            at += visualTokensPerPicture();
            from = at;
        }
        parts.add(ops.rows(words, from, ids.length));
        return ops.named("inputs_embeds", ops.concat(parts.toArray(Tensor[]::new)));
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
