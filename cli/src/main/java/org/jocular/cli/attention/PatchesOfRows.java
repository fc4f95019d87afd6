package org.jocular.cli.attention;

import java.util.List;
import org.jocular.systems.Llava;
import org.jocular.systems.MiniGpt4;
import org.jocular.systems.VisionLanguageModel;

/**
 * Which patches the rows stand for that the language model is given for a picture. LLaVA's are patches, or squares of them; where queries look at
 * the picture (Q-Former, abstractor) a row stands for what its query's cross-attention took, the mean over layers and heads.
 */
final class PatchesOfRows {
    private PatchesOfRows() {}

    /**
     * @param crossed the attentions of queries to the picture, one a layer; empty where there are no queries
     * @return (rows, patches); a row that stands for none, mPLUG-Owl's end or a class token, is 0
     */
    static double[][] of(VisionLanguageModel vlm, List<Attended> crossed) {
        int side = vlm.imageSize() / vlm.patchSize();
        double[][] rows = new double[vlm.visualTokensPerPicture()][side * side];
        if (vlm instanceof Llava llava) {
            Llava.Config config = llava.config();
            squares(rows, config.keepsClassToken() ? 1 : 0, side, config.spatialMergeSize());
        } else if (vlm instanceof MiniGpt4 mini && mini.qformer() == null) {
            if (mini.square()) {
                squares(rows, 0, side, 2);
            } else {
                groups(rows);
            }
        } else {
            crossed(rows, crossed);
        }
        return rows;
    }

    private static void squares(double[][] rows, int first, int side, int merge) {
        int across = side / merge;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                rows[first + y / merge * across + x / merge][y * side + x] = 1.0 / (merge * merge);
            }
        }
    }

    /** Neighbours in reading order. */
    private static void groups(double[][] rows) {
        int patches = rows[0].length;
        int group = patches / rows.length;
        for (int patch = 0; patch < group * rows.length; patch++) {
            rows[patch / group][patch] = 1.0 / group;
        }
    }

    /** The patches are the last keys: before them stand a class token and, in the abstractor, the queries themselves. */
    private static void crossed(double[][] rows, List<Attended> layers) {
        for (Attended layer : layers) {
            for (int query = 0; query < layer.queries(); query++) {
                double[] weights = layer.weights(query);
                int first = weights.length - rows[query].length;
                for (int patch = 0; patch < rows[query].length; patch++) {
                    rows[query][patch] += weights[first + patch] / layers.size();
                }
            }
        }
    }
}
