package org.jocular.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jocular.cli.verify.Check.Generation;
import org.jocular.cli.verify.Check.Logits;
import org.jocular.cli.verify.Check.Recorded;
import org.jocular.cli.verify.Check.Required;
import org.jocular.cli.verify.Outcome.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What counts as the same. */
class ComparisonTest {
    private static final Recorded BOTH = recorded(List.of(2), List.of(2, 7, 8, 9), "a cat sleeps");

    private static Recorded recorded(List<Integer> start, List<Integer> ids, @Nullable String text) {
        return new Recorded("float32", "here", start, ids, text);
    }

    private static Generation check(@Nullable Required required, Recorded... recorded) {
        return new Generation("id", List.of(), "", Map.of(), false, List.of(recorded), required);
    }

    private static Verdict verdict(Generation check, List<Integer> ids, String text) {
        return Comparison.of(check, ids, text).verdict();
    }

    @Test
    void theStartThatOldVersionsPutBeforeTheAnswerIsCutOff() {
        assertThat(verdict(check(null, BOTH), List.of(7, 8, 9), " a cat sleeps\n"))
                .isEqualTo(Verdict.PASSED);
        assertThat(verdict(check(null, BOTH), List.of(2, 7, 8, 9), "a cat sleeps"))
                .isEqualTo(Verdict.DIFFERS);
    }

    @Test
    void allIdsAndTheWholeTextMustBeEqual() {
        assertThat(verdict(check(null, BOTH), List.of(7, 8), "a cat sleeps")).isEqualTo(Verdict.DIFFERS);
        assertThat(verdict(check(null, BOTH), List.of(7, 8, 9, 10), "a cat sleeps"))
                .isEqualTo(Verdict.DIFFERS);
        assertThat(verdict(check(null, BOTH), List.of(7, 8, 9), "a cat sleeps well"))
                .isEqualTo(Verdict.DIFFERS);
        assertThat(verdict(check(null, recorded(List.of(), List.of(), "two")), List.of(1), "two cats"))
                .isEqualTo(Verdict.DIFFERS);
    }

    @Test
    void oneOfSeveralRecordsIsEnoughAndTheNearestIsShown() {
        Recorded other = recorded(List.of(), List.of(7, 8, 5), "a cat runs");

        Outcome same = Comparison.of(check(null, BOTH, other), List.of(7, 8, 5), "a cat runs");
        Outcome near = Comparison.of(check(null, BOTH, other), List.of(7, 8, 5), "a cat runs off");

        assertThat(same.verdict()).isEqualTo(Verdict.PASSED);
        assertThat(near.verdict()).isEqualTo(Verdict.DIFFERS);
        assertThat(near.sentence()).isEqualTo("3 of 3 ids and 3 of 3 words agree");
        assertThat(near.expected()).isEqualTo(Map.of("ids", List.of(7, 8, 5), "text", "a cat runs"));
        assertThat(near.found()).isEqualTo(Map.of("ids", List.of(7, 8, 5), "text", "a cat runs off"));
    }

    @Test
    void aBeginningIsEnoughWhereNoMoreIsRequired() {
        Generation ids = check(new Required(2, "", "8-bit"), BOTH);
        Generation text = check(new Required(0, "a cat", "4-bit"), BOTH);

        Outcome passed = Comparison.of(ids, List.of(7, 8, 1), "a cat eats");
        assertThat(passed.verdict()).isEqualTo(Verdict.PASSED);
        assertThat(passed.sentence())
                .isEqualTo("2 of 3 ids and 2 of 3 words agree; the first 2 ids must agree (8-bit)");
        assertThat(verdict(ids, List.of(7), "a")).isEqualTo(Verdict.DIFFERS);
        assertThat(verdict(ids, List.of(7, 1), "a cat sleeps")).isEqualTo(Verdict.DIFFERS);
        assertThat(verdict(text, List.of(1), "a cat eats")).isEqualTo(Verdict.PASSED);
        assertThat(verdict(text, List.of(7, 8, 9), "the cat")).isEqualTo(Verdict.DIFFERS);
    }

    @Test
    void whereNothingIsRequiredItIsOnlyShown() {
        Generation check = check(new Required(0, "", "bfloat16"), BOTH);

        assertThat(verdict(check, List.of(7, 8, 9), "a cat sleeps")).isEqualTo(Verdict.SHOWN);
        assertThat(Comparison.of(check, List.of(1), "a dog").sentence())
                .isEqualTo("0 of 3 ids and 1 of 3 words agree; only shown (bfloat16)");
    }

    @Test
    void scoresMayBeOffByTheirTolerance() {
        assertThat(scores(1.09, -2)).isEqualTo(Verdict.PASSED);
        assertThat(scores(1, -2.11)).isEqualTo(Verdict.DIFFERS);
        assertThat(scores(1, Double.NaN)).isEqualTo(Verdict.DIFFERS);
        assertThat(scores(Double.NEGATIVE_INFINITY, -2)).isEqualTo(Verdict.DIFFERS);
    }

    private static Verdict scores(double a, double b) {
        Logits check = new Logits(
                "id",
                List.of(),
                "",
                List.of(),
                List.of(),
                List.of(List.of(1.0, -2.0)),
                0.1,
                "float32",
                "here",
                "guessed");
        return Comparison.of(check, List.of(List.of(a, b))).verdict();
    }
}
