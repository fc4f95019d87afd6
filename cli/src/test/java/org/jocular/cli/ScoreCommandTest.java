package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Published answers score as published. */
class ScoreCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "pope, llava15/pope/answers/llava-v1.5-13b.jsonl, ., 8910",
        "mme, mme/eval_tool/LaVIN, ., 2370",
        "scienceqa, llava15/scienceqa/answers/llava-v1.5-13b_output.jsonl, llava15/scienceqa, 4241",
        "llava-bench-wild, llava15/llava-bench-in-the-wild/reviews/llava-v1.5-13b-eval1.jsonl, ., 60"
    })
    void publishedAnswers(String task, String answers, String data, int n) {
        String eval = Shared.path("assets/eval").toString();
        Path directory = Path.of(eval, data.equals(".") ? task.equals("pope") ? "." : task : data);
        Cli.Result result = Cli.run(
                "score",
                task,
                "--answers",
                Path.of(eval, answers).toString(),
                "--data",
                directory.toString(),
                "--json");
        JsonNode scores = JsonMapper.shared().readTree(result.out());
        assertThat(scores.path("task").asString()).isEqualTo(task);
        assertThat(scores.path("n").asInt()).isEqualTo(n);
        assertThat(scores.path("metrics").size()).isGreaterThan(1);
    }

    /** Two pictures, computed by hand: no word of the second is right. */
    @Test
    void captions() throws IOException {
        Files.writeString(folder.resolve("captions_val2014.json"), """
                {"images": [{"id": 1}, {"id": 2}], "annotations": [
                 {"image_id": 1, "caption": "A red circle."}, {"image_id": 2, "caption": "A blue square."}]}""");
        Path answers = Files.writeString(folder.resolve("results.json"), """
                [{"image_id": 1, "caption": "a red circle"}, {"image_id": 2, "caption": "nothing here"}]""");
        Cli.Result result =
                Cli.run("score", "caption", "--answers", answers.toString(), "--data", folder.toString(), "--json");
        JsonNode metrics = JsonMapper.shared().readTree(result.out()).path("metrics");
        assertThat(metrics.path("ROUGE_L").asDouble()).isCloseTo(0.5, within(1e-9));
        // Three of five unigrams; five words against six.
        assertThat(metrics.path("Bleu_1").asDouble()).isCloseTo(0.6 * Math.exp(1 - 6 / 5.0), within(1e-6));
    }

    @Test
    void whatIsMissingIsSaid() {
        refused("juggling is no task", "juggling", "--answers", "x");
        refused("needs --data", "pope", "--answers", "x");
        refused("nowhere.jsonl", "llava-bench", "--answers", "nowhere.jsonl");
        refused("COCO", "caption", "--answers", "x", "--data", folder.toString());
    }

    private static void refused(String sentence, String... arguments) {
        Cli.Result result =
                Cli.run(Stream.concat(Stream.of("score"), Stream.of(arguments)).toArray(String[]::new));
        assertThat(result.err()).contains(sentence).hasLineCount(1);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }
}
