package org.jocular.systems;

import java.util.List;
import org.jocular.llama.Llama;
import org.jocular.tensor.Activation;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.vit.ClipVision;
import org.jocular.vit.PatchMerge;
import org.jocular.vit.PictureTokens;
import org.jocular.vit.PositionCode;
import org.jocular.weights.Fields;
import org.jspecify.annotations.Nullable;

/**
 * LLaVA: Liu et al. 2023, "Visual Instruction Tuning" (a linear projector) and "Improved Baselines with Visual Instruction Tuning" (an MLP);
 * reference modules {@code llava_arch.py} and {@code modeling_llava.py}.
 *
 * <p>CLIP's patches go through the projector and take their places between the words, as if they were words themselves.
 *
 * @param positionCode (rows, code width), or null
 * @param presets its own or those of the layout, the default first
 */
public record Llava(
        Parts parts,
        Config config,
        ClipVision vision,
        Projector projector,
        @Nullable Tensor positionCode,
        List<Preset> presets)
        implements VisionLanguageModel {
    static final String MODEL_TYPE = "llava";

    /**
     * {@code config.json} in the hub's names.
     *
     * @param imageTokenIndex the token that stands for a picture, or {@link PictureRows#NO_TOKEN} where the text is cut at {@code <image>}
     * @param spatialMergeSize patches side by side that become one row together; 1 in all published models
     * @param positionCode numbers that {@link PositionCode} puts beside each row's features; 0 in all published models
     * @param projectorHiddenAct between the two layers of an MLP; null for a linear projector
     */
    public record Config(
            ClipVision.Config visionConfig,
            Llama.Config textConfig,
            int imageTokenIndex,
            int visionFeatureLayer,
            boolean keepsClassToken,
            @Nullable Activation projectorHiddenAct,
            int spatialMergeSize,
            int positionCode) {

        public static Config of(Fields fields) {
            String strategy = fields.oneOf("vision_feature_select_strategy", List.of("default", "full"), "default");
            // Not the hub's field: converted models of the first LLaVA have it.
            boolean linear = fields.oneOf("mm_projector_type", List.of("linear", "mlp2x_gelu"), "mlp2x_gelu")
                    .equals("linear");
            Activation act = Activation.of(
                    fields.text("projector_hidden_act", "gelu"), "projector_hidden_act of " + fields.file());
            return checked(
                    fields,
                    new Config(
                            ClipVision.Config.of(fields.object("vision_config")),
                            Llama.Config.of(fields.object("text_config")),
                            fields.intBetween("image_token_index", PictureRows.NO_TOKEN, 1 << 28, 32000),
                            fields.intBetween("vision_feature_layer", -1000, 1000, -2),
                            strategy.equals("full"),
                            linear ? null : act,
                            fields.intBetween("spatial_merge_size", 1, 1 << 10, 1),
                            PositionCode.width(fields)));
        }

        static Config checked(Fields fields, Config config) {
            fields.require(
                    config.imageTokenIndex == PictureRows.NO_TOKEN
                            || (config.imageTokenIndex >= 0 && config.imageTokenIndex < config.textConfig.vocabSize()),
                    "image_token_index %d is beyond the vocabulary of %d"
                            .formatted(config.imageTokenIndex, config.textConfig.vocabSize()));
            fields.require(
                    config.side() % config.spatialMergeSize == 0
                            && (config.spatialMergeSize == 1 || !config.keepsClassToken),
                    "spatial_merge_size %d does not divide %d patches side by side, or there is a class token among them"
                            .formatted(config.spatialMergeSize, config.side()));
            fields.require(
                    config.positionCode == 0 || !config.keepsClassToken,
                    "position_code is for patches, not for a class token");
            int blocks = config.visionBlocks();
            fields.require(
                    blocks >= 1 && blocks <= config.visionConfig.numHiddenLayers(),
                    "vision_feature_layer %d of a tower of %d layers"
                            .formatted(config.visionFeatureLayer, config.visionConfig.numHiddenLayers()));
            return config;
        }

        private int side() {
            return visionConfig.imageSize() / visionConfig.patchSize();
        }

        /** Rows of one picture. */
        int rows() {
            int squares = side() / spatialMergeSize;
            return squares * squares + (keepsClassToken ? 1 : 0);
        }

        @Nullable
        Tensor code() {
            return positionCode == 0 ? null : PositionCode.table(side() / spatialMergeSize, positionCode, false);
        }

        /** Width of what the projector reads. */
        int width() {
            return spatialMergeSize * spatialMergeSize * visionConfig.hiddenSize() + positionCode;
        }

        /** Blocks up to the selected hidden state: state 0 is the input of the first block, −1 the output of the last. */
        int visionBlocks() {
            int states = visionConfig.numHiddenLayers() + 1;
            return visionFeatureLayer < 0 ? states + visionFeatureLayer : visionFeatureLayer;
        }
    }

    /**
     * From the width of the tower to that of the language model.
     *
     * @param linear2 and the activation before it: null for a linear projector
     */
    record Projector(
            String name,
            Linear linear1,
            @Nullable Activation activation,
            @Nullable Linear linear2) {
        static Projector load(Weights weights, Config config) {
            int width = config.textConfig.hiddenSize();
            return new Projector(
                    weights.path(),
                    weights.linear("linear_1", config.width(), width),
                    config.projectorHiddenAct,
                    config.projectorHiddenAct == null ? null : weights.linear("linear_2", width, width));
        }

        Tensor forward(Ops ops, Tensor x) { // (patches, vision width) to (patches, text width)
            Tensor hidden = linear1.forward(ops, x);
            if (activation != null && linear2 != null) {
                hidden = linear2.forward(ops, ops.activate(hidden, activation));
            }
            return ops.named(name, hidden);
        }
    }

    @Override
    public String system() {
        return MODEL_TYPE;
    }

    @Override
    public int imageSize() {
        return config.visionConfig.imageSize();
    }

    @Override
    public int patchSize() {
        return config.visionConfig.patchSize();
    }

    @Override
    public int visualTokensPerPicture() {
        return config.rows();
    }

    @Override
    public Tensor encode(Ops ops, Tensor pixels) {
        Tensor hidden = vision.forward(ops, pixels); // (1 + patches, vision width)
        if (config.keepsClassToken) {
            return projector.forward(ops, hidden);
        }
        int side = config.side();
        Tensor patches = PictureTokens.withoutClass(ops, hidden, 1 + side * side);
        Tensor squares = PatchMerge.merged(ops, patches, side, config.spatialMergeSize);
        return projector.forward(ops, PositionCode.beside(ops, squares, positionCode));
    }

    @Override
    public int[] ids(String text, int pictures) {
        int mark = config.imageTokenIndex;
        return mark == PictureRows.NO_TOKEN
                ? PictureRows.ids(
                        tokenizer(), text, "<image>", pictures, PictureRows.repeated(mark, visualTokensPerPicture()))
                : PictureRows.ids(tokenizer(), text, mark, pictures, visualTokensPerPicture());
    }

    @Override
    public boolean isPicture(int id) {
        return id == config.imageTokenIndex;
    }
}
