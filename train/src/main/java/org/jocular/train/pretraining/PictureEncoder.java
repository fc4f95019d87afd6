package org.jocular.train.pretraining;

import java.util.List;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.train.Example;
import org.jocular.train.Eyes;
import org.jocular.train.Teacher;

/** The frozen vision tower before a Q-Former. */
@FunctionalInterface
public interface PictureEncoder {
    /** From (pictures, 3, size, size) to (pictures · tokens, width). */
    Tensor encode(Ops ops, Tensor pixels);

    /** The pictures of examples that have one each, below each other. */
    default Tensor encode(Ops ops, List<Example> examples) {
        List<Tensor> pictures =
                examples.stream().map(example -> example.pictures().getFirst()).toList();
        return examples.getFirst().encoded() ? Teacher.concat(ops, pictures) : encode(ops, Eyes.stacked(ops, pictures));
    }
}
