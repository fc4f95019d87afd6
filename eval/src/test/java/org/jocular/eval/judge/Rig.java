package org.jocular.eval.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.eval.judge.Judge.NoReview;
import org.jocular.eval.judge.Judge.OutOfBudget;
import org.jocular.eval.task.JudgedTask.Question;
import org.jspecify.annotations.Nullable;

/** A judge's server, and judges that ask it and do not really wait between their tries. */
final class Rig implements AutoCloseable {
    static final String KEY = "sk-never-to-be-seen";
    static final String MODEL = "gpt-test-0314";

    final JudgeServer server;
    final Path replies;
    final List<Duration> slept = Collections.synchronizedList(new ArrayList<>());
    private final List<Judge> opened = new ArrayList<>();

    Rig(Path dir) throws IOException {
        server = new JudgeServer();
        replies = dir.resolve("replies");
    }

    /** A new judge on the same folder of replies, as after a restart. */
    HttpJudge judge(HttpJudge.Options options) {
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
        HttpJudge judge = new HttpJudge(
                server.address() + "/",
                options,
                new ReplyCache(replies, clock),
                variable -> variable.equals("JUDGE_KEY") ? KEY + "\n" : null,
                new Backoff(1, slept::add),
                clock);
        opened.add(judge);
        return judge;
    }

    HttpJudge judge() {
        return judge(options(4, null, null, 4));
    }

    /** A judge that waits 200 ms for a reply. */
    HttpJudge hasty(int tries) {
        return judge(new HttpJudge.Options(
                MODEL, 0.2, 1024, null, Duration.ofMillis(200), tries, null, null, 1, "JUDGE_KEY"));
    }

    static HttpJudge.Options options(int tries, @Nullable Long requests, @Nullable Long tokens, int atOnce) {
        return new HttpJudge.Options(
                MODEL, 0.2, 1024, null, Duration.ofSeconds(20), tries, requests, tokens, atOnce, "JUDGE_KEY");
    }

    static Question question(String text) {
        return new Question("You are a careful checker.", text, "asked", "reference", "answer");
    }

    static String ask(Judge judge, String text) throws NoReview, OutOfBudget, InterruptedException {
        return judge.review("llava-bench", text, question(text));
    }

    static List<Reviewer.Item<String>> items(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "question " + i)
                .map(text -> new Reviewer.Item<>(text, "llava-bench", text, question(text)))
                .toList();
    }

    List<Path> replyFiles() throws IOException {
        try (Stream<Path> files = Files.list(replies)) {
            return files.sorted().toList();
        }
    }

    @Override
    public void close() {
        opened.forEach(Judge::close);
        server.close();
    }
}
