package org.jocular.eval.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import javax.imageio.ImageIO;
import org.jocular.eval.run.RunSettings.Asked;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;
import org.jocular.systems.Preset;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of VSR over a few pictures with a tiny model. */
class EvaluationTest {
    private static final Path MODEL = Path.of("../models/golden-llava");

    @TempDir
    private Path temp;

    @BeforeEach
    void makeData() throws IOException {
        Path images = Files.createDirectories(temp.resolve("data/vsr/images"));
        for (int i = 0; i < 3; i++) {
            BufferedImage image = new BufferedImage(30 + i, 40, BufferedImage.TYPE_INT_RGB);
            image.setRGB(i, i, 0xff00ff >> i);
            ImageIO.write(image, "png", images.resolve(i + ".jpg").toFile());
        }
        Files.writeString(images.resolve("broken.jpg"), "no picture");
        Files.createDirectories(temp.resolve("data/vsr/zeroshot"));
        Files.writeString(
                temp.resolve("data/vsr/zeroshot/test.jsonl"),
                row("0.jpg", "A.")
                        + row("broken.jpg", "B.")
                        + row("1.jpg", "C.")
                        + row("0.jpg", "D.")
                        + row("absent.jpg", "E.")
                        + row("2.jpg", "long ".repeat(3000))
                        + row("2.jpg", "F."));
    }

    private static String row(String image, String caption) {
        return "{\"image\": \"%s\", \"caption\": \"%s\", \"label\": 1, \"relation\": \"under\"}\n"
                .formatted(image, caption);
    }

    private static final class Counter implements Progress {
        private final List<Integer> answered = new ArrayList<>();

        @Override
        public void begin(int total, int done) {}

        @Override
        public void answered(Entry entry, Reply reply) {
            answered.add(entry.number());
        }
    }

    private List<Integer> run(Path out, String wording, int batch, double limit, Map<String, Object> machine) {
        try (Executor executor = CpuExecutor.simd(1);
                VisionLanguageModel model = Systems.load(MODEL)) {
            Task task = Tasks.named("vsr");
            Preset preset = model.presets().getFirst();
            SequencedMap<String, Object> on = new LinkedHashMap<>(machine);
            RunSettings settings = new RunSettings(
                    temp.resolve("data"),
                    out,
                    List.of(new Asked(
                            task,
                            task.wording(wording),
                            preset,
                            model.generation().toBuilder()
                                    .set(task.wording(wording).decoding())
                                    .build())),
                    0,
                    limit,
                    batch,
                    0,
                    1,
                    1,
                    temp.resolve("features"),
                    1 << 20,
                    "test",
                    on);
            Counter counter = new Counter();
            Evaluation.open(settings, model, MODEL).run(model, executor, counter);
            return counter.answered;
        }
    }

    private List<Outcome> outcomes(Path out) {
        List<Outcome> outcomes = new ArrayList<>();
        RunFolder.open(out).each("vsr", outcomes::add);
        return outcomes;
    }

    @Test
    void whatFailsIsWrittenDownAndTheOthersGoOn() {
        for (String wording : List.of("lavis", "vlmevalkit")) {
            Path out = temp.resolve(wording);
            assertThat(run(out, wording, 4, -1, Map.of())).hasSize(7);
            List<Outcome> outcomes = outcomes(out);
            assertThat(outcomes).hasSize(7);
            assertThat(outcomes.stream().map(one -> one.failure() == null))
                    .containsExactly(true, false, true, true, false, false, true);
            assertThat(outcomes.get(1).failure()).contains("broken.jpg");
            assertThat(outcomes.get(4).failure()).isEqualTo("absent.jpg cannot be read: there is none");
            assertThat(outcomes.get(5).failure()).contains("more than the model's context");
            assertThat(outcomes.get(1).reply().pictureSha256()).hasSize(64);
            assertThat(outcomes.get(4).reply().pictureSha256()).isNull();
        }
    }

    @Test
    void goesOnWithWhatIsThere() throws IOException {
        Path out = temp.resolve("out");
        run(out, "lavis", 2, -1, Map.of("jdk", "one"));
        List<String> whole = Files.readAllLines(out.resolve("answers.jsonl"));
        Files.writeString(out.resolve("answers.jsonl"), whole.get(6) + "\n" + whole.get(2) + "\n");
        assertThat(run(out, "lavis", 2, -1, Map.of("jdk", "two"))).containsExactlyInAnyOrder(0, 1, 3, 4, 5);
        assertThat(Files.readAllLines(out.resolve("answers.jsonl"))).isEqualTo(whole);
        assertThat(RunFolder.open(out).manifest().machines())
                .extracting(machine -> machine.get("jdk"))
                .containsExactly("one", "two");
    }

    @Test
    void refusesAFolderOfAnotherRun() throws IOException {
        Path out = temp.resolve("out");
        run(out, "lavis", 2, -1, Map.of());
        String answers = Files.readString(out.resolve("answers.jsonl"));
        assertThatThrownBy(() -> run(out, "lavis", 3, -1, Map.of()))
                .isInstanceOf(BadInput.class)
                .hasMessage(out + " holds another run, with batch = 2, not 3; choose another --out");
        assertThatThrownBy(() -> run(out, "vlmevalkit", 2, -1, Map.of()))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(" holds another run, with questions = ");
        Files.writeString(temp.resolve("data/vsr/zeroshot/test.jsonl"), row("0.jpg", "G."), StandardOpenOption.APPEND);
        assertThatThrownBy(() -> run(out, "lavis", 2, -1, Map.of()))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(" holds another run, with ");
        assertThat(Files.readString(out.resolve("answers.jsonl"))).isEqualTo(answers);
    }

    @Test
    void asksSomeOfTheQuestions() {
        run(temp.resolve("three"), "lavis", 2, 3, Map.of());
        assertThat(outcomes(temp.resolve("three"))).hasSize(3);
        run(temp.resolve("third"), "lavis", 2, 0.3, Map.of());
        assertThat(outcomes(temp.resolve("third"))).hasSize(3); // of 7, rounded up
    }

    @Test
    void saysWhereMissingFilesCanBeHad() throws IOException {
        Files.delete(temp.resolve("data/vsr/zeroshot/test.jsonl"));
        assertThatThrownBy(() -> run(temp.resolve("out"), "lavis", 2, -1, Map.of()))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith(temp.resolve("data/vsr") + " holds no zeroshot/test.jsonl and no ")
                .hasMessageEndingWith(", which vsr needs; docs/data.md says where to get it");
    }

    @Test
    void refusesDataWithoutAnyPicture() throws IOException {
        Files.writeString(temp.resolve("data/vsr/zeroshot/test.jsonl"), row("absent.jpg", "A."));
        assertThatThrownBy(() -> run(temp.resolve("out"), "lavis", 2, -1, Map.of()))
                .isInstanceOf(BadInput.class)
                .hasMessage(
                        "%s holds none of the pictures of vsr, such as absent.jpg; docs/data.md says where to get them"
                                .formatted(temp.resolve("data")));
    }
}
