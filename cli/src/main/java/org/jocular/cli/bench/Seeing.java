package org.jocular.cli.bench;

import java.util.Set;
import java.util.TreeSet;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.vit.ClipVision;
import org.jocular.vit.EvaVision;

/**
 * What becomes of one picture, and what it costs.
 *
 * @param flops two for each multiplication of a matrix product
 * @param imageSize side of the picture in pixels
 */
record Seeing(double flops, int imageSize, Vision vision) {
    /** From pixels to what the language model's side is given. */
    @FunctionalInterface
    interface Vision {
        Tensor forward(Ops ops, Tensor pixels);
    }

    /** A vision tower, or {@code q-former}: EVA ViT-g at 224 pixels with the Q-Former that looks at its tokens. */
    static Seeing of(String name, Weights weights) {
        if (Shapes.CLIP.containsKey(name)) {
            ClipVision.Config c = Shapes.find(Shapes.CLIP, name);
            ClipVision vision = ClipVision.load(weights, c, c.numHiddenLayers());
            double flops = transformer(c.patches() + 1, c.hiddenSize(), c.intermediateSize(), c.numHiddenLayers())
                    + patches(c.patches(), c.hiddenSize(), c.patchSize());
            return new Seeing(flops, c.imageSize(), vision::forward);
        }
        if (Shapes.EVA.containsKey(name)) {
            return eva(Shapes.find(Shapes.EVA, name), weights);
        }
        if (name.equals("q-former")) {
            Seeing eva = eva(Shapes.find(Shapes.EVA, "eva-vit-g-224"), weights.at("vision_model"));
            QFormer qformer = QFormer.load(weights, Shapes.Q_FORMER);
            return new Seeing(
                    eva.flops + qformerFlops(Shapes.Q_FORMER, 257),
                    eva.imageSize,
                    (ops, pixels) -> qformer.forward(ops, eva.vision.forward(ops, pixels), 1));
        }
        Set<String> known = new TreeSet<>(Shapes.CLIP.keySet());
        known.addAll(Shapes.EVA.keySet());
        known.add("q-former");
        known.addAll(Shapes.SYSTEMS.keySet());
        throw new BadInput("--shape is %s, expected one of %s".formatted(name, String.join(", ", known)));
    }

    private static Seeing eva(EvaVision.Config c, Weights weights) {
        EvaVision vision = EvaVision.load(weights, c);
        double flops = transformer(c.patches() + 1, c.hiddenSize(), c.intermediateSize(), c.numHiddenLayers())
                + patches(c.patches(), c.hiddenSize(), c.patchSize());
        return new Seeing(flops, c.imageSize(), vision::forward);
    }

    static double transformer(double tokens, double width, double hidden, int layers) {
        double linear = 2 * tokens * (4 * width * width + 2 * width * hidden);
        double attention = 4 * tokens * tokens * width;
        return layers * (linear + attention);
    }

    static double patches(double patches, double width, double patchSize) {
        return 2 * patches * width * 3 * patchSize * patchSize;
    }

    private static double qformerFlops(QFormer.Config c, double imageTokens) {
        double queries = c.numQueryTokens();
        double width = c.hiddenSize();
        double self = transformer(queries, width, c.intermediateSize(), c.numHiddenLayers());
        double cross = 2 * queries * 2 * width * width
                + 2 * imageTokens * 2 * c.encoderHiddenSize() * width
                + 4 * queries * imageTokens * width;
        return self + cross * c.numHiddenLayers() / c.crossAttentionFrequency();
    }
}
