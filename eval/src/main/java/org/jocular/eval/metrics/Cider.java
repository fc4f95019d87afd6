package org.jocular.eval.metrics;

import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.metrics.CocoCaptions.Pair;
import org.jocular.eval.metrics.NGrams.Bag;

/**
 * CIDEr (Vedantam et al. 2015) as {@code pycocoevalcap/cider/cider_scorer.py} computes it, the figure that COCO and NoCaps
 * report: CIDEr-D's clipping and length penalty, but no stemming, and the mean over n = 1..4 times ten.
 *
 * <p>An n-gram is weighed by how rare it is among the references of the images scored, so a score over fewer images is
 * another metric, and over one image it is 0.
 */
public final class Cider {
    /** Standard deviation of the length penalty. */
    private static final double SIGMA = 6;

    private final NGrams ngrams = new NGrams();
    private final double logImages;

    /** Inverse document frequency by n-gram; those that only candidates use lie beyond its end. */
    private double[] weights = {};

    private Cider(int images) {
        logImages = Math.log(images);
    }

    /** Scores tokenised captions; in the scorer's own scale, in which 1.0 is what tables print as 100. */
    public static CaptionScore score(List<Pair> tokenized) {
        CaptionScore.requireReferences(tokenized);
        Cider cider = new Cider(tokenized.size());
        List<List<Bag>> references = new ArrayList<>(tokenized.size());
        for (Pair pair : tokenized) {
            references.add(pair.references().stream().map(cider.ngrams::count).toList());
        }
        cider.weigh(references);
        List<Double> scores = new ArrayList<>(tokenized.size());
        for (int i = 0; i < tokenized.size(); i++) {
            scores.add(cider.image(cider.ngrams.count(tokenized.get(i).candidate()), references.get(i)));
        }
        return CaptionScore.mean(scores);
    }

    /** By in how many images' references each n-gram occurs. */
    private void weigh(List<List<Bag>> references) {
        int[] images = new int[ngrams.size()];
        int[] last = new int[ngrams.size()]; // 1 + the last image that counted
        for (int image = 0; image < references.size(); image++) {
            for (Bag reference : references.get(image)) {
                for (int[] ids : reference.ids()) {
                    for (int id : ids) {
                        if (last[id] != image + 1) {
                            last[id] = image + 1;
                            images[id]++;
                        }
                    }
                }
            }
        }
        weights = new double[images.length];
        for (int id = 0; id < images.length; id++) {
            weights[id] = logImages - Math.log(images[id]);
        }
    }

    private double image(Bag candidate, List<Bag> references) {
        double sum = 0;
        for (Bag reference : references) {
            double difference = bigrams(candidate) - bigrams(reference);
            double penalty = Math.exp(-difference * difference / (2 * SIGMA * SIGMA));
            for (int order = 0; order < NGrams.ORDERS; order++) {
                sum += cosine(order, candidate, reference) * penalty;
            }
        }
        return 10 * sum / NGrams.ORDERS / references.size();
    }

    /** cider_scorer.py takes the number of bigrams for the length of a caption. */
    private static int bigrams(Bag bag) {
        return Math.max(0, bag.length() - 1);
    }

    /** Similarity of the weights, the candidate's clipped to the reference's. */
    private double cosine(int order, Bag candidate, Bag reference) {
        double dot = 0;
        int[] ids = candidate.ids()[order];
        for (int i = 0; i < ids.length; i++) {
            double weight = weight(ids[i]);
            double inReference = reference.count(order, ids[i]) * weight;
            dot += Math.min(candidate.counts()[order][i] * weight, inReference) * inReference;
        }
        double norms = norm(order, candidate) * norm(order, reference);
        return norms == 0 ? 0 : dot / norms;
    }

    private double norm(int order, Bag bag) {
        double squares = 0;
        int[] ids = bag.ids()[order];
        for (int i = 0; i < ids.length; i++) {
            double weight = bag.counts()[order][i] * weight(ids[i]);
            squares += weight * weight;
        }
        return Math.sqrt(squares);
    }

    /** An n-gram that only candidates use counts as one that is in one image. */
    private double weight(int id) {
        return id < weights.length ? weights[id] : logImages;
    }
}
