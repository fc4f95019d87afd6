package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import javax.imageio.ImageIO;
import org.jocular.eval.report.ReportSettings;
import org.jocular.eval.report.Results;
import org.jocular.eval.run.Entry;
import org.jocular.eval.run.Evaluation;
import org.jocular.eval.run.Progress;
import org.jocular.eval.run.Reply;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.run.RunSettings;
import org.jocular.eval.run.RunSettings.Asked;
import org.jocular.systems.Preset;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/adding-a-task.md shows is this code, and works. */
class AddingATaskTest {
    private static final Path MODEL = Path.of("../models/golden-llava");
    private static final String ENDING = "\nAnswer the question using a single word or phrase.";

    private final Task task = new TextVqaTask();

    @TempDir
    private Path temp;

    @BeforeEach
    void makeData() throws IOException {
        Path pictures = Files.createDirectories(temp.resolve("data/textvqa/train_images"));
        BufferedImage picture = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(3, 4, 0xffffff);
        ImageIO.write(picture, "png", pictures.resolve("0a.jpg").toFile());
        Files.writeString(temp.resolve("data/textvqa/TextVQA_0.5.1_val.json"), """
                {"dataset_type": "val", "data": [
                 {"question_id": 7, "image_id": "0a", "question": "what does the Sign say?", "answers": ["Stop", "stop", "the stop", "go"]},
                 {"question_id": 8, "image_id": "0a", "question": "who made it?", "answers": ["ACME", "acme", "acme", "acme"]}]}
                """);
    }

    private List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        Data data = new Data(temp.resolve("data"), temp.resolve("embedded"), task.name());
        task.read(data, task.wording("lmms-eval"), samples::add);
        data.requirePictures();
        return samples;
    }

    @Test
    void readsAndScores() {
        List<Sample> samples = samples();
        assertThat(samples)
                .extracting(Sample::question)
                .containsExactly("What does the sign say?" + ENDING, "Who made it?" + ENDING);
        assertThat(samples).extracting(Sample::picture).containsOnly("textvqa/train_images/0a.jpg");
        Task.Scoring scoring = task.scoring();
        scoring.add(new Answered(samples.get(0), "Stop.", List.of(), null));
        scoring.add(new Answered(samples.get(1), "nobody", List.of(), null));
        Result result = scoring.result();
        // Left out one by one, three of four annotators agree with it two, two, two and three times.
        assertThat(result.scores().metric("exact_match")).isEqualTo((3 * 2 / 3.0 + 1) / 4 / 2);
        assertThat(result.headlines()).hasSize(1);
    }

    @Test
    void runsAndReports() {
        Path out = temp.resolve("run");
        try (Executor executor = CpuExecutor.simd(1);
                VisionLanguageModel model = Systems.load(MODEL)) {
            Preset preset = model.presets().getFirst();
            Wording wording = task.wordingFor(model.system());
            RunSettings settings = new RunSettings(
                    temp.resolve("data"),
                    out,
                    List.of(new Asked(
                            task,
                            wording,
                            preset,
                            model.generation().toBuilder()
                                    .set(wording.decoding())
                                    .build())),
                    0,
                    -1,
                    2,
                    0,
                    1,
                    1,
                    temp.resolve("features"),
                    0,
                    "test",
                    new LinkedHashMap<>());
            assertThat(Evaluation.open(settings, model, MODEL).run(model, executor, new Silent()))
                    .isTrue();
        }
        String table = Results.write(RunFolder.open(out), temp.resolve("data"), ReportSettings.DEFAULT, name -> task);
        assertThat(table).contains("TextVQA", "2 of 2");
    }

    private static final class Silent implements Progress {
        @Override
        public void begin(int total, int done) {}

        @Override
        public void answered(Entry entry, Reply reply) {}
    }

    @Test
    void thePageQuotesTheCode() throws IOException {
        Path source = Path.of("src/test/java/org/jocular/eval/task/TextVqaTask.java");
        assertThat(Path.of("../docs/adding-a-task.md"))
                .content()
                .contains("```java\n" + Files.readString(source) + "```\n");
    }
}
