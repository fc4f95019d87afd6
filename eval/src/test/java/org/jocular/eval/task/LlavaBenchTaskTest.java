package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.eval.Shared;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.metrics.LlavaBench;
import org.jocular.eval.metrics.Scores;
import org.jocular.eval.task.LlavaBenchTask.Edition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class LlavaBenchTaskTest {
    private static final LlavaBenchTask COCO = new LlavaBenchTask(Edition.COCO);
    private static final LlavaBenchTask WILD = new LlavaBenchTask(Edition.WILD);

    /** The hashes are of the messages that Python's own string formatting gives, one after the other. */
    @ParameterizedTest
    @CsvSource({
        "llava, fd4b68f2dada9aa38f896054ae5e3c56b5937e06840d7ea519ce21cb21564f8a",
        "lmms-eval, 604220cecf9255ea36116ffe2afa8aa3102002d2f3aaa60d69036cfca13d070f"
    })
    void theJudgeReadsWhatThePublishedScriptSends(String wording, String expected, @TempDir Path embedded)
            throws Exception {
        Data data = new Data(Shared.path("assets/eval/llava_bench_coco"), embedded, COCO.name());
        MessageDigest messages = MessageDigest.getInstance("SHA-256");
        List<Sample> samples = new ArrayList<>();
        COCO.read(data, COCO.wording(wording), samples::add);
        for (Sample sample : samples) {
            JudgedTask.Question question = COCO.question(new Answered(sample, "An answer.", List.of(), null));
            messages.update(question.message().getBytes(StandardCharsets.UTF_8));
        }
        assertThat(samples).hasSize(90);
        assertThat(HexFormat.of().formatHex(messages.digest())).isEqualTo(expected);
        assertThat(data.used()).hasSize(4);
    }

    /** Published questions, answers and reviews; what the reviewer was shown is not needed for its marks and invented. */
    @Test
    void publishedReviewsGiveThePublishedScores(@TempDir Path dir) throws Exception {
        Path published = Shared.path("assets/eval/llava15/llava-bench-in-the-wild");
        Path reviews = published.resolve("reviews/llava-v1.5-13b-eval1.jsonl");
        Map<String, String> review = new HashMap<>();
        Map<String, String> category = new HashMap<>();
        DataFile.jsonLines(reviews, row -> {
            review.put(row.id("question_id"), row.text("content"));
            category.put(row.id("question_id"), row.text("category").substring(LlavaBench.WILD.length()));
        });
        Map<String, String> answer = new HashMap<>();
        List<String> questions = new ArrayList<>();
        List<String> references = new ArrayList<>();
        DataFile.jsonLines(published.resolve("answers/llava-v1.5-13b.jsonl"), row -> {
            String id = row.id("question_id");
            answer.put(id, row.text("text"));
            ObjectNode question = JsonNodeFactory.instance.objectNode();
            question.put("question_id", Integer.parseInt(id)).put("image", "001.jpg");
            question.put("text", row.text("prompt")).put("category", category.get(id));
            questions.add(question.toString());
            references.add("{\"question_id\": %s, \"text\": \"?\"}".formatted(id));
        });
        Files.write(dir.resolve("questions.jsonl"), questions);
        Files.write(dir.resolve("answers_gpt4.jsonl"), references);
        Files.writeString(dir.resolve("context.jsonl"), "{\"image\": \"001.jpg\", \"caption\": \"?\"}");
        Files.copy(Shared.path("assets/eval/llava_bench_coco/rule.json"), dir.resolve("rule.json"));

        Task.Scoring scoring = WILD.scoring();
        WILD.read(new Data(dir, dir, WILD.name()), WILD.wording("llava"), sample -> {
            String id = sample.id();
            scoring.add(new Answered(sample, answer.getOrDefault(id, ""), List.of(), review.get(id)));
        });
        Result result = scoring.result();
        Scores expected = LlavaBench.score(reviews);
        assertThat(result.scores().metrics()).containsAllEntriesOf(expected.metrics());
        assertThat(result.scores().n()).isEqualTo(expected.n());
        assertThat(result.scores().task()).isEqualTo("llava-bench-wild");
        assertThat(result.headlines())
                .extracting(Result.Headline::title)
                .containsExactly("complex", "conversation", "detail", "overall");
        assertThat(figure(result, 3, 60)).isCloseTo(expected.metric("all"), within(0.06));
    }

    @Test
    void failuresCountAsInTheOriginalAndAreLeftOutBesideIt() {
        Result result = marked(
                COCO,
                sample("0", "conv"),
                "8 6\nBecause.",
                sample("1", "conv"),
                "I cannot tell.",
                sample("2", "detail"),
                null,
                sample("3", "complex"),
                "10 9");
        Scores scores = result.scores();
        assertThat(scores.n()).isEqualTo(3);
        assertThat(scores.metric("conv")).isEqualTo(71.4);
        assertThat(scores.metric("all")).isEqualTo(82.4);
        assertThat(scores.metric("strict.conv")).isEqualTo(75.0);
        assertThat(scores.metric("strict.all")).isEqualTo(83.3);
        assertThat(scores.metric("failures")).isEqualTo(1);
        assertThat(scores.metrics()).doesNotContainKey("detail");
        assertThat(scores.notes())
                .containsExactly(
                        "1 of 3 reviews hold no two marks and are in the means as -1, as in the original",
                        "1 of 4 answers have no review and are left out");
        assertThat(result.headlines())
                .extracting(Result.Headline::title)
                .containsExactly("complex", "conversation", "overall");
        assertThat(figure(result, 0, 4)).isEqualTo(90);
        assertThat(figure(result, 1, 4)).isEqualTo(100 * 5 / 7.0);
        assertThat(figure(result, 2, 4)).isEqualTo(100 * 14 / 17.0);
        assertThat(result.columns().get("reference mark")).containsExactly(8, Double.NaN, Double.NaN, 10);
        assertThat(result.columns().get("candidate mark")).containsExactly(6, Double.NaN, Double.NaN, 9);
    }

    @Test
    void whereNoMarksWereFoundNothingIsStrict() {
        Result result = marked(COCO, sample("0", "conv"), "?");
        assertThat(result.scores().metric("all")).isEqualTo(100); // -1 of -1
        assertThat(result.scores().metrics()).doesNotContainKey("strict.all");
    }

    @Test
    void withoutReviewsThereAreNoFigures() {
        Result result = marked(WILD, sample("0", "llava_bench_conv"), null, sample("1", "llava_bench_conv"), null);
        assertThat(result.scores())
                .isEqualTo(new Scores(
                        "llava-bench-wild",
                        new LinkedHashMap<>(),
                        0,
                        List.of("not judged: none of the 2 answers has a review")));
        assertThat(result.headlines()).isEmpty();
        assertThat(result.columns().get("candidate mark"))
                .containsOnly(Double.NaN)
                .hasSize(2);
    }

    private static Sample sample(String id, String category) {
        ObjectNode doc = JsonNodeFactory.instance.objectNode().put("category", category);
        return new Sample(id, "p.jpg", "?", List.of(), "reference", category, doc);
    }

    /** @param pairs samples, each followed by its review */
    private static Result marked(JudgedTask task, @Nullable Object... pairs) {
        Task.Scoring scoring = task.scoring();
        for (int i = 0; i < pairs.length; i += 2) {
            scoring.add(new Answered((Sample) pairs[i], "answer", List.of(), (String) pairs[i + 1]));
        }
        return scoring.result();
    }

    private static double figure(Result result, int headline, int rows) {
        int[] once = new int[rows];
        Arrays.fill(once, 1);
        return result.headlines().get(headline).statistic().of(once);
    }
}
