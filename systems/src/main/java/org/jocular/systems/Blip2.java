package org.jocular.systems;

import java.util.List;
import org.jocular.llama.Llama;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;

/**
 * BLIP-2: Li et al. 2023, section 3; reference modules {@code modeling_blip_2.py} and, in LAVIS, {@code blip2_opt.py}, {@code blip2_t5.py},
 * {@code blip2_vicuna_instruct.py}.
 *
 * <p>Learned queries look at the picture through the Q-Former; what they found stands before the text.
 *
 * @param imageTokenIndex the id of a picture's rows: the hub's token, or {@link PictureRows#NO_TOKEN}
 */
public record Blip2(Parts parts, Tower tower, QFormer qformer, Linear languageProjection, int imageTokenIndex)
        implements VisionLanguageModel {
    static final String MODEL_TYPE = "blip-2";
    static final String SYSTEM = "blip2";

    @Override
    public String system() {
        return SYSTEM;
    }

    @Override
    public List<Preset> presets() {
        return parts.ownPresets().or(BlipPresets.blip2(languageModel()));
    }

    @Override
    public int imageSize() {
        return tower.imageSize();
    }

    @Override
    public int patchSize() {
        return tower.patchSize();
    }

    @Override
    public int visualTokensPerPicture() {
        return qformer.config().numQueryTokens();
    }

    @Override
    public Tensor encode(Ops ops, Tensor pixels) {
        Tensor image = tower.forward(ops, pixels); // (1 + patches, vision width)
        Tensor queries =
                qformer.forward(ops, image, VisionLanguageModel.pictures(pixels)); // (queries, Q-Former's width)
        return languageProjection.forward(ops, queries);
    }

    @Override
    public int[] ids(String text, int pictures) {
        PictureRows.requireOne(pictures);
        return PictureRows.joined(PictureRows.repeated(imageTokenIndex, visualTokensPerPicture()), textIds(this, text));
    }

    /** OPT's tokenizer puts {@code </s>} before a text, T5's behind it. */
    static int[] textIds(VisionLanguageModel model, String text) {
        Tokenizer tokenizer = model.tokenizer();
        // LAVIS makes </s> Vicuna's beginning of a sequence too, so that texts begin with 2 instead of 1:
        // blip2_vicuna_instruct.py.
        return model.languageModel() instanceof Llama
                ? PictureRows.joined(new int[] {tokenizer.eosId()}, tokenizer.encode(text))
                : tokenizer.encode(text, true);
    }

    @Override
    public boolean isPicture(int id) {
        return id == imageTokenIndex;
    }
}
