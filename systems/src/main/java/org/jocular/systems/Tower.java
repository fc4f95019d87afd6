package org.jocular.systems;

import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.vit.EvaVision;
import org.jocular.vit.LavisClipVision;

/** What BLIP-2 and its descendants see with, the norm at the end included. */
public sealed interface Tower {
    int imageSize();

    int patchSize();

    /** The class token included. */
    int tokens();

    int width();

    /** How many numbers at the end of each row tell its place, whatever is seen there; 0 in all published models. */
    default int positionCode() {
        return 0;
    }

    /** From pixels (3, imageSize, imageSize) to (tokens, width); or of several pictures, (pictures, …) to (pictures · tokens, width). */
    Tensor forward(Ops ops, Tensor pixels);

    /** ViT-g, in all released systems. */
    record Eva(EvaVision vision) implements Tower {
        @Override
        public int imageSize() {
            return vision.config().imageSize();
        }

        @Override
        public int patchSize() {
            return vision.config().patchSize();
        }

        @Override
        public int tokens() {
            return 1 + vision.config().patches();
        }

        @Override
        public int width() {
            return vision.config().width();
        }

        @Override
        public int positionCode() {
            return vision.config().positionCode();
        }

        @Override
        public Tensor forward(Ops ops, Tensor pixels) {
            return vision.forward(ops, pixels);
        }
    }

    /** ViT-L, for the comparison of encoders. */
    record ClipLarge(LavisClipVision vision) implements Tower {
        @Override
        public int imageSize() {
            return vision.config().imageSize();
        }

        @Override
        public int patchSize() {
            return vision.config().patchSize();
        }

        @Override
        public int tokens() {
            return 1 + vision.config().patches();
        }

        @Override
        public int width() {
            return vision.config().hiddenSize();
        }

        @Override
        public Tensor forward(Ops ops, Tensor pixels) {
            return vision.forward(ops, pixels);
        }
    }
}
