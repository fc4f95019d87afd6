package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.metrics.Gqa;
import org.jocular.eval.task.Data;
import org.jocular.eval.task.Sample;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;
import org.jocular.eval.task.Wording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The synthetic world, and that the evaluation suite takes it as it is. */
class WorldCommandTest {
    private static final List<String> FOLDERS = List.of("validation", "out-of-domain");

    @TempDir
    private Path folder;

    private Cli.Result world() {
        return Cli.run(
                "world",
                "--out",
                folder.resolve("world").toString(),
                "--scenes",
                "8",
                "--validation",
                "6",
                "--questions",
                "5");
    }

    private List<Sample> read(String part, String name, Wording wording) {
        Path data = folder.resolve("world").resolve(part);
        Task task = Tasks.named(name);
        Data files = new Data(data, folder.resolve("embedded"), name);
        List<Sample> samples = new ArrayList<>();
        task.read(files, wording, samples::add);
        files.requirePictures();
        assertThat(samples)
                .allSatisfy(sample -> assertThat(data.resolve(String.valueOf(sample.picture())))
                        .isRegularFile());
        return samples;
    }

    @Test
    void everyBenchmarkReadsItsFiles() throws IOException {
        assertThat(world().status()).isZero();

        for (String part : FOLDERS) {
            int domains = part.equals("validation") ? 2 : 1;
            for (Wording wording : Tasks.named("llava-bench").wordings()) {
                assertThat(read(part, "llava-bench", wording)).hasSize(3 * 5);
            }
            assertThat(read(part, "nocaps", Tasks.named("nocaps").wordings().getFirst()))
                    .hasSize(domains * 5)
                    .extracting(Sample::picture)
                    .doesNotHaveDuplicates();
            assertThat(read(part, "vsr", Tasks.named("vsr").wordings().getFirst()))
                    .hasSize(5);
            for (Wording wording : Tasks.named("scienceqa").wordings()) {
                assertThat(read(part, "scienceqa", wording)).hasSize(5);
            }
        }
    }

    @Test
    void gqaTellsKindsApart() throws IOException {
        world();

        for (String part : FOLDERS) {
            Path data = folder.resolve("world").resolve(part);
            List<Gqa.Question> questions = Gqa.readQuestions(data.resolve("gqa/testdev_balanced_questions.json"));
            assertThat(questions)
                    .extracting(Gqa.Question::structural)
                    .containsOnly("color", "shape", "size", "where", "existence", "count", "complex")
                    .hasSize(7 * 5);
        }
    }

    @Test
    void oneLineForEachFile() {
        Cli.Result result = world();

        assertThat(result.err()).matches("jocular: \\d+/\\d+ files .*\\R");
        assertThat(result.out().lines())
                .anyMatch(line -> line.matches("training/images/ +8 pictures"))
                .anyMatch(line -> line.matches("training/captions_train\\.json +40 captions"))
                .anyMatch(line -> line.matches("out-of-domain/vsr/zeroshot/test\\.jsonl +5 statements"));
    }

    @Test
    void aFolderWithSomethingElseIsRefused() throws IOException {
        Files.createDirectories(folder.resolve("world"));
        Files.writeString(folder.resolve("world/notes.txt"), "");

        Cli.Result result = world();

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().lines())
                .containsExactly(
                        "jocular: %s is not empty and holds no world, expected a folder that is not there or empty"
                                .formatted(folder.resolve("world")));
        assertThat(folder.resolve("world/training")).doesNotExist();
    }
}
