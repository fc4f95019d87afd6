package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.Shared;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.metrics.LlavaBench.Marks;
import org.jocular.eval.metrics.LlavaBench.Mode;
import org.jocular.eval.metrics.LlavaBench.Review;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlavaBenchTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"8 10|8|10", "9 6.5|9|6.5", "8,9|8|9", "8 9\t|8|9", "-1 -1|-1|-1", ".5 5.|0.5|5", "1e1 +3|10|3"})
    void readsTwoMarks(String line, double first, double second) {
        assertThat(LlavaBench.parse(line + "\nBecause.")).isEqualTo(new Marks(first, second));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8",
                "8, 10",
                "8 10 ",
                " 8 10",
                "8  10",
                "8/10 9/10",
                "Assistant 1: 8",
                "8d 9f",
                "0x8 9",
                "NaN 8"
            })
    void failsWhereTheOriginalDoes(String line) {
        assertThat(LlavaBench.parse(line)).isEqualTo(Marks.FAILED);
    }

    @Test
    void failuresStayInTheMeansUnlessStrict() {
        List<Review> reviews = List.of(
                new Review("0", "conv", new Marks(8, 6)),
                new Review("1", "conv", Marks.FAILED),
                new Review("2", "detail", new Marks(9, 9)));
        Scores original = LlavaBench.score(reviews, Mode.ORIGINAL);
        assertThat(original.metric("conv")).isEqualTo(71.4);
        assertThat(original.metric("all")).isEqualTo(87.5);
        assertThat(original.metric("failures")).isEqualTo(1);
        Scores strict = LlavaBench.score(reviews, Mode.STRICT);
        assertThat(strict.metric("conv")).isEqualTo(75.0);
        assertThat(strict.metric("all")).isEqualTo(88.2);
        assertThat(strict.metric("failures")).isEqualTo(1);
        assertThat(strict.notes()).containsExactly("1 of 3 reviews hold no two marks and are left out");
    }

    @ParameterizedTest
    @CsvSource({
        "conv, conversation",
        "llava_bench_conv, conversation",
        "llava_bench_detail, detail",
        "complex, complex",
        "all, overall",
        "generic, generic"
    })
    void categoriesHaveTitles(String category, String title) {
        assertThat(LlavaBench.title(category)).isEqualTo(title);
    }

    @Test
    void aCategoryWithoutAnyMarksHasNoScore() {
        List<Review> reviews = List.of(new Review("0", "conv", Marks.FAILED));
        assertThatThrownBy(() -> LlavaBench.score(reviews, Mode.STRICT))
                .isInstanceOf(BadInput.class)
                .hasMessage("no review of category all holds two marks");
    }

    /** Marks of the reviews of text-only models, review_bard_vicuna-13b.jsonl, were read by another program. */
    @Test
    void publishedMarksAreThoseOfTheReviewsTexts() {
        var file = Shared.path("assets/eval/llava15/llava-bench-in-the-wild/reviews/llava-v1.5-13b-eval1.jsonl");
        List<Marks> parsed = new ArrayList<>();
        DataFile.jsonLines(file, row -> parsed.add(LlavaBench.parse(row.text("content"))));
        assertThat(LlavaBench.read(file)).hasSize(60).extracting(Review::marks).isEqualTo(parsed);
    }

    @Test
    void marksAreReadFromTheTextWhereALineHasNone(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("reviews.jsonl"), """
                {"question_id": 0, "category": "conv", "content": "8 6\\nBecause."}
                {"question_id": 1, "category": "conv", "content": "I cannot tell."}
                {"question_id": 2, "text": "8, 6"}
                """);
        assertThat(LlavaBench.read(file))
                .containsExactly(
                        new Review("0", "conv", new Marks(8, 6)),
                        new Review("1", "conv", Marks.FAILED),
                        new Review("2", null, Marks.FAILED));
    }
}
