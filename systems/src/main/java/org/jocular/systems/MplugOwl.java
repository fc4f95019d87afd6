package org.jocular.systems;

import java.nio.file.Path;
import java.util.List;
import org.jocular.llama.LanguageModel;
import org.jocular.qformer.Abstractor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.MplugOwlVision;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;

/**
 * mPLUG-Owl: Ye et al. 2023, section 3; reference module {@code modeling_mplug_owl.py}.
 *
 * <p>A tuned ViT, and an abstractor whose queries sum the picture up in 64 rows and a learned end.
 */
public record MplugOwl(Parts parts, MplugOwlVision vision, Abstractor abstractor) implements VisionLanguageModel {
    static final String MODEL_TYPE = "mplug-owl";

    private static final String MARK = "<image>";
    /** processing_mplug_owl.py. */
    private static final int MEDIA = -1;

    /** The one layout there is: config.json and pytorch_model.bin; also converted to safetensors, under the same names. */
    static MplugOwl load(Fields fields, Path directory, Sources sources) {
        MplugOwlVision.Config visionConfig = MplugOwlVision.Config.of(fields.object("vision_config"));
        Abstractor.Config abstractorConfig = Abstractor.Config.of(
                fields.object("visual_abstractor_config"), fields.positiveInt("num_query_tokens", 64));
        fields.require(
                visionConfig.width() == abstractorConfig.hiddenSize(),
                "the vision tower's width %d differs from the abstractor's %d"
                        .formatted(visionConfig.width(), abstractorConfig.hiddenSize()));
        Checkpoint checkpoint = sources.open(directory);
        Weights weights = checkpoint.root();
        MplugOwlVision vision = MplugOwlVision.load(weights.at("vision_model"), visionConfig);
        LanguageModel languageModel = Parts.languageModel(weights.at("language_model"), fields.object("text_config"));
        Abstractor abstractor = Abstractor.load(weights, abstractorConfig, languageModel.width());
        checkpoint.finish();
        Parts parts = new Parts(
                "original",
                sources,
                languageModel,
                Parts.tokenizer(sources.tokenizer(directory)),
                imageProcessor(fields, directory),
                Parts.generation(directory, languageModel, false),
                HubConfig.of(fields),
                OwnPresets.read(directory));
        return new MplugOwl(parts, vision, abstractor);
    }

    static ImageProcessor imageProcessor(Fields fields, Path directory) {
        int size = MplugOwlVision.Config.of(fields.object("vision_config")).imageSize();
        return Parts.imageProcessor(directory, ImageProcessor.blip(size));
    }

    @Override
    public String system() {
        return MODEL_TYPE;
    }

    @Override
    public List<Preset> presets() {
        return parts.ownPresets().or(MplugOwlPresets.ALL);
    }

    @Override
    public int imageSize() {
        return vision.config().imageSize();
    }

    @Override
    public int patchSize() {
        return vision.config().patchSize();
    }

    @Override
    public int visualTokensPerPicture() {
        return abstractor.config().numQueryTokens() + 1;
    }

    @Override
    public Tensor encode(Ops ops, Tensor pixels) {
        Tensor image = vision.forward(ops, pixels); // (1 + patches, vision width)
        return abstractor.forward(ops, image, VisionLanguageModel.pictures(pixels));
    }

    @Override
    public int[] ids(String text, int pictures) {
        int[] picture = PictureRows.repeated(MEDIA, visualTokensPerPicture());
        return PictureRows.ids(tokenizer(), text, MARK, pictures, picture);
    }

    @Override
    public boolean isPicture(int id) {
        return id == MEDIA;
    }
}
