package org.jocular.llama;

import static java.lang.Float.NEGATIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConstraintTest {
    private static float[] applied(Constraint constraint, float[] scores, List<Integer> tokens, int generated) {
        float[] copy = scores.clone();
        constraint.apply(copy, tokens, generated);
        return copy;
    }

    @Test
    void repetitionPenaltyDividesPositiveAndMultipliesNegativeScores() {
        float[] scores = {4, -4, 0, 1, NEGATIVE_INFINITY};
        assertThat(applied(Constraint.repetitionPenalty(2), scores, List.of(0, 1, 2, 4), 0))
                .containsExactly(2, -8, 0, 1, NEGATIVE_INFINITY);
        assertThat(applied(Constraint.repetitionPenalty(0.5f), scores, List.of(0, 1), 0))
                .containsExactly(8, -2, 0, 1, NEGATIVE_INFINITY);
    }

    @Test
    void repetitionPenaltyCountsATokenOnce() {
        float[] scores = {4, 4, 4};
        assertThat(applied(Constraint.repetitionPenalty(2), scores, List.of(1, 1, 1), 3))
                .containsExactly(4, 2, 4);
        assertThat(applied(Constraint.repetitionPenalty(2), scores, List.of(), 0))
                .containsExactly(scores);
    }

    /** −200 stands for a picture in the original LLaVA; an id beyond the output layer may stand in a prompt. */
    @Test
    void idsOutsideOfTheScoresAreLeftAlone() {
        float[] scores = {4, 4};
        List<Integer> tokens = List.of(-200, 7, 0, -200);
        assertThat(applied(Constraint.repetitionPenalty(2), scores, tokens, 0)).containsExactly(2, 4);
        assertThat(applied(Constraint.noRepeatNgram(1), scores, tokens, 0)).containsExactly(NEGATIVE_INFINITY, 4);
        assertThat(applied(Constraint.minNewTokens(1, List.of(1, 32002)), scores, tokens, 0))
                .containsExactly(4, NEGATIVE_INFINITY);
    }

    @Test
    void noTokenTwice() {
        assertThat(applied(Constraint.noRepeatNgram(1), new float[4], List.of(2, 0, 2), 3))
                .containsExactly(NEGATIVE_INFINITY, 0, NEGATIVE_INFINITY, 0);
    }

    @Test
    void noPairTwice() {
        Constraint pairs = Constraint.noRepeatNgram(2);
        assertThat(applied(pairs, new float[4], List.of(1, 2, 1, 3, 1), 5))
                .containsExactly(0, 0, NEGATIVE_INFINITY, NEGATIVE_INFINITY);
        assertThat(applied(pairs, new float[4], List.of(3, 3), 2)).containsExactly(0, 0, 0, NEGATIVE_INFINITY);
        assertThat(applied(pairs, new float[4], List.of(3), 1)).containsExactly(0, 0, 0, 0);
        assertThat(applied(pairs, new float[4], List.of(), 0)).containsExactly(0, 0, 0, 0);
    }

    @Test
    void noTripleTwice() {
        Constraint triples = Constraint.noRepeatNgram(3);
        assertThat(applied(triples, new float[4], List.of(1, 2, 3, 0, 1, 2), 6))
                .containsExactly(0, 0, 0, NEGATIVE_INFINITY);
        assertThat(applied(triples, new float[4], List.of(1, 2, 3, 2, 1), 5)).containsExactly(0, 0, 0, 0);
        assertThat(applied(triples, new float[4], List.of(1), 1)).containsExactly(0, 0, 0, 0);
    }

    @Test
    void noEndTokenTooEarly() {
        Constraint three = Constraint.minNewTokens(3, List.of(0, 2));
        assertThat(applied(three, new float[3], List.of(), 2)).containsExactly(NEGATIVE_INFINITY, 0, NEGATIVE_INFINITY);
        assertThat(applied(three, new float[3], List.of(), 3)).containsExactly(0, 0, 0);
    }

    @Test
    void onlyWhatTheSettingsAskFor() {
        GenerationSettings plain = GenerationSettings.greedy(5, List.of(2));
        assertThat(Constraint.of(plain)).isEmpty();
        GenerationSettings.Builder all = plain.toBuilder()
                .minNewTokens(1)
                .minLength(3)
                .repetitionPenalty(1.2)
                .noRepeatNgramSize(2)
                .badWordsIds(List.of(List.of(4)));
        assertThat(Constraint.of(all.build())).hasSize(5);
        all.doSample(true).temperature(0.5).topP(0.9);
        assertThat(Constraint.of(all.build())).hasSize(8);
    }
}
