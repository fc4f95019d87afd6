package org.jocular.systems;

import java.util.List;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;

/**
 * InstructBLIP: Dai et al. 2023, section 2; reference modules {@code modeling_instructblip.py} and, in LAVIS,
 * {@code blip2_vicuna_instruct.py}, {@code blip2_t5_instruct.py}.
 *
 * <p>BLIP-2 whose Q-Former reads the instruction too: what the queries look for depends on the question.
 *
 * @param qformerTokenizer BERT's, whose {@code [DEC]} never occurs
 * @param imageTokenIndex the id of a picture's rows: the hub's token, or {@link PictureRows#NO_TOKEN}
 */
public record InstructBlip(
        Parts parts,
        Tower tower,
        QFormer qformer,
        Linear languageProjection,
        Tokenizer qformerTokenizer,
        int imageTokenIndex)
        implements VisionLanguageModel {
    static final String MODEL_TYPE = "instructblip";

    /** {@code max_txt_len} of LAVIS, which cuts the instruction on the left; [CLS] and [SEP] count. */
    private static final int MAX_INSTRUCTION = 128;

    @Override
    public String system() {
        return "instructblip";
    }

    @Override
    public List<Preset> presets() {
        return parts.ownPresets().or(BlipPresets.instructBlip(languageModel()));
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
        return tower.forward(ops, pixels); // (1 + patches, vision width)
    }

    @Override
    public int[] instructionIds(String text) {
        return qformerTokenizer.encode(text, MAX_INSTRUCTION);
    }

    @Override
    public Tensor look(Ops ops, Tensor encoded, List<int[]> instructions) {
        return languageProjection.forward(ops, qformer.forward(ops, encoded, instructions));
    }

    @Override
    public int[] ids(String text, int pictures) {
        PictureRows.requireOne(pictures);
        return PictureRows.joined(
                PictureRows.repeated(imageTokenIndex, visualTokensPerPicture()), Blip2.textIds(this, text));
    }

    @Override
    public boolean isPicture(int id) {
        return id == imageTokenIndex;
    }
}
