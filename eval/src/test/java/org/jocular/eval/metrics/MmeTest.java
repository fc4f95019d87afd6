package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocular.eval.Shared;
import org.jocular.eval.metrics.Mme.Judged;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MmeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "Yes|YES",
                "YES, it is|YES",
                "No|NO",
                "not|NO",
                "Know|NO",
                " yes|YES",
                "  yes|NEITHER",
                "😀yes|YES",
                "Church|NEITHER",
                "''|NEITHER",
            })
    void readsTheFirstFourCharacters(String answer, Verdict verdict) {
        assertThat(Mme.parse(answer)).isEqualTo(verdict);
    }

    @Test
    void accuracyPlusCountsImagesWithBothAnswersRight() {
        Mme.Subtask subtask = Mme.subtask(
                "count",
                List.of(
                        new Judged("1", Verdict.YES, Verdict.YES),
                        new Judged("1", Verdict.NO, Verdict.NO),
                        new Judged("2", Verdict.YES, Verdict.YES),
                        new Judged("2", Verdict.NEITHER, Verdict.NO)));
        assertThat(subtask).isEqualTo(new Mme.Subtask(4, 0.75, 0.5, 1));
        assertThat(subtask.score()).isEqualTo(125);
    }

    @Test
    void twoAnswersMustBeAboutOneImage() {
        Judged one = new Judged("1", Verdict.YES, Verdict.YES);
        Judged two = new Judged("2", Verdict.YES, Verdict.YES);
        assertThatThrownBy(() -> Mme.subtask("count", List.of(one, two)))
                .isInstanceOf(BadInput.class)
                .hasMessage("MME's count has an answer about 1 followed by one about 2, expected two for each image");
        assertThatThrownBy(() -> Mme.subtask("count", List.of(one)))
                .isInstanceOf(BadInput.class)
                .hasMessage("MME's count has 1 answers, expected two for each image");
    }

    @Test
    void noTotalWithoutEverySubtask(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("code_reasoning.txt"), "1.png\tQ?\tYes\tyes\n1.png\tR?\tNo\tmaybe\n");
        Scores scores = Mme.score(dir, dir);
        assertThat(scores.metrics())
                .containsExactly(
                        Map.entry("code_reasoning", 50.0),
                        Map.entry("code_reasoning.acc", 0.5),
                        Map.entry("code_reasoning.acc_plus", 0.0));
        assertThat(scores.notes()).hasSize(3).last().isEqualTo("1 answers say neither yes nor no and are wrong");
    }

    @Test
    void findsTheTruthInEveryPublishedLayout(@TempDir Path dir) throws Exception {
        MmeFiles.Key key = new MmeFiles.Key("count", "0001", "Two? Please answer yes or no.");
        String question = "Two? Please answer yes or no.\tYes\n";
        Path tool = Files.createDirectories(dir.resolve("1/eval_tool/Your_Results"));
        Files.writeString(tool.resolve("count.txt"), "0001.jpg\t" + question);
        Path flat = Files.createDirectories(dir.resolve("2/count"));
        Files.writeString(flat.resolve("0001.txt"), question);
        Path release =
                Files.createDirectories(dir.resolve("3/MME_Benchmark_release_version/count/questions_answers_YN"));
        Files.writeString(release.resolve("0001.txt"), question);
        for (String layout : List.of("1", "2", "3")) {
            assertThat(MmeFiles.readTruth(dir.resolve(layout))).containsExactly(Map.entry(key, Verdict.YES));
        }
    }

    /**
     * Your_Results lacks two landmarks that LLaVA was asked about, so their four answers are left out. With them, in MME's invariable
     * order of yes before no, the paper's figures come out: 1531.3 and 295.4.
     */
    @Test
    void llava15With13BillionHasThePapersFigures() {
        Map<MmeFiles.Key, Verdict> truth =
                new HashMap<>(MmeFiles.readTruth(Shared.path("assets/eval/mme/eval_tool/Your_Results")));
        Path answers = Shared.path("assets/eval/llava15/MME/answers/llava-v1.5-13b.jsonl");
        Map<String, Integer> asked = new HashMap<>();
        for (Answer answer : Answer.read(answers)) {
            String image = answer.questionId().replaceAll(".*/|\\..*", "");
            if (image.equals("03d5e3bfc958be38") || image.equals("03dc7df1f1df7b8f")) {
                String question =
                        String.valueOf(answer.prompt()).lines().findFirst().orElseThrow();
                truth.put(
                        new MmeFiles.Key("landmark", image, question + " Please answer yes or no."),
                        asked.merge(image, 1, Integer::sum) == 1 ? Verdict.YES : Verdict.NO);
            }
        }
        Mme.Answers judged = MmeFiles.judgeLlava(answers, truth);
        assertThat(judged.unmatched()).isZero();
        Scores scores = Mme.score(judged);
        assertThat(Python.round(scores.metric("perception"), 1)).isEqualTo(1531.3);
        assertThat(Python.round(scores.metric("cognition"), 1)).isEqualTo(295.4);
        assertThat(scores.n()).isEqualTo(2374);
    }
}
