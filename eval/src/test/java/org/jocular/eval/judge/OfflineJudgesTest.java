package org.jocular.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.Shared;
import org.jocular.eval.judge.Judge.NoReview;
import org.jocular.eval.metrics.LlavaBench;
import org.jocular.eval.metrics.LlavaBench.Marks;
import org.jocular.eval.metrics.LlavaBench.Review;
import org.jocular.eval.task.JudgedTask.Question;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The judges that ask nobody, and how any judge is named on the command line. */
class OfflineJudgesTest {
    @TempDir
    Path dir;

    private static Question question(String reference, String answer) {
        return new Question("system", "message", "asked", reference, answer);
    }

    private static String local(String reference, String answer) throws NoReview {
        return new LocalJudge().review("llava-bench", "1", question(reference, answer));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A dog is on the green grass.|A dog is on the green grass.|10",
                "A dog is on the green grass.|The grass, green; a DOG!|10",
                "A dog is on the green grass.|A cat is on the green grass.|7",
                "A dog is on the green grass.|A cat is in the house.|1",
                "A dog is on the green grass.|It is on the|1",
                "A dog is on the green grass.|''|1",
                "A dog is on the green grass.|...|1",
                "It is there|It is there|10",
                "It is there|It is here|7",
                "Yes|Yes, it is.|10",
                "Two dogs play|Two dogs run in the park|6.1"
            })
    void marksByWordsInCommon(String reference, String answer, double mark) throws NoReview {
        assertThat(LlavaBench.parse(local(reference, answer))).isEqualTo(new Marks(10, mark));
    }

    @Test
    void saysHowItCameToTheMark() throws NoReview {
        assertThat(local("Two dogs play", "In the park, two dogs run")).isEqualTo("""
                10 6.1
                By local word overlap, no language model; the mark is 1 + 9 * F1 of distinct content words, reference 10. \
                F1 = 2 * 2 / (3 + 4) = 0.571. Words in both: two, dogs.""");
        assertThat(local("A dog", "")).endsWith("Words in both: none.");
        assertThatThrownBy(() -> local("...", "A dog"))
                .isInstanceOf(NoReview.class)
                .hasMessage("the reference holds no words to compare with");
    }

    @Test
    void theLocalJudgeSaysThatItIsNoModel() {
        Judge judge = Judges.open("local", HttpJudge.Options.of(null), dir);
        assertThat(judge.label()).isEqualTo("local word overlap, no language model");
        assertThat(judge.settings().toString())
                .isEqualTo("{kind=local word overlap, no language model, "
                        + "formula=1 + 9 * F1 of distinct content words, reference 10}");
    }

    private static String exact(String reference, String answer) throws NoReview {
        return new ExactJudge().review("llava-bench", "1", question(reference, answer));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "top left|top left|10",
                "top left|Top left. |10",
                "top left|left|0",
                "top left|top  left|0",
                "top left|''|0",
                "top left|top left. yes|6.6667",
                "two objects. a red ring. a blue ring|a blue ring . two objects . a red ring .|10",
                "two objects. a red ring. a blue ring|two objects. a red ring. a blue cross|6.6667",
                "two objects. a red ring. a blue ring|two objects. a red ring|8",
                "a ring. a ring|a ring. a ring|10",
                "a ring. a ring|a ring. a cross|5",
                "a ring. a cross|a ring. a ring|5"
            })
    void marksByEqualSentences(String reference, String answer, double mark) throws NoReview {
        assertThat(LlavaBench.parse(exact(reference, answer))).isEqualTo(new Marks(10, mark));
    }

    @Test
    void theExactJudgeSaysWhatItIsAndWhy() throws NoReview {
        Judge judge = Judges.open("exact", HttpJudge.Options.of(null), dir);
        assertThat(judge.label()).isEqualTo("equality with a reference that is the truth, no language model");
        assertThat(judge.settings().toString())
                .isEqualTo("{kind=equality with a reference that is the truth, no language model, "
                        + "formula=10 * F1 of equal sentences, reference 10}");
        assertThat(exact("One ring. a cross", "one ring. a square. one ring")).isEqualTo("""
                10 4
                By equality with a reference that is the truth, no language model; the mark is 10 * F1 of equal sentences, \
                reference 10. F1 = 2 * 1 / (2 + 3) = 0.400. Missing: "a cross". Wrong: "a square", "one ring".""");
        assertThat(exact("yes", "yes")).endsWith("Missing: nothing. Wrong: nothing.");
        assertThatThrownBy(() -> exact(" . ", "yes"))
                .isInstanceOf(NoReview.class)
                .hasMessage("the reference holds no sentence to compare with");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llava15/llava-bench-in-the-wild/reviews/llava-v1.5-13b-eval1.jsonl",
                "llava_bench_coco/review_bard_vicuna-13b.jsonl"
            })
    void marksOfAFileAreThoseThatItScoresWith(String name) throws Exception {
        Path file = Shared.path("assets/eval/" + name);
        List<Review> published = LlavaBench.read(file);
        List<Review> judged = new ArrayList<>();
        try (FileJudge judge = new FileJudge(file)) {
            for (Review review : published) {
                String words = judge.review("llava-bench", review.questionId(), question("", ""));
                judged.add(new Review(review.questionId(), review.category(), LlavaBench.parse(words)));
            }
            assertThat(judge.settings()).containsEntry("reviews", published.size());
        }
        assertThat(judged).isEqualTo(published);
    }

    @Test
    void readsAllFormatsOfReviews() throws Exception {
        Path file = Files.writeString(dir.resolve("reviews.jsonl"), """
                {"question_id": 0, "category": "conv", "content": "8 6\\nBecause.", "tuple": [8.0, 6.0]}
                {"question_id": "one", "text": "9 9\\nBoth."}
                {"question_id": 2, "tuple": [9.0, 6.5]}
                {"question_id": 3, "content": "The first gets 8, the second 9.", "tuple": [8, 9]}
                {"question_id": 4, "content": "I cannot tell.", "tuple": [-1, -1]}
                {"question_id": 5, "score": [-1, -1]}
                """);
        Judge judge = Judges.open("file:" + file, HttpJudge.Options.of(null), dir);
        List<String> words = new ArrayList<>();
        for (String id : List.of("0", "one", "2", "3", "4", "5")) {
            words.add(judge.review("llava-bench", id, question("", "")));
        }
        assertThat(words)
                .containsExactly(
                        "8 6\nBecause.",
                        "9 9\nBoth.",
                        "9 6.5",
                        "8 9\nThe first gets 8, the second 9.",
                        "I cannot tell.",
                        "-1 -1");
        assertThat(judge.label()).isEqualTo("reviews in reviews.jsonl");
        assertThat(judge.settings().toString())
                .isEqualTo(
                        "{kind=file, file=reviews.jsonl, sha256=%s, reviews=6}", Hashes.of(Files.readAllBytes(file)));
        assertThatThrownBy(() -> judge.review("llava-bench", "7", question("", "")))
                .isInstanceOf(NoReview.class)
                .hasMessage("%s holds none of that question", file);
        assertThatThrownBy(() -> judge.review("llava-bench-wild", "0", question("", "")))
                .isInstanceOf(BadInput.class)
                .hasMessage(
                        "%s holds the reviews of one benchmark, and is asked for llava-bench-wild beside llava-bench",
                        file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|FILE holds no reviews",
                "{\"question_id\": 1, \"tuple\": [1, 2]}~{\"question_id\": 1, \"tuple\": [1, 2]}"
                        + "|FILE, line 2, reviews question 1 a second time",
                "{\"question_id\": 1}|FILE, line 1, lacks tuple, and score, content and text too",
                "{\"tuple\": [1, 2]}|FILE, line 1, lacks question_id"
            })
    void refusesBrokenFiles(String lines, String message) throws Exception {
        Path file = Files.writeString(dir.resolve("reviews.jsonl"), lines.replace('~', '\n'));
        assertThatThrownBy(() -> new FileJudge(file))
                .isInstanceOf(BadInput.class)
                .hasMessage(message.replace("FILE", file.toString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt-4|gpt-4 is no judge, expected none, local, exact, file:PATH or the address of an endpoint like https://api.openai.com/v1",
                "http://localhost:8000/v1|the judge needs the name of a model, because marks of different models cannot be compared"
            })
    void refusesWhatIsNoJudge(String spec, String message) {
        assertThatThrownBy(() -> Judges.open(spec, HttpJudge.Options.of(null), dir))
                .isInstanceOf(BadInput.class)
                .hasMessage(message);
    }

    @Test
    void opensAnEndpoint() {
        try (Judge judge = Judges.open("https://api.openai.com/v1", HttpJudge.Options.of("gpt-4-0314"), dir)) {
            assertThat(judge.label()).isEqualTo("gpt-4-0314 (api.openai.com)");
        }
    }

    @Test
    void refusesOptionsThatCannotBe() {
        assertThatThrownBy(() ->
                        new HttpJudge.Options("m", 0.2, 1024, null, Duration.ZERO, 1, null, null, 1, "OPENAI_API_KEY"))
                .isInstanceOf(BadInput.class)
                .hasMessage("the judge's timeout is 0 s, expected more than 0 s");
        assertThatThrownBy(() -> new HttpJudge.Options(
                        "m", Double.NaN, 1024, null, Duration.ofSeconds(1), 1, null, null, 1, "KEY"))
                .hasMessage("the judge's temperature is NaN, expected 0 to 2");
    }
}
