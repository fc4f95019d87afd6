package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jocular.eval.metrics.Gqa.Normalisation;
import org.jocular.eval.metrics.Gqa.Question;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GqaTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "table|table|true|true|true",
                "Table..|table|false|true|true",
                "the table|table|false|false|true",
                "T-shirt|t-shirt|false|true|true",
                "two|2|false|false|true",
                "chair|table|false|false|false"
            })
    void comparesAsEachProgramDoes(String prediction, String answer, boolean none, boolean llava, boolean lavis) {
        assertThat(Gqa.correct(Normalisation.NONE, prediction, answer)).isEqualTo(none);
        assertThat(Gqa.correct(Normalisation.LLAVA, prediction, answer)).isEqualTo(llava);
        assertThat(Gqa.correct(Normalisation.LAVIS, prediction, answer)).isEqualTo(lavis);
    }

    @Test
    void scoresBalancedQuestionsByType(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("testdev_balanced_questions.json"), """
                {"201307251": {"semantic": [], "entailed": [], "question": "Is it?", "imageId": "n161313",
                               "isBalanced": true, "groups": {"global": null, "local": "13-pot"}, "answer": "no",
                               "types": {"detailed": "existAttrC", "semantic": "attr", "structural": "verify"}},
                 "2": {"isBalanced": true, "answer": "pipe", "types": {"structural": "query"}},
                 "3": {"isBalanced": false, "answer": "x", "types": {"structural": "query"}}}
                """);
        Path official = Files.writeString(dir.resolve("p.json"), """
                [{"questionId": "201307251", "prediction": "no"}, {"questionId": "2", "prediction": "bottle"}]
                """);
        Path llava = Files.writeString(dir.resolve("p.jsonl"), """
                {"question_id": "201307251", "text": "Yes."}
                {"question_id": "2", "text": "Pipe."}
                """);
        assertThat(Gqa.score(official, dir).metrics())
                .containsExactly(
                        Map.entry("accuracy", 50.0),
                        Map.entry("binary", 100.0),
                        Map.entry("open", 0.0),
                        Map.entry("structural.query", 0.0),
                        Map.entry("structural.verify", 100.0));
        assertThat(Gqa.score(llava, dir).metric("open")).isEqualTo(100);
    }

    @Test
    void everyQuestionNeedsItsPrediction() {
        List<Question> questions = List.of(new Question("1", "no", "verify"));
        assertThatThrownBy(() -> Gqa.judge(Normalisation.NONE, questions, Map.of("2", "no")))
                .isInstanceOf(BadInput.class)
                .hasMessage("question 1 has no prediction; 1 questions are asked and 1 predictions given");
    }
}
