package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a benchmark asks, of a model and of a judge, stands in a file: a changed character changes every figure. The data are invented,
 * in the published formats; run with {@code -Djocular.snapshots=write} to write the files anew.
 */
class PromptSnapshotTest {
    private static final Path RESOURCES = Path.of("src", "test", "resources", "org", "jocular", "eval", "task");
    private static final Path PROMPTS = RESOURCES.resolve("prompts");
    private static final String ANSWER = "An answer.\nIts second line.";

    /** A benchmark in one of its wordings. */
    record Asked(Task task, Wording wording) {
        String file() {
            return task.name() + "." + wording.name() + ".txt";
        }

        @Override
        public String toString() {
            return task.name() + " " + wording.name();
        }
    }

    static Stream<Asked> all() {
        return Tasks.ALL.stream().flatMap(task -> task.wordings().stream().map(wording -> new Asked(task, wording)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void asksWhatTheSnapshotSays(Asked asked, @TempDir Path embedded) throws IOException {
        String actual = snapshot(asked, embedded);
        Path file = PROMPTS.resolve(asked.file());
        if ("write".equals(System.getProperty("jocular.snapshots"))) {
            Files.createDirectories(PROMPTS);
            Files.writeString(file, actual);
        }
        assertThat(file).exists().content().isEqualTo(actual);
    }

    @ParameterizedTest
    @MethodSource("all")
    void samplesAreWellFormed(Asked asked, @TempDir Path embedded) {
        List<Sample> samples = samples(asked, embedded);
        assertThat(samples).isNotEmpty().isEqualTo(samples(asked, embedded));
        Set<String> ids = new HashSet<>();
        for (Sample sample : samples) {
            assertThat(ids.add(sample.id())).as("id %s once", sample.id()).isTrue();
            if (sample.candidates().isEmpty()) {
                assertThat(asked.wording().decoding()).containsKeys("do_sample", "max_new_tokens");
            }
        }
    }

    @Test
    void everySnapshotIsOfAWording() throws IOException {
        try (Stream<Path> files = Files.list(PROMPTS)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).toList();
            assertThat(names)
                    .containsExactlyInAnyOrderElementsOf(all().map(Asked::file).toList());
        }
    }

    private static List<Sample> samples(Asked asked, Path embedded) {
        List<Sample> samples = new ArrayList<>();
        Data data = new Data(RESOURCES.resolve("data"), embedded, asked.task().name());
        asked.task().read(data, asked.wording(), samples::add);
        return samples;
    }

    private static String snapshot(Asked asked, Path embedded) {
        StringBuilder text = new StringBuilder();
        field(text, "source", asked.wording().source());
        field(text, "decoding", new TreeMap<>(asked.wording().decoding()).toString());
        for (Sample sample : samples(asked, embedded)) {
            text.append('\n');
            field(text, "id", sample.id());
            field(text, "picture", sample.picture());
            field(text, "question", sample.question());
            sample.candidates().forEach(candidate -> field(text, "candidate", candidate));
            field(text, "target", sample.target());
            field(text, "category", sample.category());
            if (asked.task() instanceof JudgedTask judged) {
                JudgedTask.Question question = judged.question(new Answered(sample, ANSWER, List.of(), null));
                field(text, "judge's system", question.system());
                field(text, "judge's message", question.message());
                field(text, "judge's question", question.asked());
                field(text, "judge's reference", question.reference());
                field(text, "judge's answer", question.answer());
            }
        }
        return text.toString();
    }

    /** Several lines stand below the name, each behind a bar, so that none is lost or grows where editors tidy up. */
    private static void field(StringBuilder text, String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (!value.contains("\n")) {
            text.append(name).append(": |").append(value).append("|\n");
            return;
        }
        text.append(name).append(":\n");
        for (String line : value.split("\n", -1)) {
            text.append("    |").append(line).append("|\n");
        }
    }
}
