package org.jocular.train.world;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Llama;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.train.Example;
import org.jocular.train.Eyes;
import org.jocular.train.world.Scene.Thing;

/**
 * Stands in for a vision side while a language model learns to speak about scenes: each thing is one row, the sum of the vectors of the five words
 * that describe it; rows that show nothing share one learned vector. What then remains for a real vision side to learn is to write such rows.
 *
 * @param nothing (1, width)
 * @param image   the id that stands for a picture's rows
 */
public record Oracle(Llama llama, Tensor nothing, int image) implements Eyes {
    /** Rows beyond the things of a scene: up to so many. */
    private static final int SPARE = 8;

    private static final List<String> ROWS = List.of("top", "middle", "bottom");
    private static final List<String> COLUMNS = List.of("left", "center", "right");

    /** Of the words of a thing: colour, shape, size, row, column. */
    private static final int WORDS = 5;

    /**
     * What a picture is to an oracle.
     *
     * @param noise of this length, about that of a word's vector times the number, is added to each row, so that rows need not be exact
     * @return the ids of the words (rows, 5), −1 for nothing, and what is added (rows, width)
     */
    public static List<Tensor> picture(
            Scene scene, Tokenizer tokenizer, int width, double noise, RandomGenerator random, Arena arena) {
        int rows = scene.things().size() + Chance.below(random, SPARE + 1);
        List<Integer> places = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
        Chance.shuffle(random, places);
        float[] ids = new float[rows * WORDS];
        Arrays.fill(ids, -1);
        for (int i = 0; i < scene.things().size(); i++) {
            int[] words = tokenizer.encode(words(scene.things().get(i)));
            for (int word = 0; word < WORDS; word++) {
                ids[places.get(i) * WORDS + word] = words[word];
            }
        }
        double[] gaussians = Chance.gaussians(random, rows * width);
        float[] added = new float[rows * width];
        for (int i = 0; i < added.length; i++) {
            added[i] = (float) (noise / StrictMath.sqrt(width) * gaussians[i]);
        }
        return List.of(Tensor.of(arena, ids, rows, WORDS), Tensor.of(arena, added, rows, width));
    }

    private static String words(Thing thing) {
        return String.join(
                        " ",
                        thing.colour().word(),
                        thing.shape().word(),
                        thing.size().word(),
                        ROWS.get(thing.row()),
                        COLUMNS.get(thing.column()))
                .toLowerCase(Locale.ROOT);
    }

    @Override
    public LanguageModel languageModel() {
        return llama;
    }

    @Override
    public List<List<Tensor>> look(Ops ops, List<Example> examples) {
        List<List<Tensor>> seen = new ArrayList<>();
        // Below the words: nothing, and the zeros of the other words of nothing.
        Tensor zeros = Tensor.zeros(Arena.ofAuto(), nothing.dtype(), nothing.shape());
        Tensor table = ops.concat(llama.embedTokens().weight(), nothing, zeros);
        for (Example example : examples) {
            Tensor words = example.pictures().getFirst();
            Tensor rows = example.pictures().getLast();
            for (int word = 0; word < WORDS; word++) {
                rows = ops.add(ops.embedding(table, ids(words, word)), rows);
            }
            seen.add(List.of(rows));
        }
        return seen;
    }

    private int[] ids(Tensor words, int word) {
        int none = llama.vocabSize() + (word == 0 ? 0 : 1);
        return IntStream.range(0, Math.toIntExact(words.rows()))
                .map(row -> (int) words.get((long) row * WORDS + word))
                .map(id -> id < 0 ? none : id)
                .toArray();
    }

    @Override
    public Tensor embeddings(Ops ops, int[] ids, List<Tensor> pictures) {
        Tensor words = llama.embed(ops, ids);
        int from = 0;
        while (ids[from] != image) {
            from++;
        }
        Tensor picture = pictures.getFirst();
        Tensor after = ops.rows(words, from + picture.rows(), ids.length);
        return from == 0 ? ops.concat(picture, after) : ops.concat(ops.rows(words, 0, from), picture, after);
    }
}
