package org.jocular.eval.metrics;

import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.metrics.CocoCaptions.Pair;

/**
 * ROUGE-L (Lin 2004) as {@code pycocoevalcap/rouge/rouge.py} computes it: the longest common subsequence with each
 * reference gives a precision and a recall, and the greatest of each, perhaps of two references, make the F-score.
 */
public final class RougeL {
    /** Weighs recall against precision. */
    private static final double BETA = 1.2;

    private RougeL() {}

    /** Scores tokenised captions, from 0 to 1. */
    public static CaptionScore score(List<Pair> tokenized) {
        CaptionScore.requireReferences(tokenized);
        List<Double> scores = new ArrayList<>(tokenized.size());
        for (Pair pair : tokenized) {
            scores.add(image(pair));
        }
        return CaptionScore.mean(scores);
    }

    private static double image(Pair pair) {
        // Unlike the other scorers, this one splits at plain spaces alone; and an empty caption is one empty word.
        String[] candidate = pair.candidate().split(" ", -1);
        double precision = 0;
        double recall = 0;
        for (String text : pair.references()) {
            String[] reference = text.split(" ", -1);
            double common = commonSubsequence(candidate, reference);
            precision = Math.max(precision, common / candidate.length);
            recall = Math.max(recall, common / reference.length);
        }
        if (precision == 0 || recall == 0) {
            return 0;
        }
        return (1 + BETA * BETA) * precision * recall / (recall + BETA * BETA * precision);
    }

    private static int commonSubsequence(String[] a, String[] b) {
        int[] lengths = new int[b.length + 1]; // of the words of a so far with each beginning of b
        for (String word : a) {
            int diagonal = 0;
            for (int j = 1; j <= b.length; j++) {
                int above = lengths[j];
                lengths[j] = word.equals(b[j - 1]) ? diagonal + 1 : Math.max(above, lengths[j - 1]);
                diagonal = above;
            }
        }
        return lengths[b.length];
    }
}
