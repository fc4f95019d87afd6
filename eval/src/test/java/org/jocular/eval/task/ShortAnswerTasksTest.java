package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How answers to ScienceQA, VQAv2, POPE, MME and GQA are read and counted, and what is said of files that cannot be used. */
class ShortAnswerTasksTest {
    private static final Path DATA = Path.of("src", "test", "resources", "org", "jocular", "eval", "task", "data");

    @TempDir
    Path dir;

    private static List<Sample> samples(Path root, String task, String wording) {
        List<Sample> samples = new ArrayList<>();
        Tasks.named(task).read(new Data(root, root, task), Tasks.named(task).wording(wording), samples::add);
        return samples;
    }

    private static Result answer(String task, String wording, Function<Sample, String> answer) {
        Task.Scoring scoring = Tasks.named(task).scoring();
        for (Sample sample : samples(DATA, task, wording)) {
            scoring.add(new Answered(sample, answer.apply(sample), List.of(), null));
        }
        return scoring.result();
    }

    private static double value(Result.Headline headline, int... times) {
        return headline.statistic().of(times);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scienceqa|llava|B. the right cup|B",
                "scienceqa|llava|b|none",
                "scienceqa|lmms-eval|b|B",
                "scienceqa|lmms-eval|B.|B",
                "scienceqa|lmms-eval|The answer is B.|none",
                "scienceqa|vlmevalkit|I think (B)|B",
                "scienceqa|vlmevalkit|the right cup|B",
                "scienceqa|vlmevalkit|A or B|none",
                "scienceqa|llava-qcm|The answer is C.|C",
                "pope|llava|There is not|no",
                "pope|llava|maybe|yes",
                "pope|lmms-eval|Yes|yes",
                "pope|lmms-eval|Yes.|neither",
                "mme|llava|y|neither",
                "mme|lmms-eval|Y.|yes",
                "mme|lmms-eval|No, it is not|no",
                "gqa|llava|A word|A word",
            })
    void readsAnswersAsTheWordingsProgramDoes(String task, String wording, String answer, String read) {
        Sample sample = samples(DATA, task, wording).getFirst();
        assertThat(Tasks.named(task).reading(new Answered(sample, answer, List.of(), null)))
                .isEqualTo(read);
    }

    @Test
    void scienceQaRanksTheTextsOfTheOptions() {
        Task task = Tasks.named("scienceqa");
        Task.Scoring scoring = task.scoring();
        List<Sample> samples = samples(DATA, "scienceqa", Wording.LAVIS);
        assertThat(samples).hasSize(2);
        scoring.add(new Answered(samples.get(0), "the right cup", List.of(-3.0, -1.0, -1.0), null));
        scoring.add(new Answered(samples.get(1), "Redville", List.of(-1.0, -2.0), null));
        Result result = scoring.result();
        assertThat(result.columns().get("correct")).containsExactly(1, 0);
        assertThat(result.headlines()).extracting(Result.Headline::title).containsExactly("IMG");
        assertThat(value(result.headlines().getFirst(), 3, 1)).isEqualTo(75);
    }

    @Test
    void scienceQaTellsAllAndThoseWithPictures() {
        Result result = answer("scienceqa", Wording.LLAVA, sample -> "B");
        assertThat(result.scores().metric("IMG")).isEqualTo(100);
        assertThat(result.scores().metric("TXT")).isEqualTo(50);
        assertThat(value(result.headlines().getFirst(), 1, 1, 2)).isEqualTo(50);
        assertThat(value(result.headlines().getLast(), 1, 1, 2)).isEqualTo(100);
        assertThat(answer("scienceqa-img", Wording.LLAVA, sample -> "B").headlines())
                .extracting(Result.Headline::title)
                .containsExactly("");
    }

    @Test
    void vqaIsScoredAsTheWordingsProgramDoes() {
        // LLaVA hands in normalised answers: "2 i think" is not "2", "yes" is.
        assertThat(answer("vqav2", Wording.LLAVA, sample -> "Two, I think")
                        .columns()
                        .get("accuracy"))
                .containsExactly(0, 0);
        assertThat(answer("vqav2", Wording.LLAVA, sample -> "The yes").columns().get("accuracy"))
                .containsExactly(0, 1);
        Result result = answer("vqav2", Wording.LMMS_EVAL, sample -> "three");
        // Three of ten say so: leaving one of those out leaves two, which is two thirds of what is enough.
        assertThat(result.columns().get("accuracy")).containsExactly(new double[] {0.9, 0}, within(1e-12));
        assertThat(result.scores().metric("perAnswerType.number")).isEqualTo(90);
        assertThat(value(result.headlines().getFirst(), 1, 1)).isCloseTo(45, within(1e-9));
    }

    @Test
    void popeAveragesItsCategories() {
        Result result = answer("pope", Wording.LMMS_EVAL, sample -> sample.id().equals("random/1") ? "?" : "yes");
        assertThat(result.scores().metric("random.accuracy")).isEqualTo(0.5);
        assertThat(result.scores().metric("overall.accuracy")).isEqualTo(0.25);
        assertThat(result.scores().notes()).containsExactly("1 answers say neither yes nor no and are wrong");
        assertThat(value(result.headlines().getFirst(), 1, 1, 1, 1)).isCloseTo(100 / 3.0, within(1e-9));
        // Without a category in the sample, the mean is over the others.
        assertThat(value(result.headlines().getFirst(), 0, 0, 1, 1)).isEqualTo(100);
    }

    @Test
    void mmeLeavesOutHalfPictures() {
        Task.Scoring scoring = Tasks.named("mme").scoring();
        samples(DATA, "mme", Wording.LLAVA).stream()
                .limit(3)
                .forEach(sample -> scoring.add(new Answered(sample, sample.target(), List.of(), null)));
        Result result = scoring.result();
        assertThat(result.scores().metric("existence")).isEqualTo(200);
        assertThat(result.scores().metrics()).doesNotContainKey("artwork");
        assertThat(result.scores().notes())
                .contains("1 images are left out: not both questions about them were answered");
        assertThat(result.headlines()).isEmpty();
        assertThat(result.columns().get("correct")).hasSize(3);
    }

    @Test
    void gqaComparesAsTheWordingsProgramDoes() {
        assertThat(answer("gqa", Wording.LLAVA, sample -> " No.").columns().get("correct"))
                .containsExactly(1, 0);
        assertThat(answer("gqa", Wording.LAVIS, sample -> "the fence").columns().get("correct"))
                .containsExactly(0, 1);
        assertThat(answer("gqa", Wording.LMMS_EVAL, sample -> "-Fence!")
                        .columns()
                        .get("correct"))
                .containsExactly(0, 1);
    }

    @Test
    void lavisTakesFiftyWordsAtMost() {
        assertThat(ShortAnswers.lavisQuestion("Is this (A) Dog's? " + "x ".repeat(60)))
                .isEqualTo("is this a dog's? " + "x ".repeat(45) + "x");
    }

    @ParameterizedTest
    @CsvSource({
        "scienceqa, problems.json and no llava_test_CQM-A.json and no test-00000-of-00001.parquet and no ScienceQA_TEST.tsv",
        "vqav2, v2_OpenEnded_mscoco_val2014_questions.json",
        "gqa, testdev_balanced_questions.json",
    })
    void saysWhichFileIsMissing(String task, String files) {
        assertThatThrownBy(() -> samples(dir, task, Wording.LLAVA))
                .isInstanceOf(BadInput.class)
                .hasMessage("%s holds no %s, which %s needs; docs/data.md says where to get it", dir, files, task);
    }

    @Test
    void saysThatPopeAndMmeLackTheirLabels() throws Exception {
        Files.writeString(dir.resolve("llava_pope_test.jsonl"), "{}\n");
        assertThatThrownBy(() -> samples(dir, "pope", Wording.LLAVA))
                .hasMessage(
                        "%s holds no coco_pope_random.json, which pope needs; docs/data.md says where to get it", dir);
        assertThatThrownBy(() -> samples(dir, "mme", Wording.LLAVA))
                .hasMessage(
                        "%s holds no ground truth of MME: no Your_Results with existence.txt, no folder existence",
                        dir);
        Files.writeString(dir.resolve("existence.txt"), "1.jpg\tA dog? Please answer yes or no.\tYes\n");
        Files.writeString(dir.resolve("llava_mme.jsonl"), """
                {"question_id": "existence/2.jpg", "image": "existence/2.jpg", "text": "A cat?", "category": "existence"}
                """);
        assertThatThrownBy(() -> samples(dir, "mme", Wording.LLAVA))
                .isInstanceOf(BadInput.class)
                .hasMessage(
                        "%s holds no question of MME that the ground truth beside it knows",
                        dir.resolve("llava_mme.jsonl"));
    }

    @Test
    void saysWhatAnAnnotationLacks() throws Exception {
        Files.writeString(dir.resolve("v2_OpenEnded_mscoco_val2014_questions.json"), "{\"questions\": []}");
        Path annotations = Files.writeString(dir.resolve("v2_mscoco_val2014_annotations.json"), """
                {"annotations": [{"question_id": 7, "image_id": 1, "question_type": "t", "answer_type": "other",
                                  "answers": [{"answer": "x"}]}]}
                """);
        assertThatThrownBy(() -> samples(dir, "vqav2", Wording.LLAVA))
                .isInstanceOf(BadInput.class)
                .hasMessage(
                        "%s, annotations[0] in line 1, annotates question_id \"7\", which v2_OpenEnded_mscoco_val2014_questions.json lacks",
                        annotations);
    }

    @Test
    void scienceQaNeedsHintsByThemselvesForMostWordings() throws Exception {
        Files.writeString(dir.resolve("llava_test_CQM-A.json"), """
                [{"id": "6", "conversations": [{"from": "human", "value": "Context: So.\\nWhich?\\nA. x\\nor\\nB. y"},
                                               {"from": "gpt", "value": "B"}]}]
                """);
        assertThat(samples(dir, "scienceqa", Wording.LLAVA))
                .extracting(Sample::question)
                .containsExactly(
                        "Context: So.\nWhich?\nA. x\nor\nB. y\nAnswer with the option's letter from the given choices directly.");
        assertThatThrownBy(() -> samples(dir, "scienceqa", "llava-no-hint"))
                .isInstanceOf(BadInput.class)
                .hasMessage("ScienceQA in the wording llava-no-hint needs hints and lectures by themselves, for which"
                        + " problems.json and pid_splits.json or the tables of lmms-lab are to be there");
    }
}
