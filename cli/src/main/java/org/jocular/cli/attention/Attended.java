package org.jocular.cli.attention;

import org.jocular.tensor.AttentionSpec;

/**
 * One attention of a pass. Executors fuse it and never hold its weights, so they are computed again from what went in.
 *
 * @param name of the module that it belongs to
 * @param q (queries, heads · headDim)
 * @param k (keys, kvHeads · headDim)
 */
@SuppressWarnings("ArrayRecordComponent") // thousands of numbers, and nobody compares these
record Attended(String name, AttentionSpec spec, int queries, float[] q, int keys, float[] k) {
    /**
     * How much one query takes from each key: softmax(scale · q·kᵀ), the mean over heads.
     *
     * @return (keys), together 1
     * @throws IllegalStateException if there is more to this attention than a scale and a direction
     */
    double[] weights(int query) {
        if (spec.bias() != null || spec.mask() != null || spec.segments() != null) {
            throw new IllegalStateException(name + " has a bias, a mask or segments");
        }
        int headDim = q.length / queries / spec.heads();
        int group = spec.heads() / spec.kvHeads();
        int visible = spec.causal() ? keys - queries + query + 1 : keys;
        double[] mean = new double[keys];
        for (int head = 0; head < spec.heads(); head++) {
            int qAt = (query * spec.heads() + head) * headDim;
            double[] scores = new double[visible];
            double most = Double.NEGATIVE_INFINITY;
            for (int key = 0; key < visible; key++) {
                int kAt = (key * spec.kvHeads() + head / group) * headDim;
                for (int i = 0; i < headDim; i++) {
                    scores[key] += (double) q[qAt + i] * k[kAt + i];
                }
                scores[key] *= spec.scale();
                most = Math.max(most, scores[key]);
            }
            double sum = 0;
            for (int key = 0; key < visible; key++) {
                scores[key] = Math.exp(scores[key] - most);
                sum += scores[key];
            }
            for (int key = 0; key < visible; key++) {
                mean[key] += scores[key] / sum / spec.heads();
            }
        }
        return mean;
    }
}
