package org.jocular.vit;

import java.util.stream.IntStream;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** Tokens of one picture or of several below each other, as all towers have them: a class token, then patches in reading order. */
public final class PictureTokens {
    private PictureTokens() {}

    /**
     * What the first block reads.
     *
     * @param classToken (1, width)
     * @param patches (pictures · patches, width)
     * @param positions (1 + patches, width)
     * @return (pictures · (1 + patches), width)
     */
    static Tensor of(Ops ops, Tensor classToken, Tensor patches, Tensor positions) {
        long each = positions.rows() - 1;
        int pictures = Math.toIntExact(patches.rows() / each);
        Tensor[] tokens = new Tensor[2 * pictures];
        Tensor[] places = new Tensor[pictures];
        for (int i = 0; i < pictures; i++) {
            tokens[2 * i] = classToken;
            tokens[2 * i + 1] = ops.rows(patches, i * each, (i + 1) * each);
            places[i] = positions;
        }
        return ops.add(ops.concat(tokens), pictures == 1 ? positions : ops.concat(places));
    }

    /** Each token sees all tokens of its own picture. */
    static AttentionSpec spec(Tensor x, int heads, int tokens) {
        int pictures = Math.toIntExact(x.rows() / tokens);
        return AttentionSpec.bidirectional(heads, x.width() / heads, pictures, tokens, tokens);
    }

    /**
     * The patches without the class tokens.
     *
     * @param x (pictures · tokens, width)
     * @return (pictures · (tokens − 1), width)
     */
    public static Tensor withoutClass(Ops ops, Tensor x, int tokens) {
        int pictures = Math.toIntExact(x.rows() / tokens);
        return pictures == 1
                ? ops.rows(x, 1, tokens)
                : ops.embedding(
                        x,
                        IntStream.range(0, pictures * tokens)
                                .filter(row -> row % tokens != 0)
                                .toArray());
    }
}
