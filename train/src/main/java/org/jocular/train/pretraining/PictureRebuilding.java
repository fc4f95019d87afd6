package org.jocular.train.pretraining;

import java.util.Collections;
import java.util.List;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Linear;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.train.Example;
import org.jocular.train.Objective;

/**
 * Pictures alone: what the tower made of a picture is rebuilt from the queries, so that these must hold all of it. For each of the tower's rows a learned
 * place looks at the queries, and two layers make the row of what it saw. Ours; the loss is the mean squared error.
 *
 * @param places (tokens, hiddenSize)
 */
public record PictureRebuilding(
        PictureEncoder encoder, QFormer qformer, Tensor places, Linear key, Linear value, Linear fc1, Linear fc2)
        implements Objective {
    /** Large enough that each place soon looks elsewhere. */
    private static final double PLACES = 0.3;

    /**
     * With a new decoder.
     *
     * @param tokens of a picture
     * @param features numbers of a token that are rebuilt, the first ones: not those that tell its place
     * @param parameters those of the Q-Former, to which the decoder's are added
     */
    public static PictureRebuilding create(
            PictureEncoder encoder, QFormer qformer, int tokens, int features, Parameters parameters, long seed) {
        FreshWeights decoder = FreshWeights.root(parameters, seed).at("decoder");
        int width = qformer.config().hiddenSize();
        return new PictureRebuilding(
                encoder,
                qformer,
                decoder.gaussian("places", PLACES, tokens, width),
                decoder.linear("key", width, width),
                decoder.linear("value", width, width),
                decoder.linear("fc1", width, 2L * width),
                decoder.linear("fc2", 2L * width, features));
    }

    /** @param examples each one picture */
    @Override
    public double teach(GradientPass pass, Ops ops, List<Example> examples, double weight, long draw) {
        int n = examples.size();
        Tensor image = encoder.encode(ops, examples);
        Tensor rebuilt = decode(ops, qformer.forward(ops, image, n), n);
        double numbers = (double) places.rows() * rebuilt.width();
        return Losses.squaredError(pass, rebuilt, image, weight / numbers) / numbers;
    }

    /** From (pictures · queries, hiddenSize) to (pictures · tokens, features). */
    private Tensor decode(Ops ops, Tensor queries, int pictures) {
        QFormer.Config config = qformer.config();
        int heads = config.numAttentionHeads();
        Tensor x = ops.concat(Collections.nCopies(pictures, places).toArray(Tensor[]::new));
        AttentionSpec spec = AttentionSpec.bidirectional(
                heads, config.hiddenSize() / heads, pictures, Math.toIntExact(places.rows()), config.numQueryTokens());
        x = ops.add(x, ops.attention(x, key.forward(ops, queries), value.forward(ops, queries), spec));
        return fc2.forward(ops, fc1.forward(ops, x, Activation.GELU));
    }

    @Override
    public double count(List<Example> examples) {
        return examples.size();
    }

    /** Nothing to close: the decoder is made of parameters. */
    @Override
    public void close() {}
}
