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
 * @param ids one a row, those that stand for pictures included
 * @param learned for each id whether it is to be predicted from those before it
 */
public record Example(List<Tensor> pictures, boolean encoded, int[] instruction, int[] ids, boolean[] learned) {
    public Example {
        if (ids.length != learned.length || ids.length < 2 || learned[0]) {
            throw new IllegalArgumentException("%d ids, %d marks".formatted(ids.length, learned.length));
        }
    }

    /** A prompt whose answer is learned. */
    public static Example of(List<Tensor> pictures, boolean encoded, int[] instruction, int[] prompt, int[] answer) {
        int[] ids = IntStream.concat(IntStream.of(prompt), IntStream.of(answer)).toArray();
        boolean[] learned = new boolean[ids.length];
        Arrays.fill(learned, prompt.length, ids.length, true);
        return new Example(pictures, encoded, instruction, ids, learned);
    }

    /** How many tokens are learned. */
    public int tokens() {
        return (int) IntStream.range(0, ids.length).filter(i -> learned[i]).count();
    }

    /** Where the first learned token stands. */
    int answerAt() {
        return IntStream.range(0, ids.length)
                .filter(i -> learned[i])
                .findFirst()
                .orElse(ids.length);
    }
}
