package org.jocular.train.pretraining;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Activation;
import org.jocular.tensor.DType;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/**
 * Image-text matching, ITM: BLIP-2, section 3.1. Whether a caption is of a picture, told from the queries after they and the text saw each other.
 *
 * @param mean (2, 2 · queries): the mean of what all queries say
 */
record ImageTextMatching(Linear itmHead, Tensor mean) {
    /** Classes: it is another's, it is the picture's own. */
    private static final int CLASSES = 2;

    static ImageTextMatching create(FreshWeights weights, QFormer.Config config) {
        Linear itmHead = weights.linear("itm_head", config.hiddenSize(), CLASSES);
        DType type = itmHead.weight().dtype();
        int width = CLASSES * config.numQueryTokens();
        Tensor mean = Tensor.zeros(Arena.ofAuto(), type, CLASSES, width);
        for (int i = 0; i < width; i++) {
            type.set(mean.data(), (long) i % CLASSES * width + i, 1.0 / config.numQueryTokens());
        }
        return new ImageTextMatching(itmHead, mean);
    }

    /**
     * Which go together wrongly.
     *
     * @param pictures for each caption another's picture
     * @param captions for each picture another's caption
     */
    record Negatives(int[] pictures, int[] captions) {}

    /**
     * Σ over the pairs of the mean over each and the two wrong ones beside it; adds weight times it to what is minimised.
     *
     * @param image (n · tokens, width)
     * @param captions n, [CLS] and [SEP] included
     */
    double loss(
            GradientPass pass,
            Ops ops,
            QFormer qformer,
            Tensor image,
            List<int[]> captions,
            Negatives negatives,
            double weight) {
        int n = captions.size();
        long tokens = image.rows() / n;
        List<Tensor> pictures = new ArrayList<>(List.of(image));
        List<int[]> texts = new ArrayList<>(captions);
        for (int other : negatives.pictures) {
            pictures.add(ops.rows(image, other * tokens, (other + 1) * tokens));
        }
        texts.addAll(captions);
        pictures.add(image);
        for (int other : negatives.captions) {
            texts.add(captions.get(other));
        }
        Tensor queries =
                qformer.forward(ops, ops.concat(pictures.toArray(Tensor[]::new)), texts); // (3 n · queries, hiddenSize)
        Tensor each = itmHead.forward(ops, queries).reshape(texts.size(), mean.width());
        Tensor logits = ops.linear(each, mean, null, Activation.NONE); // (3 n, 2)
        int[] targets = new int[texts.size()];
        Arrays.fill(targets, 0, n, 1);
        double pairs = targets.length / (double) n;
        return pass.crossEntropy(logits, targets, weight / pairs) / pairs;
    }
}
