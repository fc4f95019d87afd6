package org.jocular.eval.metrics;

import java.util.List;
import org.jocular.eval.metrics.CocoCaptions.Pair;
import org.jocular.tensor.BadInput;

/**
 * A metric over a set of captioned images.
 *
 * @param corpus   the figure that is reported; for BLEU not the mean of the images' scores
 * @param perImage in the order of the pairs
 */
public record CaptionScore(double corpus, List<Double> perImage) {
    public CaptionScore {
        perImage = List.copyOf(perImage);
    }

    static CaptionScore mean(List<Double> perImage) {
        double sum = 0;
        for (double score : perImage) {
            sum += score;
        }
        return new CaptionScore(sum / perImage.size(), perImage);
    }

    /** As the scorers of pycocoevalcap assert. */
    static void requireReferences(List<Pair> pairs) {
        if (pairs.isEmpty()) {
            throw new BadInput("there are no captions to score");
        }
        for (Pair pair : pairs) {
            if (pair.references().isEmpty()) {
                throw new BadInput("image %s has no references to score its caption by".formatted(pair.imageId()));
            }
        }
    }
}
