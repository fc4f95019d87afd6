package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceTest {
    private static final int DRAWS = 20_000;

    /** Not in order, one pair equal, one impossible. */
    private static final float[] SCORES = {0.5f, 2, -1, 1.25f, 0.5f, Float.NEGATIVE_INFINITY, 3};

    @Test
    void withoutDrawingTheFirstOfTheLikeliest() {
        assertThat(Choice.likeliest(SCORES)).isEqualTo(6);
        assertThat(Choice.likeliest(new float[] {1, 3, 3, 2})).isEqualTo(1);
        assertThat(Choice.likeliest(new float[] {-7})).isEqualTo(0);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "1, 1, 3", "1, 0.7, 0", "2, 1, 0", "0.5, 1, 0", "0.7, 0.8, 4", "100, 1, 0", "1, 0.9, 2"})
    void drawsAsOftenAsTheProbabilitiesSay(double temperature, double topP, int topK) {
        double[] expected = probabilities(temperature, topP, topK);
        Sampler sampler = new Sampler(temperature, topK, topP, 1);
        int[] counts = new int[SCORES.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.choose()]++;
        }
        for (int id = 0; id < SCORES.length; id++) {
            // Four standard deviations; nothing at all where the probability is 0.
            double sd = Math.sqrt(expected[id] * (1 - expected[id]) / DRAWS);
            assertThat(counts[id] / (double) DRAWS).as("token %d", id).isCloseTo(expected[id], within(4 * sd));
        }
    }

    @Test
    void theSameSeedDrawsTheSame() {
        assertThat(draws(7)).containsExactly(draws(7)).isNotEqualTo(draws(8));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "50, 1, 0.000001", "0, 1, 0.5", "0, 0.0001, 1"})
    void whereOneTokenIsLeftItIsTheLikeliest(int topK, double temperature, double topP) {
        Sampler sampler = new Sampler(temperature, topK, topP, 3);
        assertThat(IntStream.range(0, 200).map(i -> sampler.choose())).containsOnly(6);
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "0, 0, 1, 0, 1, 1, 0, max_new_tokens",
                "1, -1, 1, 0, 1, 1, 0, min_new_tokens",
                "1, 0, 0, 0, 1, 1, 0, temperature",
                "1, 0, NaN, 0, 1, 1, 0, temperature",
                "1, 0, 1, -1, 1, 1, 0, top_k",
                "1, 0, 1, 0, 0, 1, 0, top_p",
                "1, 0, 1, 0, 1.1, 1, 0, top_p",
                "1, 0, 1, 0, 1, 0, 0, repetition_penalty",
                "1, 0, 1, 0, 1, 1, -1, no_repeat_ngram_size"
            })
    void settingsThatMakeNoSenseAreRefused(
            int max, int min, double temperature, int topK, double topP, double penalty, int ngram, String named) {
        assertThatThrownBy(() -> GenerationSettings.builder()
                        .maxNewTokens(max)
                        .minNewTokens(min)
                        .doSample(true)
                        .temperature(temperature)
                        .topK(topK)
                        .topP(topP)
                        .repetitionPenalty(penalty)
                        .noRepeatNgramSize(ngram)
                        .build())
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(named);
    }

    /** Straight from the definitions: top-k on the scores, top-p on what is left, then normalised. */
    private static double[] probabilities(double temperature, double topP, int topK) {
        int[] order = IntStream.range(0, SCORES.length)
                .boxed()
                .sorted((a, b) -> Float.compare(SCORES[b], SCORES[a]))
                .mapToInt(Integer::intValue)
                .limit(topK == 0 ? SCORES.length : topK)
                .toArray();
        double[] p = new double[SCORES.length];
        for (int id : order) {
            p[id] = Math.exp(SCORES[id] / temperature);
        }
        double all = DoubleStream.of(p).sum();
        double reached = 0;
        for (int id : order) {
            p[id] = reached >= topP * all ? 0 : p[id];
            reached += p[id];
        }
        double kept = DoubleStream.of(p).sum();
        return DoubleStream.of(p).map(x -> x / kept).toArray();
    }

    private static int[] draws(long seed) {
        Sampler sampler = new Sampler(1, 0, 1, seed);
        return IntStream.range(0, 50).map(i -> sampler.choose()).toArray();
    }

    /** Draws from what the constraints of the settings leave. */
    private record Sampler(List<Constraint> constraints, SplittableRandom random) {
        Sampler(double temperature, int topK, double topP, long seed) {
            this(
                    Constraint.of(GenerationSettings.builder()
                            .doSample(true)
                            .temperature(temperature)
                            .topK(topK)
                            .topP(topP)
                            .build()),
                    new SplittableRandom(seed));
        }

        int choose() {
            float[] scores = SCORES.clone();
            constraints.forEach(constraint -> constraint.apply(scores, List.of(), 0));
            return Choice.drawn(scores, random);
        }
    }
}
