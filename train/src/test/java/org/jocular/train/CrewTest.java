package org.jocular.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.train.tiny.TinyModels;
import org.jocular.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gradients that several threads add up. */
class CrewTest {
    private static final int[] PROMPT = {1, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 5, 6, 66, 71, 49, 48, 15};

    @TempDir
    private Path temp;

    private record Taught(double loss, List<float[]> gradients) {}

    @Test
    void moreThreadsGiveTheSameUpToRounding() {
        TinyModels.writeFiles("llava", temp);
        try (Arena arena = Arena.ofShared()) {
            TinyModels.initialise("llava", temp, 1, arena);
            List<Example> examples = examples(arena);
            Taught alone = taught(examples, 1);
            Taught two = taught(examples, 2);
            Taught three = taught(examples, 3);
            assertThat(difference(alone, two)).isBetween(1e-12, 1e-5);
            assertThat(difference(alone, three)).isBetween(1e-12, 1e-5);
            // More threads than examples: some have nothing to do.
            assertThat(difference(alone, taught(examples, 7))).isLessThan(1e-5);
        }
    }

    @Test
    void theSameNumberOfThreadsGivesTheSameBits() {
        TinyModels.writeFiles("llava", temp);
        try (Arena arena = Arena.ofShared()) {
            TinyModels.initialise("llava", temp, 1, arena);
            List<Example> examples = examples(arena);
            Taught first = taught(examples, 2);
            for (int run = 0; run < 3; run++) {
                Taught again = taught(examples, 2);
                assertThat(again.loss).isEqualTo(first.loss);
                for (int i = 0; i < first.gradients.size(); i++) {
                    assertThat(again.gradients.get(i)).isEqualTo(first.gradients.get(i));
                }
            }
        }
    }

    private static List<Example> examples(Arena arena) {
        SplittableRandom random = new SplittableRandom(3);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            float[] pixels = new float[3 * 48 * 48];
            for (int at = 0; at < pixels.length; at++) {
                pixels[at] = (float) random.nextDouble(-1, 1);
            }
            int[] answer = random.ints(1 + i, 7, 93).toArray();
            examples.add(Example.of(List.of(Tensor.of(arena, pixels, 3, 48, 48)), false, new int[0], PROMPT, answer));
        }
        return examples;
    }

    /** The sum of the losses and all gradients. */
    private Taught taught(List<Example> examples, int threads) {
        try (Parameters parameters = new Parameters();
                VisionLanguageModel model = Systems.load(
                        temp,
                        path -> Checkpoint.through(
                                Checkpoint.open(path),
                                weights -> new TrainableWeights(weights, parameters, name -> true)));
                Crew crew = new Crew(() -> new Teacher(model), parameters, threads, false)) {
            double loss = crew.teach(examples, 0.1, 0, (pass, member) -> pass);
            return new Taught(
                    loss,
                    parameters.all().stream()
                            .map(Parameter::gradient)
                            .map(Tensor::toFloats)
                            .toList());
        }
    }

    /** Of all gradients, in parts of their norm. */
    private static double difference(Taught a, Taught b) {
        assertThat(b.loss).isCloseTo(a.loss, within(1e-5 * a.loss));
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.gradients.size(); i++) {
            for (int at = 0; at < a.gradients.get(i).length; at++) {
                double value = a.gradients.get(i)[at];
                difference += Math.pow(value - b.gradients.get(i)[at], 2);
                norm += value * value;
            }
        }
        return Math.sqrt(difference / norm);
    }
}
