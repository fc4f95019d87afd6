package org.jocular.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jocular.eval.judge.JudgeServer.review;
import static org.jocular.eval.judge.Rig.KEY;
import static org.jocular.eval.judge.Rig.ask;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ReplyCacheTest {
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
    void keepsRequestAndReplyUnderTheHashOfAllThatMatters() throws Exception {
        ask(rig.judge(), "What?");
        Path file = rig.replyFiles().getFirst();
        JsonNode entry = JudgeServer.JSON.readTree(Files.readAllBytes(file));
        assertThat(entry.propertyNames()).containsExactly("request", "reply", "came");
        assertThat(entry.path("reply").stringValue()).isEqualTo(JudgeServer.reply("gpt-test-0314", review("What?")));
        assertThat(entry.path("came").stringValue()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(entry.path("request").propertyNames()).containsExactly("format", "endpoint", "body");
        assertThat(entry.path("request").path("body"))
                .isEqualTo(rig.server.requests().getFirst().body());
        assertThat(file).hasFileName(Hashes.of(JudgeServer.JSON.writeValueAsBytes(entry.path("request"))) + ".json");
        assertThat(Files.readString(file)).doesNotContain(KEY);
    }

    /** Another hash for the same request would ask, and pay, for everything again. */
    @Test
    void theHashStaysFromVersionToVersion() throws Exception {
        HttpJudge.Options options = HttpJudge.Options.of("gpt-4-0314");
        try (HttpJudge judge = new HttpJudge("https://localhost:1/v1/", options, new ReplyCache(rig.replies))) {
            assertThat(judge.settings().get("endpoint")).isEqualTo("https://localhost:1/v1");
        }
        String request = """
                {"format":1,"endpoint":"https://localhost:1/v1","body":{"model":"gpt-4-0314","messages":[\
                {"role":"system","content":"You are a careful checker."},{"role":"user","content":"What?"}],\
                "temperature":0.2,"max_tokens":1024}}""";
        String hash = "73a713837fa137a4100e3f871351b50c90893b2d5e32bec4eadfe2c7760c5f7b";
        Files.writeString(
                rig.replies.resolve(hash + ".json"),
                "{\"request\": %s, \"reply\": \"{\\\"choices\\\": [{\\\"message\\\": {\\\"content\\\": \\\"8 9\\\"}}]}\"}"
                        .formatted(request));
        try (HttpJudge judge = new HttpJudge("https://localhost:1/v1/", options, new ReplyCache(rig.replies))) {
            assertThat(ask(judge, "What?")).isEqualTo("8 9");
        }
    }

    @Test
    void whatHalfAFileHoldsIsAskedAgainAndThenKept() throws Exception {
        ask(rig.judge(), "What?");
        Path file = rig.replyFiles().getFirst();
        byte[] whole = Files.readAllBytes(file);
        for (int length : List.of(0, 1, whole.length / 2, whole.length - 1)) {
            Files.write(file, Arrays.copyOf(whole, length));
            int before = rig.server.requests().size();
            assertThat(ask(rig.judge(), "What?")).isEqualTo(review("What?"));
            assertThat(rig.server.requests()).hasSize(before + 1);
            assertThat(ask(rig.judge(), "What?")).isEqualTo(review("What?"));
            assertThat(rig.server.requests()).hasSize(before + 1);
            assertThat(file).hasBinaryContent(whole);
        }
    }

    /** What a kill before the move leaves behind. */
    @Test
    void aFileThatWasNeverMovedIntoItsPlaceHarmsNothing() throws Exception {
        ask(rig.judge(), "What?");
        Path file = rig.replyFiles().getFirst();
        Files.move(file, rig.replies.resolve(file.getFileName().toString().replace(".json", ".1.part")));
        assertThat(ask(rig.judge(), "What?")).isEqualTo(review("What?"));
        assertThat(rig.server.requests()).hasSize(2);
    }

    @Test
    void aFileUnderAnotherRequestsNameIsNotItsReply() throws Exception {
        ask(rig.judge(), "What?");
        Path what = rig.replyFiles().getFirst();
        byte[] reply = Files.readAllBytes(what);
        Files.delete(what);
        ask(rig.judge(), "Another?");
        Files.write(rig.replyFiles().getFirst(), reply);
        assertThat(ask(rig.judge(), "Another?")).isEqualTo(review("Another?"));
        assertThat(rig.server.requests()).hasSize(3);
    }

    @Test
    void anInterruptedThreadGetsWhatIsKeptAndSendsNothing() throws Exception {
        HttpJudge judge = rig.judge(Rig.options(1, 2L, null, 1));
        ask(judge, "What?");
        Thread.currentThread().interrupt();
        assertThat(ask(judge, "What?")).isEqualTo(review("What?"));
        assertThatThrownBy(() -> ask(judge, "Another?")).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(rig.server.requests()).hasSize(1);
        assertThat(ask(judge, "Another?")).isEqualTo(review("Another?")); // the second of two that the budget allows
    }

    @Test
    void aReplyIsKeptThoughItsThreadIsInterruptedMeanwhile() throws Exception {
        ReplyCache cache = new ReplyCache(rig.replies);
        ObjectNode request = JudgeServer.JSON.createObjectNode().put("question", "What?");
        Completion reply = Completion.read(JudgeServer.reply("gpt-test-0314", "8 9"));
        cache.get(request, () -> {
            Thread.currentThread().interrupt();
            return reply;
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(cache.trouble()).isNull();
        assertThat(cache.get(request, () -> {
                    throw new AssertionError("asked again");
                }))
                .isEqualTo(reply);
    }

    @Test
    void aReplyThatCannotBeKeptIsUsedAndTold() throws Exception {
        HttpJudge judge = rig.judge();
        Files.delete(rig.replies);
        assertThat(ask(judge, "What?")).isEqualTo(review("What?"));
        assertThat(judge.notes())
                .singleElement()
                .asString()
                .startsWith("some of the judge's replies could not be kept in %s and would be asked for again: "
                        .formatted(rig.replies));
    }

    @Test
    void refusesAFolderThatCannotBe() throws Exception {
        Path file = Files.createFile(dir.resolve("file"));
        assertThatThrownBy(() -> new ReplyCache(file.resolve("replies")))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith(
                        "the folder %s for a judge's replies cannot be made: ", file.resolve("replies"));
    }
}
