package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jocular.eval.Shared;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.ScienceQa.Judged;
import org.jocular.eval.metrics.ScienceQa.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScienceQaTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "B|1",
                "B. a dog|1",
                "B.|-1",
                "B, a dog|-1",
                "b|-1",
                "D|-1",
                "The answer is C.|2",
                "So. The answer is C, because|2",
                "The answer is C|-1",
                "The answer is A. The answer is A.|-1",
                "The answer is Q.|-1",
                "A. The answer is C.|0",
                "''|-1",
            })
    void readsAnswersAsLlavaDoes(String answer, int option) {
        assertThat(ScienceQa.parse(answer, 3)).isEqualTo(option);
    }

    @Test
    void divisionsAreTheBenchmarks() {
        List<Problem> problems = List.of(
                new Problem("1", 2, 0, true, false, "natural science", "grade2"),
                new Problem("2", 2, 1, true, true, "social science", "grade8"),
                new Problem("3", 2, 0, false, false, "language science", "grade12"),
                new Problem("4", 2, 0, false, true, "natural science", "grade1"));
        Scores scores = ScienceQa.score(ScienceQa.judge(problems, Map.of("1", "A", "2", "A", "3", "A")));
        assertThat(scores.metrics())
                .containsExactly(
                        Map.entry("accuracy", 50.0),
                        Map.entry("IMG", 0.0),
                        Map.entry("TXT", 50.0),
                        Map.entry("NO", 100.0),
                        Map.entry("NAT", 50.0),
                        Map.entry("SOC", 0.0),
                        Map.entry("LAN", 100.0),
                        Map.entry("G1-6", 50.0),
                        Map.entry("G7-12", 50.0));
        assertThat(scores.notes()).containsExactly("1 of 4 questions have no answer that names an option");
    }

    @Test
    void readsTheBenchmarksOwnFiles(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("problems.json"), """
                {"1": {"question": "Which?", "choices": ["x", "y"], "answer": 1, "hint": "", "image": null,
                       "task": "closed choice", "grade": "grade3", "subject": "social science", "topic": "geography",
                       "category": "c", "skill": "s", "lecture": "", "solution": "", "split": "train"},
                 "4": {"question": "Which?", "choices": ["x", "y", "z"], "answer": 2, "hint": "Read.",
                       "image": "image.png", "grade": "grade9", "subject": "natural science", "split": "test"}}
                """);
        Files.writeString(dir.resolve("pid_splits.json"), "{\"train\": [\"1\"], \"test\": [\"4\"]}");
        assertThat(ScienceQaFiles.readTest(dir))
                .containsExactly(new Problem("4", 3, 2, true, true, "natural science", "grade9"));
        Path answers = Files.writeString(dir.resolve("a.jsonl"), """
                {"question_id": "4", "prompt": "<image>\\nWhich?", "text": "C. z"}
                """);
        assertThat(ScienceQa.score(answers, dir).metric("IMG")).isEqualTo(100);
    }

    @Test
    void readsLlavasFile(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("llava_test_CQM-A.json"), """
                [{"id": "5", "image": "5/image.png", "conversations": [
                   {"from": "human", "value": "<image>\\nContext: A. Lincoln\\nB. Franklin\\nWho?\\nA. one\\nor two\\nB. three"},
                   {"from": "gpt", "value": "B"}]},
                 {"id": "6", "conversations": [
                   {"from": "human", "value": "Which?\\nA. x\\nB. y\\nC. z"}, {"from": "gpt", "value": "C"}]}]
                """);
        assertThat(ScienceQaFiles.readTest(dir))
                .containsExactly(
                        new Problem("5", 2, 1, true, true, null, null),
                        new Problem("6", 3, 2, false, false, null, null));
        Path results = Files.writeString(dir.resolve("r.json"), "{\"acc\": 50, \"results\": {\"5\": 1, \"6\": -1}}");
        assertThat(ScienceQa.score(results, dir).metric("accuracy")).isEqualTo(50);
    }

    @Test
    void judgesEveryPublishedAnswerAsLlavaDid() {
        Path dir = Shared.path("assets/eval/llava15/scienceqa");
        List<Problem> problems = ScienceQaFiles.readTest(dir);
        Path answers = dir.resolve("answers");
        List<Judged> fromText = ScienceQaFiles.judge(answers.resolve("llava-v1.5-13b_output.jsonl"), problems);
        assertThat(fromText)
                .hasSize(4241)
                .isEqualTo(ScienceQaFiles.judge(answers.resolve("llava-v1.5-13b_result.json"), problems));
    }

    @Test
    void llavasQuestionsAreTheTestSplit() {
        List<String> ids = ScienceQaFiles.readTest(Shared.path("assets/eval/llava15/scienceqa")).stream()
                .map(Problem::id)
                .toList();
        Path splits = Shared.path("assets/eval/scienceqa/pid_splits.json");
        assertThat(new Row(splits, "line 1", DataFile.first(splits)).texts("test"))
                .isEqualTo(ids);
    }
}
