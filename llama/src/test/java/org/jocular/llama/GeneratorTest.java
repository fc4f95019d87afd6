package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jocular.llama.Generator.Candidates;
import org.jocular.llama.Generator.Request;
import org.jocular.llama.Tiny.Pieces;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many requests together are answered as each one alone. */
class GeneratorTest {
    private static final Executor EXECUTOR = Tiny.executor("simd");
    private static final Arena ARENA = Arena.ofShared();
    private static final Pieces TEXT = Pieces.of("x".repeat(61).split(""));

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        EXECUTOR.close();
        ARENA.close();
    }

    /** Prompts of 1 to 20 tokens; greedy, drawn, beams; some end early. */
    @ParameterizedTest
    @CsvSource({"llama, 1", "llama, 2", "llama, 5", "llama, 100", "opt, 3", "opt, 100", "t5, 3", "t5, 100"})
    void aBatchIsAsEachAlone(String kind, int atOnce) {
        LanguageModel model = TinyLm.model(kind, directory, ARENA);
        List<Request> requests = requests(model);
        List<int[]> alone = new ArrayList<>();
        for (Request request : requests) {
            try (Session session = new Session(EXECUTOR, model, TEXT)) {
                alone.add(session.answer(request.prompt(), request.settings(), text -> {})
                        .ids());
            }
        }
        List<Answer> together = new Generator(EXECUTOR, model, TEXT).answer(requests, atOnce);
        for (int i = 0; i < alone.size(); i++) {
            assertThat(together.get(i).ids()).as("request %d", i).containsExactly(alone.get(i));
        }
    }

    private static List<Request> requests(LanguageModel model) {
        Random random = new Random(3);
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int[] ids = random.ints(1 + random.nextInt(20), 0, 61).toArray();
            GenerationSettings.Builder settings = GenerationSettings.builder()
                    .maxNewTokens(3 + random.nextInt(20))
                    .eosTokenIds(List.of(7, 8, 9))
                    .promptCounts(i % 2 == 0);
            switch (i % 4) {
                case 1 -> settings.doSample(true).seed(i);
                case 2 -> settings.numBeams(1 + i / 2).lengthPenalty(i % 3);
                case 3 -> settings.repetitionPenalty(1.5).noRepeatNgramSize(2);
                default -> {}
            }
            requests.add(new Request(Tiny.prompt(model, EXECUTOR, ARENA, ids), settings.build()));
        }
        return requests;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "opt", "t5"})
    void candidatesOfABatchScoreAsAlone(String kind) {
        LanguageModel model = TinyLm.model(kind, directory, ARENA);
        List<Candidates> requests = new ArrayList<>();
        Random random = new Random(4);
        for (int i = 0; i < 5; i++) {
            Prompt prompt = Tiny.prompt(
                    model, EXECUTOR, ARENA, random.ints(1 + 3L * i, 0, 61).toArray());
            List<int[]> candidates = IntStream.range(0, 1 + i * i)
                    .mapToObj(c -> random.ints(1 + c % 4, 0, 61).toArray())
                    .toList();
            requests.add(new Candidates(prompt, candidates));
        }
        List<double[]> together = new Generator(EXECUTOR, model, TEXT).score(requests, 3);
        for (int i = 0; i < requests.size(); i++) {
            try (Session session = new Session(EXECUTOR, model, TEXT)) {
                double[] alone =
                        session.score(requests.get(i).prompt(), requests.get(i).ids());
                assertThat(together.get(i)).containsExactly(alone, within(1e-4));
            }
        }
    }

    /** More rows than one pass takes. */
    @Test
    void aThousandCandidates() {
        Llama model = Tiny.llama(ARENA, 2, 64);
        Prompt prompt = Tiny.prompt(model, EXECUTOR, ARENA, 4, 5, 6);
        List<int[]> candidates = IntStream.range(0, 1000)
                .mapToObj(i -> new int[] {i % 61, i / 61, 5})
                .toList();
        try (Session session = new Session(EXECUTOR, model, TEXT)) {
            double[] all = session.score(prompt, candidates);
            for (int i : new int[] {0, 1, 127, 128, 500, 999}) {
                double alone = session.score(prompt, List.of(candidates.get(i)))[0];
                assertThat(all[i]).isCloseTo(alone, within(1e-4));
            }
        }
    }

    /** One pass for each step, whatever number of requests. */
    @Test
    void aStepIsOnePass() {
        Tiny.Script model = Tiny.Script.of(ARENA, 5, 32);
        Pieces text = Pieces.of("", "a", "b", "c", "d");
        List<Request> requests = IntStream.of(1, 2, 3)
                .mapToObj(n -> new Request(
                        Tiny.prompt(model, EXECUTOR, ARENA, new int[n]), GenerationSettings.greedy(3, List.of())))
                .toList();
        new Generator(EXECUTOR, model, text).answer(requests, 10);
        assertThat(model.rows()).containsExactly(1 + 2 + 3, 3, 3);
    }

    @Test
    void answersArriveAsTheyAreReady() {
        Tiny.Script model = Tiny.Script.of(ARENA, 5, 64);
        Pieces text = Pieces.of("", "a", "b", "c", "d");
        List<Request> requests = IntStream.of(9, 2, 5, 1)
                .mapToObj(n ->
                        new Request(Tiny.prompt(model, EXECUTOR, ARENA, 0), GenerationSettings.greedy(n, List.of())))
                .toList();
        List<Integer> order = new ArrayList<>();
        new Generator(EXECUTOR, model, text).answer(requests, 2, (number, answer) -> order.add(number));
        assertThat(order).containsExactly(1, 2, 3, 0);
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingIsComputed() {
        Tiny.Script model = Tiny.Script.of(ARENA, 5, 32);
        List<Request> requests = Arrays.asList(
                new Request(Tiny.prompt(model, EXECUTOR, ARENA, 0), GenerationSettings.greedy(3, List.of())),
                new Request(Tiny.prompt(model, EXECUTOR, ARENA, 0), GenerationSettings.greedy(32, List.of())));
        Generator generator = new Generator(EXECUTOR, model, Pieces.of("", "a", "b", "c", "d"));
        assertThatThrownBy(() -> generator.answer(requests, 2)).isInstanceOf(BadInput.class);
        assertThat(model.rows()).isEmpty();
        assertThatThrownBy(() -> generator.answer(List.of(), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(generator.answer(List.of(), 4)).isEmpty();
    }
}
