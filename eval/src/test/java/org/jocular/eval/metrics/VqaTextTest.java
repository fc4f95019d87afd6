package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jocular.eval.Shared;
import org.jocular.eval.data.DataFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected values come from the two original programs. */
class VqaTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "Two|2|2",
                "none|0|0",
                "The cat|cat|cat",
                "a|''|''",
                "dont know|don't know|don't know",
                "Hershey's|hershey's|hershey 's",
                "let's go|let's go|let 's go",
                "1,000|1000|1000",
                "1,000-foot|1000foot|1000 foot",
                "black-white|black white|black white",
                "black- white|black white|black white",
                "yes, it is|yes it is|yes it is",
                "red,blue|red blue|redblue",
                "what?|what|what",
                "what?!now|what now|what now",
                "u.s.a.|usa|usa",
                "3.5|3.5|3.5",
                "5.x|5x|5x",
                "x.5|x.5|x.5",
                "im|im|im",
                "somebody'd|somebodyd|somebodyd",
                "ONE  AN  apple|1 apple|1 apple",
                "‘quoted’|‘quoted’|‘quoted’",
            })
    void normalisesAsTheOriginalsDo(String answer, String official, String m4c) {
        assertThat(VqaText.official(answer)).isEqualTo(official);
        assertThat(VqaText.m4c(answer)).isEqualTo(m4c);
    }

    @Test
    void replacesOnlyThirtyTwoPeriods() {
        assertThat(VqaText.official(".".repeat(40))).isEqualTo(".".repeat(8));
    }

    @Test
    void takesPythonsWhiteSpaceForSpace() {
        assertThat(VqaText.official("\u00a0two\u001fdogs\t\n")).isEqualTo("2 dogs");
    }

    @Test
    void equalsTheOfficialProgramOnEveryPublishedAnswer() {
        compare("eval/vqa_norm/official_vqaEval_normalise.tsv", VqaText::official);
    }

    @Test
    void equalsLlavasProgramOnEveryPublishedAnswer() {
        compare("eval/vqa_norm/m4c_EvalAI_normalise.tsv", VqaText::m4c);
    }

    private static void compare(String file, UnaryOperator<String> normalise) {
        List<String> lines = DataFile.lines(Shared.path("assets/" + file));
        assertThat(lines).hasSize(3350).allSatisfy(line -> {
            String[] columns = line.split("\t", -1);
            assertThat(normalise.apply(columns[0])).as(columns[0]).isEqualTo(columns[1]);
        });
    }
}
