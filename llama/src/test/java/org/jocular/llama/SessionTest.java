package org.jocular.llama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.llama.Answer.Ending;
import org.jocular.llama.Tiny.Pieces;
import org.jocular.llama.Tiny.Script;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** When an answer ends and what its reader sees, with a model that says what is known beforehand. */
class SessionTest {
    private static final Executor EXECUTOR = Tiny.executor("reference");
    private static final Arena ARENA = Arena.ofShared();

    private final List<String> heard = new ArrayList<>();

    @AfterAll
    static void close() {
        EXECUTOR.close();
        ARENA.close();
    }

    @Test
    void endsAtTheNumberOfTokens() {
        Answer answer = answer(Pieces.of("", "a", "b", "c", "d"), greedy(3));
        assertThat(answer.ids()).containsExactly(1, 2, 3);
        assertThat(answer.text()).isEqualTo("abc");
        assertThat(answer.ending()).isEqualTo(Ending.LENGTH);
    }

    @Test
    void endsAtAnyEndToken() {
        Answer answer = answer(Pieces.of("", "a", "b", "", "d"), greedy(9, 4, 3));
        assertThat(answer.ids()).containsExactly(1, 2, 3);
        assertThat(answer.text()).isEqualTo("ab");
        assertThat(answer.ending()).isEqualTo(Ending.END_TOKEN);
    }

    @Test
    void endsAtAStopStringThatLiesAcrossPieces() {
        GenerationSettings settings = with(greedy(9), List.of("###", "USER:"));
        Answer answer = answer(Pieces.of("", "yes", " #", "##Hu", "man"), settings);
        assertThat(answer.ids()).containsExactly(1, 2, 3);
        assertThat(answer.text()).isEqualTo("yes ");
        assertThat(answer.ending()).isEqualTo(Ending.STOP_STRING);
        assertThat(heard).containsExactly("yes", " ");
    }

    @Test
    void whatLookedLikeAStopStringComesAfterAll() {
        GenerationSettings settings = with(greedy(3), List.of("###"));
        assertThat(answer(Pieces.of("", "a", "#", "#"), settings).text()).isEqualTo("a##");
        assertThat(heard).containsExactly("a", "##");
    }

    /** Half of a character and a stop string at its end that only the last byte completes. */
    @Test
    void theReaderGetsWholeCharactersOnly() {
        byte[] e = "é。".getBytes(UTF_8);
        Pieces pieces = new Pieces(
                List.of(new byte[0], Arrays.copyOf(e, 1), Arrays.copyOfRange(e, 1, 3), Arrays.copyOfRange(e, 3, 5)));

        assertThat(answer(pieces, greedy(3)).text()).isEqualTo("é。").isEqualTo(String.join("", heard));
        assertThat(heard).doesNotContain("\uFFFD");
        assertThat(answer(pieces, with(greedy(9), List.of("é"))).text()).isEmpty();
        assertThat(answer(pieces, greedy(1)).text()).isEqualTo("\uFFFD");
    }

    /** The incomplete character at the end may complete a stop string too. */
    @Test
    void aStopStringInTheLastPieceEndsTheAnswer() {
        Pieces pieces = new Pieces(List.of(new byte[0], new byte[] {(byte) 0xC3}));
        Answer answer = answer(pieces, with(greedy(1), List.of("\uFFFD")));
        assertThat(answer.text()).isEmpty();
        assertThat(answer.ending()).isEqualTo(Ending.STOP_STRING);
    }

    @Test
    void noEndTokenBeforeTheSmallestNumberOfTokens() {
        GenerationSettings settings = greedy(6, 2).toBuilder().minNewTokens(3).build();
        Answer answer = answer(Pieces.of("", "a", "b", "c", "d"), settings);
        // Where the end token is not allowed, all others score 0 alike and the first is taken.
        assertThat(answer.ids()).containsExactly(1, 0, 1, 2);
    }

    /** 0 1 2 3 0 …: the prompt has 0 and 1; a token that may not come again is replaced by the first that may. */
    @Test
    void whetherThePromptCounts() {
        Pieces pieces = Pieces.of("", "a", "b", "c");
        assertThat(answer(pieces, noTokenTwice(true), 2, 3).ids()).containsExactly(0, 1);
        assertThat(answer(pieces, noTokenTwice(false), 2, 3).ids()).containsExactly(0, 1, 2, 3);
        assertThat(answer(pieces, noTokenTwice(false), 1, 1).ids()).containsExactly(2, 3, 0, 1);
    }

    @Test
    void theSameSeedGivesTheSameAnswer() {
        Pieces pieces = Pieces.of("", "a", "b", "c", "d", "e", "f");
        assertThat(answer(pieces, drawn(5)).ids())
                .containsExactly(answer(pieces, drawn(5)).ids());
        assertThat(answer(pieces, drawn(5)).ids())
                .isNotEqualTo(answer(pieces, drawn(6)).ids());
    }

    @Test
    void beyondTheContextThereIsASentence() {
        assertThat(answer(Pieces.of("", "a"), greedy(31)).ids()).hasSize(31);
        for (int tokens : new int[] {32, 1_000_000, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> answer(Pieces.of("", "a"), greedy(tokens)))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("1 token")
                    .hasMessageContaining(Integer.toString(tokens))
                    .hasMessageContaining("context of 32");
        }
        assertThatThrownBy(() -> answer(Pieces.of("", "a"), greedy(3), new int[0]))
                .isInstanceOf(BadInput.class);
    }

    /** A reader that has gone away must not spoil the session for the next question. */
    @Test
    void aListenerThatThrowsLeavesTheSessionInOrder() {
        Script model = Script.of(ARENA, 5, 32);
        try (Session session = new Session(EXECUTOR, model, Pieces.of("", "a", "b", "c", "d"))) {
            Prompt prompt = Tiny.prompt(model, EXECUTOR, ARENA, 4, 0);
            assertThatThrownBy(() -> session.answer(prompt, greedy(4), text -> {
                        if (text.equals("b")) {
                            throw new IllegalStateException("gone");
                        }
                    }))
                    .hasMessage("gone");
            Answer answer = session.answer(prompt, greedy(4), heard::add);
            assertThat(answer.text()).isEqualTo("abcd");
            assertThat(model.rows()).containsExactly(2, 1, 1, 1, 1, 1);
        }
    }

    @Test
    void whatIsInTheCacheIsNotComputedAgain() {
        Script model = Script.of(ARENA, 40, 2048);
        int[] first = IntStream.range(0, 600).map(i -> i % 40).toArray();
        int[] second = first.clone();
        second[590] = 7;
        try (Session session = new Session(EXECUTOR, model, Pieces.of(""))) {
            for (int[] ids : List.of(first, first, second)) {
                session.score(Tiny.prompt(model, EXECUTOR, ARENA, ids), List.of(new int[] {1}));
            }
        }
        assertThat(model.rows()).containsExactly(512, 88, 1, 10);
    }

    private Answer answer(Pieces pieces, GenerationSettings settings) {
        return answer(pieces, settings, 0);
    }

    private Answer answer(Pieces pieces, GenerationSettings settings, int... prompt) {
        heard.clear();
        Script model = Script.of(ARENA, pieces.vocabSize(), 32);
        try (Session session = new Session(EXECUTOR, model, pieces)) {
            Answer answer = session.answer(Tiny.prompt(model, EXECUTOR, ARENA, prompt), settings, heard::add);
            assertThat(answer.text()).isEqualTo(String.join("", heard));
            return answer;
        }
    }

    private static GenerationSettings greedy(int tokens, Integer... eos) {
        return GenerationSettings.greedy(tokens, List.of(eos));
    }

    private static GenerationSettings noTokenTwice(boolean promptCounts) {
        return greedy(promptCounts ? 2 : 4).toBuilder()
                .noRepeatNgramSize(1)
                .promptCounts(promptCounts)
                .build();
    }

    private static GenerationSettings drawn(long seed) {
        return greedy(25).toBuilder().doSample(true).topK(0).seed(seed).build();
    }

    private static GenerationSettings with(GenerationSettings s, List<String> stop) {
        return s.toBuilder().stop(stop).build();
    }
}
