package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jocular.eval.metrics.Captions;
import org.jocular.eval.metrics.Scores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoCapsTaskTest {
    private static final NoCapsTask NOCAPS = new NoCapsTask();
    private static final Path FILES =
            Path.of("src", "test", "resources", "org", "jocular", "eval", "task", "data", "nocaps");
    private static final Map<String, String> CAPTIONS = Map.of(
            "0", "a goat on a wall",
            "1", "a blue table with a spoon",
            "2", "an accordion on the floor",
            "3", "a yellow truck in the snow");

    @Test
    void scoresAsTheFileOfTheSameCaptions(@TempDir Path dir) throws IOException {
        Path answers = Files.writeString(dir.resolve("answers.json"), """
                [{"image_id": 0, "caption": "a goat on a wall"}, {"image_id": 1, "caption": "a blue table with a spoon"},
                 {"image_id": 2, "caption": "an accordion on the floor"}, {"image_id": 3, "caption": "a yellow truck in the snow"}]
                """);
        Scores expected = Captions.noCaps(answers, FILES);
        Result result = answered(dir, "0", "1", "2", "3");
        assertThat(result.scores()).isEqualTo(expected);
        assertThat(List.copyOf(result.scores().metrics().keySet()))
                .isEqualTo(List.copyOf(expected.metrics().keySet()));
        assertThat(result.scores().metrics())
                .containsKeys("CIDEr", "Bleu_4", "out-domain CIDEr", "lavis-img-ids CIDEr")
                .hasSize(5 * 6);
        assertThat(result.headlines()).extracting(Result.Headline::title).containsExactly("CIDEr", "in", "near", "out");
        assertThat(figure(result, 0, 4)).isCloseTo(100 * expected.metric("CIDEr"), within(1e-9));
        assertThat(figure(result, 3, 4)).isCloseTo(100 * expected.metric("out-domain CIDEr"), within(1e-9));
        assertThat(Arrays.stream(result.columns().get("CIDEr")).average().orElseThrow())
                .isCloseTo(expected.metric("CIDEr"), within(1e-9));
        assertThat(expected.metric("CIDEr")).isGreaterThan(0.1);
    }

    @Test
    void saysWhichImagesAreMissing(@TempDir Path dir) {
        Result result = answered(dir, "0", "2");
        assertThat(result.scores().n()).isEqualTo(2);
        assertThat(result.scores().notes())
                .containsExactly("scored over 2 of 4 images (overall), 1 of 2 images (out-domain), 2 of 3 images"
                        + " (lavis-img-ids), which no score over all of them can be compared with: CIDEr weighs words by"
                        + " how many of the images scored have them");
        assertThat(result.headlines()).extracting(Result.Headline::title).containsExactly("CIDEr", "near", "out");
        assertThat(result.scores().metric("out-domain CIDEr")).isZero(); // of one image it always is
    }

    @ParameterizedTest
    @CsvSource({
        "blip2, lavis-blip2",
        "instructblip, lavis",
        "llava, lmms-eval",
        "minigpt4, lmms-eval",
        "mplug-owl, lmms-eval"
    })
    void blip2IsGivenNoPrompt(String system, String wording) {
        assertThat(NOCAPS.wordingFor(system).name()).isEqualTo(wording);
    }

    private static Result answered(Path embedded, String... ids) {
        List<Sample> samples = new ArrayList<>();
        NOCAPS.read(new Data(FILES, embedded, "nocaps"), NOCAPS.wording("lavis"), samples::add);
        Task.Scoring scoring = NOCAPS.scoring();
        for (Sample sample : samples) {
            if (List.of(ids).contains(sample.id())) {
                scoring.add(new Answered(sample, CAPTIONS.getOrDefault(sample.id(), ""), List.of(), null));
            }
        }
        return scoring.result();
    }

    private static double figure(Result result, int headline, int rows) {
        int[] once = new int[rows];
        Arrays.fill(once, 1);
        return result.headlines().get(headline).statistic().of(once);
    }
}
