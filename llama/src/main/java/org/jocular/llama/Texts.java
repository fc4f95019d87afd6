package org.jocular.llama;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** Whole texts, one below the other, of which nothing is kept for a continuation: what a model learns from. */
public final class Texts implements Rows {
    private final int[] lengths;
    private final int[] asked;

    /**
     * @param lengths rows of each text
     * @param asked how many of its last rows are asked for, one at least
     */
    public Texts(int[] lengths, int[] asked) {
        this.lengths = lengths.clone();
        this.asked = asked.clone();
    }

    @Override
    public int[] positions() {
        return Arrays.stream(lengths).flatMap(n -> IntStream.range(0, n)).toArray();
    }

    @Override
    public int[] askedPositions() {
        return IntStream.range(0, lengths.length)
                .flatMap(i -> IntStream.range(lengths[i] - asked[i], lengths[i]))
                .toArray();
    }

    @Override
    public Tensor asked(Ops ops, Tensor x) {
        if (Arrays.equals(lengths, asked)) {
            return x;
        }
        List<Tensor> parts = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < lengths.length; i++) {
            end += lengths[i];
            parts.add(ops.rows(x, end - asked[i], end));
        }
        return ops.concat(parts.toArray(Tensor[]::new));
    }

    @Override
    public Tensor attend(Ops ops, int layer, Tensor q, Tensor k, Tensor v, AttentionSpec spec) {
        int[] queries = q.rows() == k.rows() ? lengths : asked;
        return ops.attention(q, k, v, spec.in(new AttentionSpec.Segments(queries, lengths)));
    }

    @Override
    public void advance() {}
}
