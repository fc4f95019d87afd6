package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jocular.llama.Tiny.Pieces;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session keeps from one prompt to the next, and in what portions it computes one, never shows. */
class SessionReuseTest {
    private static final Executor EXECUTOR = Tiny.executor("simd");
    private static final Arena ARENA = Arena.ofShared();
    private static final Llama MODEL = Tiny.llama(ARENA, 2, 2048);
    private static final Tokenizer NO_TEXT = Pieces.of("x".repeat(61).split(""));
    private static final GenerationSettings GREEDY = GenerationSettings.greedy(12, List.of());

    @AfterAll
    static void close() {
        EXECUTOR.close();
        ARENA.close();
    }

    /** Around the portion of 512 rows. */
    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 513, 1024, 1025, 1300})
    void promptsInPortions(int length) {
        int[] ids = Tiny.randomIds(length, 61);
        float[] logits = Tiny.logits(MODEL, EXECUTOR, ids);
        float[] last = Arrays.copyOfRange(logits, (length - 1) * 61, length * 61);
        try (Session session = session()) {
            List<int[]> all =
                    IntStream.range(0, 61).mapToObj(id -> new int[] {id}).toList();
            double[] nll = session.score(prompt(ids), all);
            for (int id = 0; id < 61; id++) {
                assertThat(nll[id]).isCloseTo(nll(last, 0, id), within(1e-4));
            }
        }
    }

    @Test
    void aSecondPromptIsAnsweredAsInANewSession() {
        int[] first = Tiny.randomIds(30, 61);
        int[] longer = Arrays.copyOf(first, 45);
        int[] shorter = Arrays.copyOf(first, 11);
        int[] other = first.clone();
        other[13] = (other[13] + 1) % 61;
        int[] different = Arrays.copyOfRange(Tiny.randomIds(40, 61), 25, 40);
        try (Session session = session()) {
            for (int[] ids : List.of(first, first, longer, shorter, other, different, first)) {
                assertThat(session.answer(prompt(ids), GREEDY, text -> {}).ids())
                        .containsExactly(fresh(prompt(ids)));
            }
        }
    }

    /** The answer becomes part of the next prompt, as in a conversation. */
    @Test
    void aConversationGoesOn() {
        int[] ids = Tiny.randomIds(9, 61);
        try (Session session = session()) {
            for (int turn = 0; turn < 5; turn++) {
                int[] answer = session.answer(prompt(ids), GREEDY, text -> {}).ids();
                assertThat(answer).containsExactly(fresh(prompt(ids)));
                int[] next = Arrays.copyOf(ids, ids.length + answer.length + 3);
                System.arraycopy(answer, 0, next, ids.length, answer.length);
                ids = next;
            }
        }
    }

    /** The same ids, but other pictures: rows of the one must not be taken for rows of the other. */
    @Test
    void picturesAtTheSameIdsAreNotMixedUp() {
        int[] ids = Tiny.randomIds(20, 61);
        Arrays.fill(ids, 3, 9, 60);
        Prompt red = withPicture(ids, 1);
        Prompt blue = withPicture(ids, 2);
        assertThat(fresh(red)).isNotEqualTo(fresh(blue));
        try (Session session = session()) {
            for (Prompt prompt : List.of(red, blue, blue, red, prompt(ids), red)) {
                assertThat(session.answer(prompt, GREEDY, text -> {}).ids()).containsExactly(fresh(prompt));
            }
        }
    }

    @Test
    void candidatesScoreAsTheWholeTextDoes() {
        int[] ids = Tiny.randomIds(15, 61);
        List<int[]> candidates = List.of(new int[] {5}, new int[] {5, 9, 60}, new int[] {0, 0}, new int[] {5, 9});
        double[] expected = candidates.stream()
                .mapToDouble(candidate -> wholeText(ids, candidate))
                .toArray();
        try (Session session = session()) {
            assertThat(session.score(prompt(ids), candidates)).containsExactly(expected, within(1e-4));
            assertThat(session.score(prompt(ids), candidates)).containsExactly(expected, within(1e-4));
            assertThat(session.answer(prompt(ids), GREEDY, text -> {}).ids()).containsExactly(fresh(prompt(ids)));
            assertThat(session.score(prompt(ids), candidates.reversed())[3]).isCloseTo(expected[0], within(1e-4));
            assertThat(session.score(prompt(ids), List.of())).isEmpty();
            assertThatThrownBy(() -> session.score(prompt(ids), List.of(new int[0])))
                    .isInstanceOf(BadInput.class);
        }
    }

    @Test
    void aFailureInTheMiddleLeavesTheSessionInOrder() {
        int[] ids = Tiny.randomIds(15, 61);
        try (Session session = session()) {
            session.answer(prompt(ids), GREEDY, text -> {});
            // No embedding has the id 61.
            assertThatThrownBy(() -> session.score(prompt(ids), List.of(new int[] {1, 61, 2})))
                    .isInstanceOf(RuntimeException.class);
            assertThat(session.answer(prompt(ids), GREEDY, text -> {}).ids()).containsExactly(fresh(prompt(ids)));
        }
    }

    private static double wholeText(int[] prompt, int[] candidate) {
        int[] all = Arrays.copyOf(prompt, prompt.length + candidate.length);
        System.arraycopy(candidate, 0, all, prompt.length, candidate.length);
        float[] logits = Tiny.logits(MODEL, EXECUTOR, all);
        double sum = 0;
        for (int i = prompt.length; i < all.length; i++) {
            sum += nll(logits, (i - 1) * 61, all[i]);
        }
        return sum;
    }

    private static double nll(float[] scores, int from, int id) {
        double sum = 0;
        for (int i = from; i < from + 61; i++) {
            sum += Math.exp(scores[i]);
        }
        return Math.log(sum) - scores[from + id];
    }

    private static Session session() {
        return new Session(EXECUTOR, MODEL, NO_TEXT);
    }

    private static int[] fresh(Prompt prompt) {
        try (Session session = session()) {
            return session.answer(prompt, GREEDY, text -> {}).ids();
        }
    }

    private static Prompt prompt(int... ids) {
        return Tiny.prompt(MODEL, EXECUTOR, ARENA, ids);
    }

    /** Rows 3 to 8 are those of a picture. */
    private static Prompt withPicture(int[] ids, int picture) {
        Prompt words = prompt(ids);
        Tensor rows = words.embeddings();
        Random random = new Random(picture);
        for (long i = 3L * rows.width(); i < 9L * rows.width(); i++) {
            DType.F32.set(rows.data(), i, random.nextGaussian());
        }
        long[] pictures = new long[ids.length];
        Arrays.fill(pictures, 3, 9, picture);
        return new Prompt(ids, pictures, rows);
    }
}
