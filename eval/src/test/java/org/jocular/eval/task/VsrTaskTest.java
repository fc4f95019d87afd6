package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jocular.eval.Shared;
import org.jocular.eval.metrics.Vsr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VsrTaskTest {
    private static final List<String> CANDIDATES = List.of("yes", "true", "no", "false");

    @ParameterizedTest
    @CsvSource({"vsr, 1222", "vsr-random, 2195"})
    void scoresAsTheFileOfTheSamePredictions(String name, int rows, @TempDir Path dir) throws Exception {
        Path published = Shared.path("assets/eval/vsr");
        Task task = Tasks.named(name);
        for (Wording wording : task.wordings()) {
            List<Sample> samples = new ArrayList<>();
            task.read(new Data(published, dir, name), wording, samples::add);
            List<String> predictions = new ArrayList<>();
            Task.Scoring scoring = task.scoring();
            for (Sample sample : samples) {
                int best = predictions.size() * 7 % 4;
                boolean yes = best < 2;
                predictions.add(yes ? "1" : "0");
                if (sample.candidates().isEmpty()) {
                    scoring.add(new Answered(sample, yes ? "yes." : "no.", List.of(), null));
                    continue;
                }
                // The wording without words of its own ranks true and false alone.
                String chosen = wording.name().equals(Wording.PLAIN) ? (yes ? "true" : "false") : CANDIDATES.get(best);
                List<Double> likelihoods =
                        new ArrayList<>(Collections.nCopies(sample.candidates().size(), -2.0));
                likelihoods.set(sample.candidates().indexOf(chosen), -1.0);
                scoring.add(new Answered(sample, chosen, likelihoods, null));
            }
            Path file = Files.write(dir.resolve(name), predictions);
            Result result = scoring.result();
            assertThat(samples).hasSize(rows);
            assertThat(result.scores().metrics())
                    .isEqualTo(Vsr.score(file, published).metrics())
                    .containsKeys("accuracy", "f1", "meta.Topological", "relation.left of");
            int[] once = new int[rows];
            Arrays.fill(once, 1);
            assertThat(result.headlines().getFirst().statistic().of(once))
                    .isCloseTo(result.scores().metric("accuracy"), within(1e-9));
        }
    }

    /** As in a clone of the benchmark's repository, and in the hub's data sets. */
    @ParameterizedTest
    @CsvSource({
        "vsr, data/splits/zeroshot, data/splits/random",
        "vsr-random, data/splits/random, data/splits/zeroshot",
        "vsr, vsr_zeroshot, vsr_random",
        "vsr, vsr, vsr-random"
    })
    void takesTheSplitFromItsOwnFolder(String name, String own, String other, @TempDir Path dir) throws Exception {
        for (String folder : List.of(own, other)) {
            Files.createDirectories(dir.resolve(folder));
            Files.writeString(dir.resolve(folder).resolve("test.jsonl"), """
                    {"image": "1.jpg", "caption": "%s", "label": 1, "relation": "left of"}
                    """.formatted(folder));
        }
        List<Sample> samples = new ArrayList<>();
        Task task = Tasks.named(name);
        task.read(new Data(dir, dir, name), task.wording("lavis"), samples::add);
        assertThat(samples).hasSize(1);
        assertThat(samples.getFirst().question()).contains('"' + own + '"');
    }

    @Test
    void takesQuestionsAndPicturesFromTheTable(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("VSR-zeroshot.tsv"), """
                index\timage\tquestion\tanswer
                0\tcGl4ZWxz\tThe cup is on the cat. Answer.\tYes
                1\tcGl4ZWxz\t"The ""cup"" is gone. Answer."\tNo
                """);
        Task task = Tasks.named("vsr");
        List<Sample> samples = new ArrayList<>();
        Path embedded = dir.resolve("embedded");
        task.read(new Data(dir, embedded, "vsr"), task.wording("vlmevalkit"), samples::add);
        assertThat(samples)
                .extracting(Sample::question)
                .containsExactly("The cup is on the cat. Answer.", "The \"cup\" is gone. Answer.");
        assertThat(samples).extracting(Sample::target).containsExactly("yes", "no");
        String picture = samples.getFirst().picture();
        assertThat(samples.getLast().picture()).isNotNull().isEqualTo(picture);
        assertThat(Data.locate(dir, embedded, String.valueOf(picture))).hasContent("pixels");
        Task.Scoring scoring = task.scoring();
        samples.forEach(sample -> scoring.add(new Answered(sample, "Yes", List.of(), null)));
        assertThat(scoring.result().scores().metrics()).containsOnlyKeys("accuracy", "precision", "recall", "f1");
    }

    @Test
    void anAnswerThatSaysNeitherIsWrongForBoth() {
        Task task = Tasks.named("vsr");
        List<Sample> samples = new ArrayList<>();
        Path files = Path.of("src", "test", "resources", "org", "jocular", "eval", "task", "data");
        task.read(new Data(files, files, "vsr"), task.wording("vlmevalkit"), samples::add);
        Task.Scoring scoring = task.scoring();
        Answered maybe = new Answered(samples.get(0), "Yes and no.", List.of(), null);
        scoring.add(maybe);
        scoring.add(new Answered(samples.get(1), "No, it is not.", List.of(), null));
        assertThat(task.reading(maybe)).isEqualTo("neither");
        assertThat(scoring.result().scores().metric("accuracy")).isEqualTo(50);
        assertThat(scoring.result().columns().get("correct")).containsExactly(0, 1);
    }
}
