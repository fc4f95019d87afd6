package org.jocular.systems;

import java.util.List;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.vit.PatchMerge;
import org.jocular.vit.PictureTokens;
import org.jspecify.annotations.Nullable;

/**
 * MiniGPT-4: Zhu et al. 2023, section 3; reference modules {@code minigpt4.py} and {@code minigpt_base.py}.
 *
 * <p>BLIP-2's frozen tower and Q-Former, of which one projection into Vicuna was trained. With LLaMA-2 there is no Q-Former: four neighbouring
 * patches make one row.
 *
 * @param qformer null where patches are grouped
 * @param square whether those of a group are a square, two by two, and not four in reading order as in the published model
 */
public record MiniGpt4(Parts parts, Tower tower, @Nullable QFormer qformer, Linear llamaProj, boolean square)
        implements VisionLanguageModel {
    static final String MODEL_TYPE = "minigpt4";

    /** Patches in one row without a Q-Former. */
    static final int GROUP = 4;

    private static final String MARK = "<ImageHere>";

    @Override
    public String system() {
        return MODEL_TYPE;
    }

    @Override
    public List<Preset> presets() {
        return parts.ownPresets().or(qformer == null ? MiniGpt4Presets.LLAMA_2 : MiniGpt4Presets.VICUNA);
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
        return qformer == null ? (tower.tokens() - 1) / GROUP : qformer.config().numQueryTokens();
    }

    @Override
    public Tensor encode(Ops ops, Tensor pixels) {
        Tensor image = tower.forward(ops, pixels); // (1 + patches, vision width)
        if (qformer != null) {
            return llamaProj.forward(ops, qformer.forward(ops, image, VisionLanguageModel.pictures(pixels)));
        }
        Tensor patches = PictureTokens.withoutClass(ops, image, tower.tokens());
        Tensor grouped = square
                ? PatchMerge.merged(ops, patches, imageSize() / patchSize(), 2)
                : patches.reshape(patches.rows() / GROUP, (long) GROUP * image.width());
        return llamaProj.forward(ops, grouped);
    }

    @Override
    public int[] ids(String text, int pictures) {
        int[] picture = PictureRows.repeated(PictureRows.NO_TOKEN, visualTokensPerPicture());
        // The beginning of a sequence stands once, before the first piece: minigpt_base.py, get_context_emb.
        return PictureRows.ids(tokenizer(), text, MARK, pictures, picture);
    }

    @Override
    public boolean isPicture(int id) {
        return id == PictureRows.NO_TOKEN;
    }
}
