package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jocular.eval.metrics.Pope.Judged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PopeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Yes|YES",
                "no|NO",
                "No, there is none|NO",
                "There is not|NO",
                "NO|YES",
                "No!|YES",
                "nothing|YES",
                "There is none. No|YES",
                "Yes. There is no dog|YES",
                "''|YES",
            })
    void readsAnswersAsLlavaDoes(String answer, Verdict verdict) {
        assertThat(Pope.parse(answer)).isEqualTo(verdict);
    }

    @Test
    void scoresByCategoryAndOnAverage() {
        Scores scores = Pope.score(List.of(
                new Judged("1", "random", Verdict.YES, Verdict.YES),
                new Judged("2", "random", Verdict.YES, Verdict.NO),
                new Judged("3", "random", Verdict.NO, Verdict.NO),
                new Judged("4", "random", Verdict.NO, Verdict.YES),
                new Judged("5", "popular", Verdict.NO, Verdict.YES)));
        assertThat(scores.metric("random.f1")).isEqualTo(0.5);
        assertThat(scores.metric("random.yes_ratio")).isEqualTo(0.5);
        // Nothing to divide by: 0 rather than an error.
        assertThat(scores.metric("popular.precision")).isZero();
        assertThat(scores.metric("popular.f1")).isZero();
        assertThat(scores.metric("f1")).isCloseTo(0.25, within(1e-15));
        assertThat(scores.metrics()).hasSize(20).containsKeys("accuracy", "popular.accuracy", "random.recall");
    }

    @Test
    void labelsAreFoundByImageAndObjectWhateverTheOrder(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("llava_pope_test.jsonl"), """
                {"question_id": 7, "image": "b.jpg", "text": "Is there an ox in the imange?\\nAnswer.", "category": "random"}
                """);
        Path coco = Files.createDirectory(dir.resolve("coco"));
        Files.writeString(coco.resolve("coco_pope_random.json"), """
                {"question_id": 1, "image": "a.jpg", "text": "Is there a ox in the image?", "label": "no"}
                {"question_id": 2, "image": "b.jpg", "text": "Is there a ox in the image?", "label": "yes"}
                """);
        Path answers = Files.writeString(dir.resolve("a.jsonl"), "{\"question_id\": 7, \"text\": \"Yes\"}\n");
        assertThat(Pope.score(answers, dir).metric("random.recall")).isOne();
    }
}
