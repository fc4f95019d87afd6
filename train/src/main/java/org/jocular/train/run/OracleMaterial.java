package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.train.Example;
import org.jocular.train.data.Draw;
import org.jocular.train.recipe.Stage;
import org.jocular.train.world.Dialogue;
import org.jocular.train.world.Mix;
import org.jocular.train.world.Oracle;
import org.jocular.train.world.Question;
import org.jocular.train.world.Scene;
import org.jocular.train.world.Scenes;

/**
 * Dialogues about scenes drawn on the spot, for a language model that is shown them by an {@link Oracle}. Half of them have the picture between
 * marks after the beginning of the sequence, as LLaVA's prompts do, half have it before everything, as BLIP-2's: one model is to serve all systems.
 *
 * @param image  the id that stands for a picture's rows
 * @param width  of the language model
 * @param noise  on the oracle's rows
 */
record OracleMaterial(Stage stage, Mix mix, Tokenizer tokenizer, int image, int width, double noise)
        implements Material {
    /** There is no end of scenes. */
    @Override
    public long stepsPerEpoch() {
        return 1;
    }

    @Override
    public List<Example> batch(long step, Arena arena) {
        List<Example> batch = new ArrayList<>();
        for (int i = 0; i < stage.batch(); i++) {
            batch.add(example(new SplittableRandom(Draw.mix(stage.seed(), step, i)), arena));
        }
        return batch;
    }

    private Example example(RandomGenerator random, Arena arena) {
        Scene scene = Scenes.draw(random);
        Dialogue dialogue = Dialogue.draw(scene, mix, random);
        List<Tensor> picture = Oracle.picture(scene, tokenizer, width, noise, random, arena);
        int[] rows = new int[Math.toIntExact(picture.getFirst().rows())];
        Arrays.fill(rows, image);
        boolean between = random.nextLong() < 0;
        IntStream ids = between
                ? IntStream.concat(
                        IntStream.concat(IntStream.of(tokenizer.encode("<img>", true)), IntStream.of(rows)),
                        IntStream.of(tokenizer.encode("</img>")))
                : IntStream.concat(IntStream.of(rows), IntStream.of(tokenizer.eosId()));
        List<Integer> all = new ArrayList<>(ids.boxed().toList());
        List<Float> weights = new ArrayList<>(Collections.nCopies(all.size(), 0f));
        for (Question turn : dialogue.turns()) {
            add(all, weights, tokenizer.encode("<user> " + turn.text()), 0);
            add(all, weights, tokenizer.encode(turn.answer()), weight(turn.answer()));
            add(all, weights, new int[] {tokenizer.eosId()}, (float)
                    stage.loss().end());
        }
        float[] values = new float[weights.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = weights.get(i);
        }
        return new Example(
                picture,
                true,
                new int[0],
                all.stream().mapToInt(Integer::intValue).toArray(),
                values);
    }

    private float weight(String answer) {
        Stage.Loss loss = stage.loss();
        boolean isLong = loss.longWords() > 0 && answer.split("\\s+", -1).length >= loss.longWords();
        return (float) (isLong ? loss.longWeight() : 1);
    }

    private static void add(List<Integer> all, List<Float> weights, int[] ids, float weight) {
        for (int id : ids) {
            all.add(id);
            weights.add(weight);
        }
    }
}
