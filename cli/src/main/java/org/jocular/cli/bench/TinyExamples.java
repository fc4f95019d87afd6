package org.jocular.cli.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jocular.cli.bench.TinyLengths.Turn;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.train.Example;

/** The examples of a step: texts of {@link TinyLengths}, pictures of noise. */
final class TinyExamples {
    /** What describes a thing to an oracle. */
    private static final int ORACLE_WORDS = 5;

    private static final int ORACLE_LEAST = 5;
    private static final int ORACLE_SPAN = 9;

    private TinyExamples() {}

    /** As a system's first preset puts them. */
    static List<Example> of(TinyShape shape, VisionLanguageModel model, Arena arena) {
        int size = model.imageSize();
        Tokenizer tokenizer = model.tokenizer();
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < shape.batch(); i++) {
            List<Turn> turns = shape.lengths().apply(i);
            String question = TinyLengths.text(turns.getFirst().question(), i);
            String prompt = model.presets().getFirst().prompt(1, List.of(), question);
            Tensor picture = noise(arena, 1, i, 3, size, size);
            examples.add(example(
                    List.of(picture), false, model.instructionIds(prompt), model.ids(prompt, 1), turns, i, tokenizer));
        }
        return examples;
    }

    /**
     * For an oracle: five to thirteen rows, of five words each. The picture stands between marks in every second example and before everything else
     * in the others.
     *
     * @param image the id that stands for a picture's rows
     */
    static List<Example> oracle(TinyShape shape, Tokenizer tokenizer, int image, int width, Arena arena) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < shape.batch(); i++) {
            List<Turn> turns = shape.lengths().apply(i);
            int rows = ORACLE_LEAST + i * 4 % ORACLE_SPAN;
            int[] words = tokenizer.encode(TinyLengths.text(rows * ORACLE_WORDS, i));
            float[] ids = new float[words.length];
            for (int word = 0; word < ids.length; word++) {
                ids[word] = words[word];
            }
            List<Tensor> picture =
                    List.of(Tensor.of(arena, ids, rows, ORACLE_WORDS), noise(arena, 0.03, i, rows, width));
            int[] places = new int[rows];
            Arrays.fill(places, image);
            int[] opening = i % 2 == 0
                    ? joined(tokenizer.encode("<img>", true), places, tokenizer.encode("</img>"))
                    : joined(places, new int[] {tokenizer.eosId()});
            int[] question = question(tokenizer, turns.getFirst(), i);
            examples.add(example(picture, true, new int[0], joined(opening, question), turns, i, tokenizer));
        }
        return examples;
    }

    /** A prompt, the answer to it, and the turns after that. */
    private static Example example(
            List<Tensor> pictures,
            boolean encoded,
            int[] instruction,
            int[] prompt,
            List<Turn> turns,
            int seed,
            Tokenizer tokenizer) {
        int[] ids = prompt;
        List<int[]> learned = new ArrayList<>();
        for (int turn = 0; turn < turns.size(); turn++) {
            if (turn > 0) {
                ids = joined(ids, question(tokenizer, turns.get(turn), seed + turn));
            }
            int from = ids.length;
            int[] answer = tokenizer.encode(TinyLengths.text(turns.get(turn).answer(), seed + turn + 1));
            ids = joined(ids, answer, new int[] {tokenizer.eosId()});
            learned.add(new int[] {from, ids.length});
        }
        float[] weights = new float[ids.length];
        learned.forEach(range -> Arrays.fill(weights, range[0], range[1], 1));
        return new Example(pictures, encoded, instruction, ids, weights);
    }

    private static int[] question(Tokenizer tokenizer, Turn turn, int seed) {
        return tokenizer.encode("<user> " + TinyLengths.text(turn.question(), seed));
    }

    /** A tensor from a normal distribution. */
    static Tensor noise(Arena arena, double deviation, int seed, long... shape) {
        Random random = new Random(seed);
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Tensor.of(arena, values, shape);
    }

    private static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
