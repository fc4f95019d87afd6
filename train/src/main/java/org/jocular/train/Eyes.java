package org.jocular.train;

import java.util.ArrayList;
import java.util.List;
import org.jocular.llama.LanguageModel;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** How examples become rows of a language model: a system's vision side, or whatever stands in for one. */
public interface Eyes {
    LanguageModel languageModel();

    /** For each example the rows of each of its pictures, (rows, width of the language model). */
    List<List<Tensor>> look(Ops ops, List<Example> examples);

    /** Words, with the pictures' rows in their places. */
    Tensor embeddings(Ops ops, int[] ids, List<Tensor> pictures);

    /** Those of a system: all pictures of a pass go through the vision side together. */
    static Eyes of(VisionLanguageModel model) {
        return new OfSystem(model);
    }

    /** From (channels, size, size) each to (pictures, channels, size, size). */
    static Tensor stacked(Ops ops, List<Tensor> pictures) {
        long[] shape = pictures.getFirst().shape();
        List<Tensor> lines = pictures.stream()
                .map(picture -> picture.reshape(shape[0] * shape[1], shape[2]))
                .toList();
        return Teacher.concat(ops, lines).reshape(pictures.size(), shape[0], shape[1], shape[2]);
    }

    record OfSystem(VisionLanguageModel model) implements Eyes {
        @Override
        public LanguageModel languageModel() {
            return model.languageModel();
        }

        @Override
        public List<List<Tensor>> look(Ops ops, List<Example> examples) {
            List<Tensor> pictures = new ArrayList<>();
            List<int[]> instructions = new ArrayList<>();
            for (Example example : examples) {
                example.pictures().forEach(picture -> instructions.add(example.instruction()));
                pictures.addAll(example.pictures());
            }
            if (pictures.isEmpty()) {
                return examples.stream().map(example -> List.<Tensor>of()).toList();
            }
            boolean encoded = examples.getFirst().encoded();
            Tensor below = encoded ? Teacher.concat(ops, pictures) : model.encode(ops, Eyes.stacked(ops, pictures));
            Tensor rows = model.look(ops, below, instructions);
            int each = model.visualTokensPerPicture();
            List<List<Tensor>> seen = new ArrayList<>();
            int at = 0;
            for (Example example : examples) {
                List<Tensor> own = new ArrayList<>();
                for (int i = 0; i < example.pictures().size(); i++, at += each) {
                    own.add(ops.rows(rows, at, at + each));
                }
                seen.add(own);
            }
            return seen;
        }

        @Override
        public Tensor embeddings(Ops ops, int[] ids, List<Tensor> pictures) {
            return model.embeddings(ops, ids, pictures);
        }
    }
}
