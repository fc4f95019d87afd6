package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.llama.Answer.Ending;
import org.jocular.llama.Answer.Sequence;
import org.jocular.llama.Tiny.Pieces;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.weights.GenerationConfig.EarlyStopping;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beam search against searches that look at everything, or compute everything anew. */
class BeamSearchTest {
    private static final int VOCABULARY = 7;
    private static final int EOS = 3;

    private static final Executor EXECUTOR = Tiny.executor("simd");
    private static final Arena ARENA = Arena.ofShared();
    private static final Llama MODEL = Llama.load(
            new Tiny.RandomWeights(ARENA, ""), new Llama.Config(VOCABULARY, 32, 44, 2, 4, 2, 8, 256, 1e-5f, 10000, 1));
    private static final Pieces TEXT = Pieces.of("a", "b", "c", "", "d", "e", "f");
    private static final Prompt PROMPT = Tiny.prompt(MODEL, EXECUTOR, ARENA, 1, 5, 0, 2, 6);

    @AfterAll
    static void close() {
        EXECUTOR.close();
        ARENA.close();
    }

    /** So many beams that none is dropped find what scoring every sequence there is finds. */
    @ParameterizedTest
    @ValueSource(doubles = {-1, 0, 1, 2})
    void enoughBeamsFindTheBestOfAllSequences(double lengthPenalty) {
        int length = 4;
        List<int[]> all = new ArrayList<>();
        extend(all, new int[0], length);
        List<Sequence> expected = new ArrayList<>();
        try (Session session = session()) {
            double[] nll = session.score(PROMPT, all);
            for (int i = 0; i < nll.length; i++) {
                double score = -nll[i] / Math.pow(all.get(i).length, lengthPenalty);
                expected.add(new Sequence(all.get(i), TEXT.decode(all.get(i), true), score));
            }
        }
        expected.sort(Comparator.comparingDouble(Sequence::score).reversed());

        Answer answer = answer(beams(400, length)
                .lengthPenalty(lengthPenalty)
                .eosTokenIds(List.of(EOS))
                .earlyStopping(EarlyStopping.NEVER)
                .numReturnSequences(20)
                .build());
        assertThat(answer.sequences()).hasSize(20);
        for (int i = 0; i < 20; i++) {
            Sequence found = answer.sequences().get(i);
            assertThat(found.ids())
                    .as("number %d", i)
                    .containsExactly(expected.get(i).ids());
            assertThat(found.text()).isEqualTo(expected.get(i).text());
            assertThat(found.score()).isCloseTo(expected.get(i).score(), within(1e-4));
        }
        assertThat(answer.ids()).containsExactly(expected.getFirst().ids());
    }

    /** All sequences that end with the end token, or with the length. */
    private static void extend(List<int[]> all, int[] begun, int length) {
        for (int id = 0; id < VOCABULARY; id++) {
            int[] longer = Arrays.copyOf(begun, begun.length + 1);
            longer[begun.length] = id;
            if (id == EOS || longer.length == length) {
                all.add(longer);
            } else {
                extend(all, longer, length);
            }
        }
    }

    /** Long enough that dropped branches must be forgotten many times over. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void sharedRowsAreWhatComputingEachBeamAnewGives(int beams) {
        assertThat(answer(beams(beams, 60).build()).ids()).containsExactly(naive(beams, 60));
    }

    /** Beams without an end token, each step from the whole sequence and a new cache. */
    private static int[] naive(int beams, int length) {
        record Beam(int[] ids, double score) {}
        List<Beam> running = List.of(new Beam(PROMPT.ids(), 0));
        for (int step = 0; step < length; step++) {
            List<Beam> candidates = new ArrayList<>();
            for (Beam beam : running) {
                float[] logits = Tiny.logits(MODEL, EXECUTOR, beam.ids);
                float[] last = Arrays.copyOfRange(logits, logits.length - VOCABULARY, logits.length);
                double sum = IntStream.range(0, VOCABULARY)
                        .mapToDouble(id -> Math.exp(last[id]))
                        .sum();
                for (int id = 0; id < VOCABULARY; id++) {
                    int[] longer = Arrays.copyOf(beam.ids, beam.ids.length + 1);
                    longer[beam.ids.length] = id;
                    candidates.add(new Beam(longer, beam.score + last[id] - Math.log(sum)));
                }
            }
            candidates.sort(Comparator.comparingDouble(Beam::score).reversed());
            running = candidates.subList(0, beams);
        }
        int[] best = running.getFirst().ids;
        return Arrays.copyOfRange(best, PROMPT.length(), best.length);
    }

    @Test
    void theThreeFormsOfStopping() {
        GenerationSettings.Builder settings =
                beams(3, 30).eosTokenIds(List.of(EOS)).numReturnSequences(3);
        Answer early = answer(
                settings.earlyStopping(EarlyStopping.AT_ENOUGH_HYPOTHESES).build());
        Answer heuristic =
                answer(settings.earlyStopping(EarlyStopping.HEURISTIC).build());
        Answer never = answer(settings.earlyStopping(EarlyStopping.NEVER).build());
        // The longer it looks, the better what it finds.
        assertThat(heuristic.sequences().getFirst().score())
                .isGreaterThanOrEqualTo(early.sequences().getFirst().score());
        assertThat(never.sequences().getLast().score())
                .isGreaterThanOrEqualTo(heuristic.sequences().getLast().score());
        for (Answer answer : List.of(early, heuristic, never)) {
            assertThat(answer.sequences()).extracting(Sequence::score).isSortedAccordingTo(Comparator.reverseOrder());
        }
    }

    @Test
    void constraintsHoldInEveryBeam() {
        Answer answer = answer(beams(4, 20)
                .eosTokenIds(List.of(EOS))
                .minNewTokens(9)
                .noRepeatNgramSize(2)
                .badWordsIds(List.of(List.of(6), List.of(0, 1)))
                .numReturnSequences(4)
                .promptCounts(false)
                .build());
        for (Sequence sequence : answer.sequences()) {
            List<Integer> ids = IntStream.of(sequence.ids()).boxed().toList();
            assertThat(ids).hasSizeGreaterThan(9).doesNotContain(6).doesNotContainSequence(0, 1);
            List<List<Integer>> pairs = IntStream.range(1, ids.size())
                    .mapToObj(i -> ids.subList(i - 1, i + 1))
                    .toList();
            assertThat(pairs).doesNotHaveDuplicates();
        }
    }

    @Test
    void lengthsCountThePromptWhereItCounts() {
        GenerationSettings.Builder settings = beams(3, 100).maxLength(12);
        assertThat(answer(settings.promptCounts(true).build()).ids()).hasSize(12 - PROMPT.length());
        assertThat(answer(settings.promptCounts(false).build()).ids()).hasSize(12);
        assertThat(answer(settings.numBeams(1).numReturnSequences(1).build()).ids())
                .hasSize(12);
        assertThatThrownBy(() -> answer(settings.maxLength(5).promptCounts(true).build()))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("max_length is 5");
        GenerationSettings.Builder ending =
                beams(3, 30).eosTokenIds(IntStream.range(0, 6).boxed().toList());
        assertThat(answer(ending.minLength(11).promptCounts(true).build()).ids())
                .hasSizeGreaterThan(11 - PROMPT.length());
    }

    @Test
    void stopStringsEndBeams() {
        Answer answer = answer(
                beams(3, 40).stop(List.of("cd", "f")).numReturnSequences(3).build());
        for (Sequence sequence : answer.sequences()) {
            assertThat(sequence.text()).doesNotContain("cd", "f");
        }
        assertThat(answer.ending()).isIn(Ending.STOP_STRING, Ending.LENGTH);
    }

    @Test
    void drawnBeamsDependOnTheSeedAlone() {
        GenerationSettings.Builder settings = beams(3, 25).doSample(true).temperature(1.5);
        int[] first = answer(settings.seed(1).build()).ids();
        assertThat(answer(settings.seed(1).build()).ids()).containsExactly(first);
        assertThat(answer(settings.seed(2).build()).ids()).isNotEqualTo(first);
    }

    @Test
    void whereEverythingIsForbiddenItSaysSo() {
        List<List<Integer>> words =
                IntStream.range(0, VOCABULARY).mapToObj(List::of).toList();
        assertThatThrownBy(() -> answer(beams(2, 5).badWordsIds(words).build()))
                .isInstanceOf(BadInput.class)
                .hasMessage("the constraints forbid every token after 0");
    }

    @Test
    void theListenerHearsTheWholeTextOnce() {
        List<String> heard = new ArrayList<>();
        try (Session session = session()) {
            Answer answer = session.answer(PROMPT, beams(3, 10).build(), heard::add);
            assertThat(heard).containsExactly(answer.text());
        }
    }

    /** A search leaves branches in the cache; the next prompt must not see them. */
    @Test
    void aSessionGoesOnAfterASearch() {
        try (Session session = session()) {
            GenerationSettings greedy = GenerationSettings.greedy(10, List.of());
            int[] expected = session.answer(PROMPT, greedy, text -> {}).ids();
            session.answer(PROMPT, beams(4, 30).build(), text -> {});
            assertThat(session.answer(PROMPT, greedy, text -> {}).ids()).containsExactly(expected);
            session.score(PROMPT, List.of(new int[] {1, 2, 3}, new int[] {4, 4}));
            assertThat(session.answer(PROMPT, greedy, text -> {}).ids()).containsExactly(expected);
        }
    }

    private static GenerationSettings.Builder beams(int beams, int maxNewTokens) {
        return GenerationSettings.builder().numBeams(beams).maxNewTokens(maxNewTokens);
    }

    private static Answer answer(GenerationSettings settings) {
        try (Session session = session()) {
            return session.answer(PROMPT, settings, text -> {});
        }
    }

    private static Session session() {
        return new Session(EXECUTOR, MODEL, TEXT);
    }
}
