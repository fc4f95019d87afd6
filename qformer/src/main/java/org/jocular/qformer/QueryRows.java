package org.jocular.qformer;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.AttentionSpec.Segments;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/**
 * Whose rows are where: those of the first picture first; of each picture its queries, then its text.
 *
 * @param queries of each picture
 * @param tokens of each picture, from the vision tower
 * @param texts how many tokens of text each picture has; as many entries as pictures
 * @param causal whether the queries do not see the text, and its tokens see the queries and the tokens before them
 */
record QueryRows(int queries, int tokens, int[] texts, boolean causal) {
    /** Of pictures alone. */
    static QueryRows of(int queries, int tokens, int pictures) {
        return new QueryRows(queries, tokens, new int[pictures], false);
    }

    private int pictures() {
        return texts.length;
    }

    private boolean noText() {
        return Arrays.stream(texts).allMatch(n -> n == 0);
    }

    /** The learned queries, once for each picture. */
    Tensor repeated(Ops ops, Tensor learned) {
        Tensor[] copies = new Tensor[pictures()];
        Arrays.fill(copies, learned);
        return ops.concat(copies);
    }

    /** Queries and text of one picture see each other. */
    AttentionSpec self(AttentionSpec spec) {
        return within(spec, withTexts(), withTexts());
    }

    /** Queries of one picture see each other. */
    AttentionSpec amongQueries(AttentionSpec spec) {
        return within(spec, each(queries), each(queries));
    }

    /** Tokens of a text see its picture's queries and the tokens before them. */
    AttentionSpec textCausal(AttentionSpec spec) {
        AttentionSpec causal = new AttentionSpec(spec.heads(), spec.kvHeads(), spec.scale(), true, null, null);
        return within(causal, texts, withTexts());
    }

    /** Queries see the tokens of their picture, and of {@code own} rows more. */
    AttentionSpec cross(AttentionSpec spec, int own) {
        return within(spec, each(queries), each(own + tokens));
    }

    private AttentionSpec within(AttentionSpec spec, int[] from, int[] to) {
        return pictures() == 1 ? spec : spec.in(new Segments(from, to));
    }

    private int[] withTexts() {
        return Arrays.stream(texts).map(n -> queries + n).toArray();
    }

    private int[] each(int rows) {
        int[] all = new int[pictures()];
        Arrays.fill(all, rows);
        return all;
    }

    /** The queries' rows of x. */
    Tensor queries(Ops ops, Tensor x) {
        if (noText()) {
            return x;
        }
        return pictures() == 1 ? ops.rows(x, 0, queries) : ops.embedding(x, where(true));
    }

    /** The texts' rows of x. */
    Tensor texts(Ops ops, Tensor x) {
        if (noText()) {
            return ops.rows(x, x.rows(), x.rows());
        }
        return pictures() == 1 ? ops.rows(x, queries, x.rows()) : ops.embedding(x, where(false));
    }

    private int[] where(boolean query) {
        int rows = Arrays.stream(texts).sum() + pictures() * queries;
        boolean[] isQuery = new boolean[rows];
        int at = 0;
        for (int text : texts) {
            Arrays.fill(isQuery, at, at + queries, true);
            at += queries + text;
        }
        return IntStream.range(0, rows).filter(row -> isQuery[row] == query).toArray();
    }

    /** The way back from {@link #queries} and {@link #texts}. */
    Tensor together(Ops ops, Tensor queryRows, Tensor textRows) {
        if (noText()) {
            return queryRows;
        }
        return interleaved(ops, queryRows, textRows, texts);
    }

    /** Of each picture its queries, then its tokens. */
    Tensor withTokens(Ops ops, Tensor queryRows, Tensor image) {
        return interleaved(ops, queryRows, image, each(tokens));
    }

    private Tensor interleaved(Ops ops, Tensor queryRows, Tensor others, int[] each) {
        Tensor all = ops.concat(queryRows, others);
        if (pictures() == 1) {
            return all;
        }
        int[] from = new int[Math.toIntExact(all.rows())];
        int at = 0;
        int other = pictures() * queries;
        for (int i = 0; i < pictures(); i++) {
            for (int row = 0; row < queries; row++) {
                from[at++] = i * queries + row;
            }
            for (int row = 0; row < each[i]; row++) {
                from[at++] = other++;
            }
        }
        return ops.embedding(all, from);
    }
}
