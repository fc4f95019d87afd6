package org.jocular.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.Tensor;

/**
 * A conversation about pictures, of which some tokens are to be learned.
 *
 * @param pictures prepared pixels (3, size, size) or, where {@code encoded}, what {@code VisionLanguageModel.encode} made of them
 * @param encoded whether the part of the vision side that is frozen was computed before
 * @param instruction what the vision side reads of the text; empty in all systems but InstructBLIP
 * @param ids one a row, those that stand for pictures included; none where pictures alone are shown
 * @param weights for each id how much it counts that it is predicted from those before it; 0 where it is not to be learned
 */
public record Example(List<Tensor> pictures, boolean encoded, int[] instruction, int[] ids, float[] weights) {
    public Example {
        boolean predicts = ids.length > 1 && weights[0] == 0;
        if (ids.length != weights.length || !(predicts || ids.length == 0)) {
            throw new IllegalArgumentException("%d ids, %d weights".formatted(ids.length, weights.length));
        }
    }

    /** A prompt whose answer is learned. */
    public static Example of(List<Tensor> pictures, boolean encoded, int[] instruction, int[] prompt, int[] answer) {
        int[] ids = IntStream.concat(IntStream.of(prompt), IntStream.of(answer)).toArray();
        float[] weights = new float[ids.length];
        Arrays.fill(weights, prompt.length, ids.length, 1);
        return new Example(pictures, encoded, instruction, ids, weights);
    }

    /** A picture alone. */
    public static Example of(Tensor picture) {
        return new Example(List.of(picture), false, new int[0], new int[0], new float[0]);
    }

    /** The sum of the weights: how many tokens are learned, where all weigh the same. */
    public double tokens() {
        return IntStream.range(0, ids.length).mapToDouble(i -> weights[i]).sum();
    }

    /** How many tokens are learned, whatever they weigh. */
    public long learned() {
        return IntStream.range(0, ids.length).filter(i -> weights[i] > 0).count();
    }

    /** Where the first learned token stands. */
    int answerAt() {
        return IntStream.range(0, ids.length)
                .filter(i -> weights[i] > 0)
                .findFirst()
                .orElse(ids.length);
    }
}
