package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jocular.eval.metrics.Vqa.Annotation;
import org.jocular.eval.metrics.Vqa.Scorer;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VqaTest {
    /** With m of ten annotators: m/10 of the left-out sets lack one of them, the others have all. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0.3", "2, 0.6", "3, 0.9", "4, 1", "10, 1"})
    void leavesEachAnnotatorOutOnce(int matches, double expected) {
        List<String> references = references("cat", matches, "dog");
        for (Scorer scorer : Scorer.values()) {
            assertThat(Vqa.accuracy(scorer, "cat", references)).isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void theThreeProgramsDifferWhereAllAnnotatorsAgree() {
        List<String> agreed = references("Yes", 10, "");
        assertThat(Vqa.accuracy(Scorer.OFFICIAL, "yes", agreed)).isZero();
        assertThat(Vqa.accuracy(Scorer.LAVIS, "yes", agreed)).isZero();
        assertThat(Vqa.accuracy(Scorer.M4C, "yes", agreed)).isOne();
        assertThat(Vqa.accuracy(Scorer.OFFICIAL, "Yes", agreed)).isOne();
        assertThat(Vqa.accuracy(Scorer.LAVIS, "Yes", agreed)).isZero();
    }

    @Test
    void theThreeProgramsDifferWhereAnnotatorsDisagree() {
        List<String> references = references("the two dogs!", 5, "cat");
        assertThat(Vqa.accuracy(Scorer.OFFICIAL, "2 dogs", references)).isOne();
        assertThat(Vqa.accuracy(Scorer.LAVIS, "2 dogs", references)).isZero();
        assertThat(Vqa.accuracy(Scorer.M4C, "2 dogs", references)).isOne();
    }

    @Test
    void meansAreRoundedToTwoDigitsAsTheOfficialScorerDoes() {
        List<Annotation> annotations = List.of(
                new Annotation("1", "is the", "yes/no", references("yes", 10, "")),
                new Annotation("2", "how many", "number", references("2", 1, "3")),
                new Annotation("3", "how many", "number", references("4", 0, "5")));
        Scores scores = Vqa.score(Vqa.judge(Scorer.OFFICIAL, annotations, Map.of("1", "yes", "2", "2", "3", "4")));
        assertThat(scores.n()).isEqualTo(3);
        assertThat(scores.metrics())
                .containsExactly(
                        Map.entry("overall", 43.33),
                        Map.entry("perAnswerType.number", 15.0),
                        Map.entry("perAnswerType.yes/no", 100.0),
                        Map.entry("perQuestionType.how many", 15.0),
                        Map.entry("perQuestionType.is the", 100.0));
    }

    @Test
    void everyQuestionNeedsItsAnswerAndNoOther() {
        List<Annotation> annotations = List.of(new Annotation("1", "", "", references("yes", 10, "")));
        assertThatThrownBy(() -> Vqa.judge(Scorer.OFFICIAL, annotations, Map.of()))
                .isInstanceOf(BadInput.class)
                .hasMessage("question_id 1 has no answer; 1 questions are annotated and 0 answers given");
        assertThatThrownBy(() -> Vqa.judge(Scorer.OFFICIAL, annotations, Map.of("1", "yes", "7", "no")))
                .isInstanceOf(BadInput.class)
                .hasMessage("2 answers are given but only 1 questions are annotated");
    }

    @Test
    void scoresOfficialResultsAndLlavasLines(@TempDir Path dir) throws Exception {
        String answers = String.join(
                ", ", Collections.nCopies(10, "{\"answer\": \"2\", \"answer_confidence\": \"yes\", \"answer_id\": 1}"));
        Files.writeString(dir.resolve("v2_mscoco_val2014_annotations.json"), """
                {"info": {"version": "2.0"}, "data_type": "mscoco", "annotations": [
                 {"question_type": "how many", "multiple_choice_answer": "2", "answers": [%s], "image_id": 262148,
                  "answer_type": "number", "question_id": 262148000}]}
                """.formatted(answers));
        Path results = Files.writeString(dir.resolve("r.json"), "[{\"question_id\": 262148000, \"answer\": \"2\"}]");
        Path lines = Files.writeString(dir.resolve("r.jsonl"), """
                {"question_id": 262148000, "prompt": "How many?", "text": "Two.", "model_id": "m", "metadata": {}}
                """);
        assertThat(Vqa.score(results, dir).metric("overall")).isEqualTo(100);
        assertThat(Vqa.score(lines, dir).metric("perAnswerType.number")).isEqualTo(100);
    }

    private static List<String> references(String answer, int times, String other) {
        List<String> references = new ArrayList<>(Collections.nCopies(times, answer));
        references.addAll(Collections.nCopies(10 - times, other));
        return references;
    }
}
