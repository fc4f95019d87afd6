package org.jocular.train.pretraining;

import java.util.List;
import java.util.stream.IntStream;
import org.jocular.qformer.QFormer;
import org.jocular.qformer.QFormer.TextEmbeddings;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.train.Example;
import org.jocular.train.Objective;
import org.jocular.train.data.Draw;

/**
 * BLIP-2's first stage: Li et al. 2023, section 3.1; reference {@code blip2_qformer.py} in LAVIS. Contrast, matching and generation together, each a mean
 * over the examples of a pass, which are each other's negatives: those of one device there, where LAVIS gathers all devices'.
 *
 * @param seed of the negatives
 */
public record ImageText(
        PictureEncoder encoder,
        QFormer qformer,
        ImageTextContrast contrast,
        ImageTextMatching matching,
        TextGeneration generation,
        long seed)
        implements Objective {
    /**
     * With new heads.
     *
     * @param qformer one that reads text
     * @param dec the id of [DEC]
     * @param parameters those of the Q-Former, to which the heads' are added
     */
    public static ImageText create(PictureEncoder encoder, QFormer qformer, int dec, Parameters parameters, long seed) {
        TextEmbeddings text = qformer.text();
        if (text == null) {
            throw new IllegalArgumentException("a Q-Former without its text parts");
        }
        FreshWeights weights = FreshWeights.root(parameters, seed);
        QFormer.Config config = qformer.config();
        return new ImageText(
                encoder,
                qformer,
                ImageTextContrast.create(weights, config),
                ImageTextMatching.create(weights, config),
                TextGeneration.create(weights, config, text.words().weight(), dec),
                seed);
    }

    /** @param examples at least two, each one picture and, as ids, its caption with [CLS] and [SEP] */
    @Override
    public double teach(GradientPass pass, Ops ops, List<Example> examples, double weight, long draw) {
        Tensor image = encoder.encode(ops, examples);
        List<int[]> captions = examples.stream().map(Example::ids).toList();
        QFormer.Outputs written = qformer.decode(
                ops, image, captions.stream().map(generation::input).toList());
        Tensor classes = ops.embedding(qformer.encodeText(ops, captions), beginnings(captions));
        ImageTextContrast.Similarities similarities = contrast.similarities(ops, written.queries(), classes);
        ImageTextMatching.Negatives negatives = new ImageTextMatching.Negatives(
                HardNegatives.draw(ops.read(similarities.ofTexts()), examples.size(), Draw.mix(seed, draw, 0)),
                HardNegatives.draw(ops.read(similarities.ofPictures()), examples.size(), Draw.mix(seed, draw, 1)));
        return contrast.loss(pass, similarities, weight)
                + matching.loss(pass, ops, qformer, image, captions, negatives, weight)
                + generation.loss(pass, ops, written.texts(), captions, weight);
    }

    /** Where each text's [CLS] stands among the tokens of all. */
    private static int[] beginnings(List<int[]> texts) {
        int[] beginnings = new int[texts.size()];
        IntStream.range(1, beginnings.length).forEach(i -> beginnings[i] = beginnings[i - 1] + texts.get(i - 1).length);
        return beginnings;
    }

    @Override
    public double count(List<Example> examples) {
        return examples.size();
    }

    /** Nothing to close: the heads are parameters. */
    @Override
    public void close() {}
}
