package org.jocular.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jocular.eval.judge.JudgeServer.breakOff;
import static org.jocular.eval.judge.JudgeServer.hangUp;
import static org.jocular.eval.judge.JudgeServer.status;
import static org.jocular.eval.judge.Rig.KEY;
import static org.jocular.eval.judge.Rig.items;
import static org.jocular.eval.judge.Rig.options;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jocular.eval.task.JudgedTask.Question;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewerTest {
    @TempDir
    Path dir;

    private Rig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig(dir);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Map<String, String> expected(int count) {
        Map<String, String> reviews = new TreeMap<>();
        items(count).forEach(item -> reviews.put(item.key(), JudgeServer.review(item.key())));
        return reviews;
    }

    /** Everything that a bad day has, for the first tries of most questions. */
    private void scriptABadDay() {
        for (int i = 0; i < 30; i++) {
            String question = "question " + i;
            switch (i % 6) {
                case 0 -> rig.server.script(question, status(429, "slow down", "Retry-After", "3"), status(500, ""));
                case 1 -> rig.server.script(question, status(200, "<html>"), status(200, "{\"choices\": [{"));
                case 2 -> rig.server.script(question, breakOff());
                case 3 -> rig.server.script(question, hangUp(), status(503, ""), status(200, ""));
                default -> {}
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void noAnswerIsLostAndNoneAskedTwice(int atOnce) throws Exception {
        scriptABadDay();
        Map<String, String> reviews = new TreeMap<>();
        Reviewer.Summary summary = Reviewer.review(rig.judge(options(4, null, null, atOnce)), items(30), reviews::put);
        assertThat(summary).isEqualTo(new Reviewer.Summary(30, 0, 0, new LinkedHashMap<>()));
        assertThat(summary.notes()).isEmpty();
        assertThat(reviews).isEqualTo(expected(30));
        assertThat(rig.server.answered()).hasSize(30).doesNotHaveDuplicates();
        assertThat(rig.slept).hasSize(5 * (2 + 2 + 1 + 3));

        Map<String, String> again = new TreeMap<>();
        int requests = rig.server.requests().size();
        Reviewer.review(rig.judge(options(4, 0L, null, 9 - atOnce)), items(30).reversed(), again::put);
        assertThat(again).isEqualTo(reviews);
        assertThat(rig.server.requests()).hasSize(requests);
    }

    @Test
    void lateAnswersReachTheirQuestions() throws Exception {
        CountDownLatch others = new CountDownLatch(2);
        rig.server.script("question 0", rig.server.late(others));
        rig.server.script("question 2", rig.server.late(others));
        List<String> order = new ArrayList<>();
        Map<String, String> reviews = new TreeMap<>();
        Reviewer.review(rig.judge(), items(4), (key, review) -> {
            order.add(key);
            reviews.put(key, review);
            others.countDown();
        });
        assertThat(reviews).isEqualTo(expected(4));
        assertThat(order.subList(0, 2)).containsExactlyInAnyOrder("question 1", "question 3");
    }

    @Test
    void theCapHoldsForAllThreadsAndTheNextRunGoesOn() throws Exception {
        scriptABadDay();
        Map<String, String> reviews = Collections.synchronizedMap(new TreeMap<>());
        int requests = 0;
        int runs = 0;
        while (reviews.size() < 30) {
            Map<String, String> these = new TreeMap<>();
            Reviewer.Summary summary = Reviewer.review(rig.judge(options(4, 10L, null, 8)), items(30), these::put);
            assertThat(summary.reviewed()).isEqualTo(these.size());
            assertThat(summary.reviewed() + summary.overBudget()).isEqualTo(30);
            assertThat(these).containsAllEntriesOf(reviews);
            assertThat(rig.server.requests().size() - requests).isLessThanOrEqualTo(10);
            if (summary.overBudget() > 0) {
                assertThat(rig.server.requests()).hasSize(requests + 10);
                assertThat(summary.notes())
                        .containsExactly(
                                "%d of 30 answers have no review".formatted(summary.overBudget()),
                                "%d without a review: the budget of 10 requests is spent"
                                        .formatted(summary.overBudget()));
            }
            requests = rig.server.requests().size();
            reviews.putAll(these);
            runs++;
        }
        assertThat(runs).isGreaterThan(5);
        assertThat(reviews).isEqualTo(expected(30));
        assertThat(rig.server.answered()).hasSize(30).doesNotHaveDuplicates();
        assertThat(requests).isEqualTo(30 + 5 * (2 + 2 + 1 + 3));
    }

    @Test
    void theSameQuestionFromManyThreadsIsSentOnce() throws Exception {
        List<Reviewer.Item<Integer>> same = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            same.add(new Reviewer.Item<>(i, "llava-bench", "" + i, Rig.question("What?")));
        }
        Map<Integer, String> reviews = new TreeMap<>();
        Reviewer.review(rig.judge(options(1, null, null, 20)), same, reviews::put);
        assertThat(reviews).hasSize(20);
        assertThat(reviews.values()).containsOnly(JudgeServer.review("What?"));
        assertThat(rig.server.requests()).hasSize(1);
    }

    @Test
    void twoProcessesMayShareTheFolder() throws Exception {
        HttpJudge other = rig.judge(options(1, null, null, 4));
        Map<String, String> reviews = new TreeMap<>();
        Map<String, String> others = new TreeMap<>();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Reviewer.Summary> done =
                    thread.submit(() -> Reviewer.review(other, items(30).reversed(), others::put));
            Reviewer.review(rig.judge(options(1, null, null, 4)), items(30), reviews::put);
            assertThat(done.get().reviewed()).isEqualTo(30);
        }
        assertThat(reviews).isEqualTo(expected(30)).isEqualTo(others);
        assertThat(rig.replyFiles()).hasSize(30);
        int requests = rig.server.requests().size();
        Reviewer.review(rig.judge(), items(30), reviews::put);
        assertThat(rig.server.requests()).hasSize(requests);
    }

    @Test
    void theKeyIsNowhere() throws Exception {
        rig.server.script("question 1", status(400, "bad key " + KEY));
        rig.server.script("question 2", status(500, "bad key " + KEY));
        rig.server.script("question 3", status(200, JudgeServer.reply(KEY, "8 9\nYour key is " + KEY)));
        HttpJudge judge = rig.judge(options(1, null, null, 2));
        Map<String, String> reviews = new TreeMap<>();
        Reviewer.Summary summary = Reviewer.review(judge, items(4), reviews::put);
        assertThat(summary.failed()).isEqualTo(2);
        assertThat(reviews.get("question 3")).isEqualTo("8 9\nYour key is ***");
        assertThat(summary + judge.label() + judge.settings() + judge.notes() + reviews)
                .doesNotContain(KEY);
        assertThat(rig.replyFiles()).hasSize(2);
        for (Path file : rig.replyFiles()) {
            assertThat(Files.readString(file)).doesNotContain(KEY);
        }
        assertThat(rig.server.requests())
                .allSatisfy(request -> assertThat(request.authorization()).isEqualTo("Bearer " + KEY));
    }

    @Test
    void failuresAreCountedByTheirReasons() throws Exception {
        rig.server.script("question 1", status(400, "too long"));
        rig.server.script("question 2", status(500, ""));
        rig.server.script("question 3", status(400, "too long"));
        Map<String, String> reviews = new TreeMap<>();
        Reviewer.Summary summary = Reviewer.review(rig.judge(options(1, null, null, 1)), items(5), reviews::put);
        assertThat(summary.notes())
                .containsExactly(
                        "3 of 5 answers have no review",
                        "2 without a review: %s refuses: HTTP 400: too long".formatted(rig.server.address()),
                        "1 without a review: %s gave none in 1 tries, at last HTTP 500"
                                .formatted(rig.server.address()));
        assertThat(reviews).containsOnlyKeys("question 0", "question 4");
    }

    @Test
    void onlyTheFirstFewReasonsAreTold() throws Exception {
        for (int i = 0; i < 10; i++) {
            rig.server.script("question " + i, status(400, "reason " + i));
        }
        Reviewer.Summary summary = Reviewer.review(rig.judge(), items(10), (key, review) -> {});
        assertThat(summary.reasons()).hasSize(5);
        assertThat(summary.notes()).hasSize(7).last().isEqualTo("5 without a review for other reasons");
    }

    @Test
    void noMoreQuestionsAreTakenThanAreAskedAtOnce() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        Iterator<Reviewer.Item<String>> source = items(40).iterator();
        Iterable<Reviewer.Item<String>> watched = () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public Reviewer.Item<String> next() {
                assertThat(taken.incrementAndGet() - done.get()).isLessThanOrEqualTo(3);
                return source.next();
            }
        };
        Reviewer.review(rig.judge(options(1, null, null, 3)), watched, (key, review) -> done.incrementAndGet());
        assertThat(done).hasValue(40);
    }

    @Test
    void whatTheSinkThrowsEndsItAndWhatIsUnderWayIsKept() throws Exception {
        CountDownLatch thrown = new CountDownLatch(1);
        rig.server.script("question 1", rig.server.late(thrown));
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> Reviewer.review(rig.judge(options(1, null, null, 2)), items(30), (key, review) -> {
                    calls.incrementAndGet();
                    thrown.countDown();
                    throw new UncheckedIOException(new IOException("disk full"));
                }))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(calls).hasValue(1);
        assertThat(rig.server.answered()).containsExactlyInAnyOrder("question 0", "question 1");
        Reviewer.review(rig.judge(), items(30), (key, review) -> {});
        assertThat(rig.server.answered()).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void whatTheItemsAndTheJudgeThrowIsThrown() {
        Iterable<Reviewer.Item<String>> broken = () -> {
            throw new BadInput("no such file");
        };
        assertThatThrownBy(() -> Reviewer.review(rig.judge(), broken, (key, review) -> {}))
                .hasMessage("no such file");
        assertThatThrownBy(() -> Reviewer.review(new Thrower(), items(3), (key, review) -> {}))
                .hasMessage("not that benchmark");
    }

    private static final class Thrower implements Judge {
        @Override
        public String label() {
            return "thrower";
        }

        @Override
        public SequencedMap<String, Object> settings() {
            return new LinkedHashMap<>();
        }

        @Override
        public String review(String task, String sampleId, Question question) {
            throw new BadInput("not that benchmark");
        }
    }

    @Test
    void anInterruptionEndsWhatIsUnderWay() throws Exception {
        Thread here = Thread.currentThread();
        rig.server.otherwise((exchange, question) -> {
            here.interrupt();
            rig.server.hang().on(exchange, question);
        });
        HttpJudge judge = rig.judge(options(4, null, null, 1));
        assertThatThrownBy(() -> Reviewer.review(judge, items(5), (key, review) -> {}))
                .isInstanceOf(InterruptedException.class);
        assertThat(rig.server.requests()).hasSize(1);
        assertThat(Thread.interrupted()).isFalse();
    }
}
