package org.jocular.eval.metrics;

import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.metrics.CocoCaptions.Pair;
import org.jocular.eval.metrics.NGrams.Bag;

/**
 * BLEU-1 to BLEU-4 (Papineni et al. 2002) over a corpus, with the length of the closest reference, as
 * {@code pycocoevalcap/bleu/bleu_scorer.py} computes it: no smoothing, but two small numbers in place of zeros.
 */
public final class Bleu {
    /** Added to the n-grams found, so that none found is not quite 0. */
    private static final double TINY = 1e-15;

    /** Added to the n-grams sought, so that a caption shorter than n is no division by zero. */
    private static final double SMALL = 1e-9;

    private Bleu() {}

    /** Scores tokenised captions; BLEU-n is element n−1. */
    public static List<CaptionScore> score(List<Pair> tokenized) {
        CaptionScore.requireReferences(tokenized);
        Matches corpus = new Matches();
        List<List<Double>> perImage = new ArrayList<>();
        for (int order = 0; order < NGrams.ORDERS; order++) {
            perImage.add(new ArrayList<>(tokenized.size()));
        }
        for (Pair pair : tokenized) {
            Matches image = Matches.of(pair);
            corpus.add(image);
            for (int order = 0; order < NGrams.ORDERS; order++) {
                perImage.get(order).add(image.bleu(order));
            }
        }
        List<CaptionScore> scores = new ArrayList<>();
        for (int order = 0; order < NGrams.ORDERS; order++) {
            scores.add(new CaptionScore(corpus.bleu(order), perImage.get(order)));
        }
        return scores;
    }

    /** What is counted, of one image or of all. */
    private static final class Matches {
        private long candidateLength;
        private long referenceLength;
        private final long[] sought = new long[NGrams.ORDERS];
        private final long[] found = new long[NGrams.ORDERS];

        static Matches of(Pair pair) {
            NGrams ngrams = new NGrams();
            Bag candidate = ngrams.count(pair.candidate());
            List<Bag> references = pair.references().stream().map(ngrams::count).toList();
            Matches matches = new Matches();
            matches.candidateLength = candidate.length();
            matches.referenceLength = closest(candidate.length(), references);
            for (int order = 0; order < NGrams.ORDERS; order++) {
                matches.sought[order] = Math.max(0, candidate.length() - order);
                int[] ids = candidate.ids()[order];
                for (int i = 0; i < ids.length; i++) {
                    int most = 0;
                    for (Bag reference : references) {
                        most = Math.max(most, reference.count(order, ids[i]));
                    }
                    matches.found[order] += Math.min(most, candidate.counts()[order][i]);
                }
            }
            return matches;
        }

        /** The shorter one where two references are equally close. */
        private static int closest(int length, List<Bag> references) {
            int closest = references.getFirst().length();
            for (Bag reference : references) {
                int nearer = Math.abs(reference.length() - length) - Math.abs(closest - length);
                if (nearer < 0 || nearer == 0 && reference.length() < closest) {
                    closest = reference.length();
                }
            }
            return closest;
        }

        void add(Matches other) {
            candidateLength += other.candidateLength;
            referenceLength += other.referenceLength;
            for (int order = 0; order < NGrams.ORDERS; order++) {
                sought[order] += other.sought[order];
                found[order] += other.found[order];
            }
        }

        /** Geometric mean of the precisions up to {@code order} + 1 words, less for what is shorter. */
        double bleu(int order) {
            double product = 1;
            for (int n = 0; n <= order; n++) {
                product *= (found[n] + TINY) / (sought[n] + SMALL);
            }
            double ratio = (candidateLength + TINY) / (referenceLength + SMALL);
            return Math.pow(product, 1.0 / (order + 1)) * (ratio < 1 ? Math.exp(1 - 1 / ratio) : 1);
        }
    }
}
