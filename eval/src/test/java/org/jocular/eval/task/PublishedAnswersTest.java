package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jocular.eval.Shared;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.Answer;
import org.jocular.eval.metrics.Mme;
import org.jocular.eval.metrics.Pope;
import org.jocular.eval.metrics.ScienceQa;
import org.jocular.eval.metrics.Scores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LLaVA-1.5-13B's published answers, scored through the tasks: the same prompts, and the same figures as from its answer files. */
class PublishedAnswersTest {
    @TempDir
    Path dir;

    private Data data(String task, String... names) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(task));
        for (String name : names) {
            Path source = Shared.path(name);
            try (Stream<Path> files = Files.walk(source)) {
                for (Path file : files.toList()) {
                    Path copy = folder.resolve(source.getFileName())
                            .resolve(source.relativize(file).toString());
                    Files.copy(file, file.equals(source) ? folder.resolve(source.getFileName()) : copy);
                }
            }
        }
        return new Data(dir, dir.resolve("embedded"), task);
    }

    /** @param key of a sample, by which its answer is found */
    private static Result result(Data data, String name, Function<Sample, String> key, Map<String, String> answers) {
        Task task = Tasks.named(name);
        Task.Scoring scoring = task.scoring();
        int[] missing = {0};
        task.read(data, task.wording(Wording.LLAVA), sample -> {
            String answer = answers.get(key.apply(sample));
            if (answer == null) {
                missing[0]++;
            } else {
                scoring.add(new Answered(sample, answer, List.of(), null));
            }
        });
        assertThat(missing[0])
                .as("samples without an answer to their id and prompt")
                .isZero();
        return scoring.result();
    }

    private static Map<String, String> byIdAndPrompt(Path file) {
        Map<String, String> answers = new HashMap<>();
        for (Answer answer : Answer.read(file)) {
            answers.put(answer.questionId() + "\n" + answer.prompt(), answer.text());
        }
        return answers;
    }

    private static double all(Result.Headline headline, int rows) {
        int[] times = new int[rows];
        Arrays.fill(times, 1);
        return headline.statistic().of(times);
    }

    @Test
    void pope() throws IOException {
        Data data = data(
                "pope",
                "assets/eval/llava15/pope/llava_pope_test.jsonl",
                "assets/eval/pope/coco_pope_random.json",
                "assets/eval/pope/coco_pope_popular.json",
                "assets/eval/pope/coco_pope_adversarial.json");
        Path answers = Shared.path("assets/eval/llava15/pope/answers/llava-v1.5-13b.jsonl");
        Result result = result(data, "pope", sample -> sample.id() + "\n" + sample.question(), byIdAndPrompt(answers));
        Scores scores = Pope.score(answers, dir);
        assertThat(result.scores()).isEqualTo(scores);
        assertThat(scores.n()).isEqualTo(8910);
        assertThat(all(result.headlines().getFirst(), 8910)).isCloseTo(scores.metric("f1") * 100, within(1e-9));
        assertThat(all(result.headlines().getLast(), 8910)).isCloseTo(scores.metric("accuracy") * 100, within(1e-9));
    }

    @Test
    void scienceQa() throws IOException {
        Data data = data("scienceqa", "assets/eval/llava15/scienceqa/llava_test_CQM-A.json");
        Path answers = Shared.path("assets/eval/llava15/scienceqa/answers/llava-v1.5-13b_output.jsonl");
        Map<String, String> byPrompt = new HashMap<>();
        Row whole = new Row(answers, "line 1", DataFile.first(answers));
        for (String list : List.of("correct", "incorrect")) {
            for (Row row : whole.objects(list)) {
                String prompt = row.text("question").replaceFirst("^<image>\n", "");
                byPrompt.put(row.id("question_id") + "\n" + prompt, row.text("pred"));
            }
        }
        Result result = result(data, "scienceqa", sample -> sample.id() + "\n" + sample.question(), byPrompt);
        Scores scores = ScienceQa.score(answers, dir);
        assertThat(result.scores()).isEqualTo(scores);
        assertThat(scores.n()).isEqualTo(4241);
        assertThat(result.headlines()).extracting(Result.Headline::title).containsExactly("all", "IMG");
        assertThat(all(result.headlines().getFirst(), 4241)).isCloseTo(scores.metric("accuracy"), within(1e-9));
        assertThat(all(result.headlines().getLast(), 4241)).isCloseTo(scores.metric("IMG"), within(1e-9));
    }

    @Test
    void mme() throws IOException {
        Data data = data("mme", "assets/eval/llava15/MME/llava_mme.jsonl", "assets/eval/mme/eval_tool/Your_Results");
        Path answers = Shared.path("assets/eval/llava15/MME/answers/llava-v1.5-13b.jsonl");
        Result result = result(
                data,
                "mme",
                sample -> sample.id().replaceFirst("#[12]$", "") + "\n" + sample.question(),
                byIdAndPrompt(answers));
        Scores scores = Mme.score(answers, dir);
        assertThat(result.scores().metrics()).isEqualTo(scores.metrics());
        assertThat(result.scores().n()).isEqualTo(2370);
        assertThat(all(result.headlines().getFirst(), 2370)).isCloseTo(scores.metric("perception"), within(1e-9));
        assertThat(all(result.headlines().getLast(), 2370)).isCloseTo(scores.metric("cognition"), within(1e-9));
    }

    /** What LLaVA's question file says comes out when its questions are made from MME's own. */
    @Test
    void mmesOwnFilesAskWhatLlavaAsks() throws IOException {
        List<String> fromLlava = new ArrayList<>();
        Task task = Tasks.named("mme");
        task.read(
                data("mme", "assets/eval/llava15/MME/llava_mme.jsonl", "assets/eval/mme/eval_tool/Your_Results"),
                task.wording(Wording.LLAVA),
                sample -> fromLlava.add(sample.category() + sample.question()));
        Files.delete(dir.resolve("mme/llava_mme.jsonl"));
        List<String> fromTruth = new ArrayList<>();
        task.read(
                new Data(dir, dir, "mme"),
                task.wording(Wording.LLAVA),
                sample -> fromTruth.add(sample.category() + sample.question()));
        assertThat(fromTruth).containsExactlyInAnyOrderElementsOf(fromLlava);
    }

    @Test
    void popeOfLmmsEvalIsAllNineThousand() throws IOException {
        Data data = data(
                "pope",
                "assets/eval/pope/coco_pope_random.json",
                "assets/eval/pope/coco_pope_popular.json",
                "assets/eval/pope/coco_pope_adversarial.json");
        List<String> ids = new ArrayList<>();
        Tasks.named("pope").read(data, Tasks.named("pope").wording(Wording.LMMS_EVAL), sample -> ids.add(sample.id()));
        assertThat(ids).hasSize(9000).doesNotHaveDuplicates();
    }
}
