package org.jocular.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jocular.eval.judge.JudgeServer.breakOff;
import static org.jocular.eval.judge.JudgeServer.hangUp;
import static org.jocular.eval.judge.JudgeServer.reply;
import static org.jocular.eval.judge.JudgeServer.review;
import static org.jocular.eval.judge.JudgeServer.status;
import static org.jocular.eval.judge.Rig.KEY;
import static org.jocular.eval.judge.Rig.MODEL;
import static org.jocular.eval.judge.Rig.ask;
import static org.jocular.eval.judge.Rig.options;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.eval.judge.Judge.NoReview;
import org.jocular.eval.judge.Judge.OutOfBudget;
import org.jocular.eval.judge.JudgeServer.Act;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One question after the other; what happens to many at once is in {@link ReviewerTest}. */
class HttpJudgeTest {
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

    @Test
    void asksAsLlavaDoes() throws Exception {
        assertThat(ask(rig.judge(), "What?")).isEqualTo(review("What?"));
        JudgeServer.Request request = rig.server.requests().getFirst();
        assertThat(request.path()).isEqualTo("/v1/chat/completions");
        assertThat(request.authorization()).isEqualTo("Bearer " + KEY);
        assertThat(request.body().toString()).isEqualTo("""
                {"model":"gpt-test-0314","messages":[{"role":"system","content":"You are a careful checker."},\
                {"role":"user","content":"What?"}],"temperature":0.2,"max_tokens":1024}""");
    }

    @Test
    void aSeedIsSentWhereThereIsOneAndMakesAnotherRequest() throws Exception {
        ask(rig.judge(), "What?");
        ask(
                rig.judge(new HttpJudge.Options(
                        MODEL, 0.2, 1024, 7L, Duration.ofSeconds(20), 1, null, null, 1, "UNSET_VARIABLE")),
                "What?");
        assertThat(rig.server.requests()).hasSize(2);
        assertThat(rig.server.requests().get(1).body().path("seed").asInt()).isEqualTo(7);
        assertThat(rig.server.requests().get(1).authorization()).isNull();
    }

    static Stream<Act> whatPasses() {
        return Stream.of(
                status(408, ""),
                status(409, "{\"error\": \"conflict\"}"),
                status(429, "slow down"),
                status(500, "<html>oops</html>"),
                status(503, ""),
                status(200, "<html>We are back soon</html>"),
                status(200, ""),
                status(200, reply(MODEL, review("What?")).substring(0, 60)),
                status(200, "[]"),
                status(200, "{\"error\": {\"message\": \"overloaded\"}}"),
                status(200, "{\"choices\": []}"),
                status(
                        200,
                        "{\"choices\": [{\"message\": {\"content\": null}, \"finish_reason\": \"content_filter\"}]}"),
                status(200, reply(MODEL, " \n")),
                breakOff(),
                hangUp());
    }

    @ParameterizedTest
    @MethodSource("whatPasses")
    void triesAgainWhatMayPass(Act act) throws Exception {
        rig.server.script("What?", act, act);
        assertThat(ask(rig.judge(), "What?")).isEqualTo(review("What?"));
        assertThat(rig.server.requests()).hasSize(3);
        assertThat(rig.slept).hasSize(2);
        assertThat(ask(rig.judge(), "What?")).isEqualTo(review("What?"));
        assertThat(rig.server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(60) // without the limit that is tested it would hang for ever
    void givesUpOnAServerThatHangs(boolean inTheMiddle) throws Exception {
        Act hang = inTheMiddle ? rig.server.hangInTheMiddle() : rig.server.hang();
        rig.server.script("What?", hang);
        assertThatThrownBy(() -> ask(rig.hasty(1), "What?"))
                .isInstanceOf(NoReview.class)
                .hasMessage("%s gave none in 1 tries, at last no answer within 0.2 s", rig.server.address());
        assertThat(ask(rig.judge(), "What?")).isEqualTo(review("What?"));
    }

    @Test
    void waitsLongerFromTryToTryAndNoLessThanTheServerAsks() throws Exception {
        rig.server.script(
                "What?",
                status(500, ""),
                status(429, "", "Retry-After", "90"),
                status(429, "", "Retry-After", "Thu, 01 Jan 2026 00:00:40 GMT"),
                status(429, "", "Retry-After", "soon"),
                status(429, "", "Retry-After", "0"));
        ask(rig.judge(options(6, null, null, 1)), "What?");
        assertThat(rig.slept).hasSize(5);
        assertThat(rig.slept.get(0)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(rig.slept.get(1)).isEqualTo(Duration.ofSeconds(90));
        assertThat(rig.slept.get(2)).isEqualTo(Duration.ofSeconds(40));
        assertThat(rig.slept.get(3)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
        assertThat(rig.slept.get(4)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(16));
    }

    @Test
    void doesNotWaitForHours() {
        rig.server.script("What?", status(429, "{\"error\": {\"message\": \"daily limit\"}}", "Retry-After", "7200"));
        assertThatThrownBy(() -> ask(rig.judge(), "What?"))
                .isInstanceOf(NoReview.class)
                .hasMessage("%s wants to be asked again only in 7200 s: HTTP 429: daily limit", rig.server.address());
        assertThat(rig.slept).isEmpty();
    }

    @Test
    void saysWhatCameLast() {
        rig.server.otherwise(status(500, "{\"error\": {\"message\": \"no\\nmemory\"}}"));
        assertThatThrownBy(() -> ask(rig.judge(), "What?"))
                .isInstanceOf(NoReview.class)
                .hasMessage("%s gave none in 4 tries, at last HTTP 500: no memory", rig.server.address());
        assertThat(rig.server.requests()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"error\": {\"message\": \"max_tokens is too large\"}}|HTTP 400: max_tokens is too large",
                "403|{\"detail\": \"not for you\"}|HTTP 403: not for you",
                "413|too long|HTTP 413: too long",
                "301||HTTP 301"
            })
    void whatIsRefusedIsNotTriedAgain(int status, String body, String message) throws Exception {
        rig.server.script("What?", status(status, body == null ? "" : body));
        HttpJudge judge = rig.judge();
        assertThatThrownBy(() -> ask(judge, "What?"))
                .isInstanceOf(NoReview.class)
                .hasMessage("%s refuses: %s", rig.server.address(), message);
        assertThat(rig.server.requests()).hasSize(1);
        assertThat(ask(judge, "Another?")).isEqualTo(review("Another?"));
    }

    @Test
    void aWrongKeyIsWrongForAllQuestionsAndNotRepeatedInTheMessage() throws Exception {
        HttpJudge judge = rig.judge();
        ask(judge, "Known?");
        rig.server.otherwise(status(401, "{\"error\": {\"message\": \"Incorrect key: %s\"}}".formatted(KEY)));
        for (String question : List.of("What?", "Another?")) {
            assertThatThrownBy(() -> ask(judge, question))
                    .isInstanceOf(NoReview.class)
                    .hasMessage("%s refuses: HTTP 401: Incorrect key: ***", rig.server.address());
        }
        assertThat(rig.server.requests()).hasSize(2);
        assertThat(ask(judge, "Known?")).isEqualTo(review("Known?"));
    }

    @Test
    void aKeyThatIsNoSecretDoesNotChangeMarks() throws Exception {
        rig.server.otherwise(status(200, reply(MODEL, "10 1")));
        HttpJudge.Options options = options(1, null, null, 1);
        ReplyCache cache = new ReplyCache(dir);
        try (HttpJudge judge = new HttpJudge(
                rig.server.address(),
                options,
                cache,
                variable -> "1",
                new Backoff(1, rig.slept::add),
                InstantSource.system())) {
            assertThat(ask(judge, "What?")).isEqualTo("10 1");
        }
    }

    /** Half a character, which no UTF-8 can hold, in a model's answer. */
    @Test
    void asksAboutAnyText() throws Exception {
        assertThat(ask(rig.judge(), "What \uD83D?")).contains("Review of What ");
        ask(rig.judge(), "What \uD83D?");
        assertThat(rig.server.requests()).hasSize(1);
    }

    @Test
    void tellsThatThereIsNoKey() {
        rig.server.otherwise(status(401, ""));
        HttpJudge judge = rig.judge(
                new HttpJudge.Options(MODEL, 0, 1, null, Duration.ofSeconds(20), 1, null, null, 1, "UNSET_VARIABLE"));
        assertThatThrownBy(() -> ask(judge, "What?"))
                .hasMessage("%s refuses: HTTP 401 (UNSET_VARIABLE is not set)", rig.server.address());
    }

    @Test
    void tellsThatNobodyIsThere() throws Exception {
        String address;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "http://127.0.0.1:%d/v1".formatted(socket.getLocalPort());
        }
        HttpJudge.Options once =
                new HttpJudge.Options(MODEL, 0, 1, null, Duration.ofSeconds(20), 1, null, null, 1, "UNSET_VARIABLE");
        try (HttpJudge judge = new HttpJudge(address, once, new ReplyCache(dir))) {
            assertThatThrownBy(() -> ask(judge, "What?"))
                    .isInstanceOf(NoReview.class)
                    .hasMessage("%s gave none in 1 tries, at last no connection", address);
        }
    }

    @Test
    void triesCountAgainstTheBudgetAndWhatIsKeptDoesNot() throws Exception {
        rig.server.script("What?", status(500, ""));
        HttpJudge judge = rig.judge(options(4, 3L, null, 1));
        ask(judge, "What?");
        ask(judge, "Another?");
        assertThatThrownBy(() -> ask(judge, "A third?"))
                .isInstanceOf(OutOfBudget.class)
                .hasMessage("the budget of 3 requests is spent");
        assertThat(ask(judge, "What?")).isEqualTo(review("What?"));
        assertThat(rig.server.requests()).hasSize(3);
        assertThat(ask(rig.judge(options(4, 0L, null, 1)), "Another?")).isEqualTo(review("Another?"));
        assertThat(rig.server.requests()).hasSize(3);
    }

    @Test
    void doesNotWaitForATryThatTheBudgetForbids() {
        rig.server.otherwise(status(500, ""));
        assertThatThrownBy(() -> ask(rig.judge(options(4, 1L, null, 1)), "What?"))
                .isInstanceOf(OutOfBudget.class);
        assertThat(rig.slept).isEmpty();
    }

    @Test
    void tokensThatTheServerCountsAreABudgetToo() throws Exception {
        rig.server.script("What?", status(200, reply(MODEL, "")));
        HttpJudge judge = rig.judge(options(4, null, 201L, 1));
        ask(judge, "What?"); // an empty answer has its price too
        ask(judge, "Another?");
        assertThatThrownBy(() -> ask(judge, "A third?"))
                .isInstanceOf(OutOfBudget.class)
                .hasMessage("the budget of 201 tokens is spent");
        assertThat(rig.server.requests()).hasSize(3);
    }

    @Test
    void tellsWhoReallyAnswered() throws Exception {
        HttpJudge judge = rig.judge();
        ask(judge, "What?");
        assertThat(judge.notes()).isEmpty();
        rig.server.otherwise(rig.server.answer("gpt-test-0613"));
        ask(judge, "Another?");
        ask(judge, "A third?");
        assertThat(judge.notes())
                .containsExactly(
                        "gpt-test-0314 was asked for, and more than one model answered: gpt-test-0314 (1), gpt-test-0613 (2)");
        HttpJudge restarted = rig.judge();
        ask(restarted, "Another?");
        assertThat(restarted.notes())
                .containsExactly("gpt-test-0314 was asked for, and another name answered: gpt-test-0613 (1)");
    }

    @Test
    void isNamedAndSetAsItWasAsked() {
        HttpJudge judge = rig.judge();
        assertThat(judge.label())
                .isEqualTo(
                        "gpt-test-0314 (%s)", URI.create(rig.server.address()).getAuthority());
        assertThat(judge.settings().toString())
                .isEqualTo(
                        "{kind=chat endpoint, endpoint=%s, model=gpt-test-0314, temperature=0.2, max_tokens=1024}",
                        rig.server.address());
        assertThat(judge.atOnce()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://me:secret@host/v1|the judge's address at host has more than host, port and path, expected its key in an environment variable",
                "https://host/v1?api-key=secret|the judge's address at host has more than host, port and path, expected its key in an environment variable",
                "http:///v1|the judge's address is not valid, expected one like https://api.openai.com/v1",
                "http://me:sec ret@host|the judge's address is not valid, expected one like https://api.openai.com/v1",
                "http://a_host/v1|the judge's address is not valid, expected one like https://api.openai.com/v1",
                "ftp://host/v1|the judge's address is not valid, expected one like https://api.openai.com/v1"
            })
    void refusesAddressesThatAreNoneOrHoldSecrets(String address, String message) {
        assertThatThrownBy(() -> new HttpJudge(address, HttpJudge.Options.of(MODEL), new ReplyCache(dir)))
                .isInstanceOf(BadInput.class)
                .hasMessage(message)
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusesAKeyThatNoHeaderCanHold() {
        assertThatThrownBy(() -> new Endpoint(
                        "http://host/v1",
                        "JUDGE_KEY",
                        variable -> "sk-1\nsk-2",
                        Duration.ofSeconds(1),
                        InstantSource.system()))
                .isInstanceOf(BadInput.class)
                .hasMessage("the environment variable JUDGE_KEY holds characters that no key has")
                .hasNoCause();
    }
}
