package org.jocular.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.run.RunFixture;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ComparisonTest {
    private static final ReportSettings MANY = new ReportSettings(new ClusterBootstrap.Settings(20_000, 0.95, 3), 0);

    @TempDir
    Path temp;

    /**
     * Answers twelve questions about five pictures.
     *
     * @param answers 1 for a right one, 0 for a wrong one, – for none
     */
    private RunFixture run(String folder, String name, String answers) {
        String pictures = "aaabccddddee";
        RunFixture fixture = new RunFixture(temp.resolve(folder), name, "llava");
        for (int i = 0; i < answers.length(); i++) {
            var sample = Colours.sample("q" + i, pictures.charAt(i) + ".png", "Is it?", "yes", "c");
            if (answers.charAt(i) == '–') {
                fixture.failed("colours", sample, "no answer came");
            } else {
                fixture.answered("colours", sample, answers.charAt(i) == '1' ? "yes" : "no");
            }
        }
        return fixture;
    }

    private JsonNode compare(boolean allow, String... folders) throws IOException {
        Path out = temp.resolve("out");
        List<Path> runs = List.of(folders).stream().map(temp::resolve).toList();
        Comparison.write(runs, out, allow, MANY, ResultsTest.TASKS);
        return JsonMapper.shared().readTree(Files.readString(out.resolve("comparison.json")));
    }

    /** The answers of ClusterBootstrapTest, whose figures numpy computed from all 3,125 resamples. */
    @Test
    void figuresAndTestsAreThoseOfTheExactDistribution() throws IOException {
        run("first", "good", "110101111001").write();
        run("second", "poor", "100100101001").write();
        JsonNode json = compare(false, "second", "first");
        JsonNode column = json.at("/columns/0");
        assertThat(column.get("best").stringValue()).isEqualTo("good (llava)");
        assertThat(column.at("/figures/good (llava)/value").doubleValue()).isCloseTo(800 / 12.0, within(1e-9));
        assertThat(column.at("/figures/good (llava)/interval/0").doubleValue()).isCloseTo(54.545455, within(1e-6));
        JsonNode test = column.at("/tests/0");
        assertThat(test.get("system").stringValue()).isEqualTo("poor (llava)");
        assertThat(test.get("questions").intValue()).isEqualTo(12);
        assertThat(test.get("difference").doubleValue()).isCloseTo(-25, within(1e-9));
        assertThat(test.at("/interval/0").doubleValue()).isCloseTo(-38.461538, within(1e-6));
        assertThat(test.at("/interval/1").doubleValue()).isCloseTo(-10, within(1e-6));
        assertThat(test.get("p").doubleValue()).isCloseTo(0.01056, within(0.003));
        // 0 against 3 questions: 2 · ½³
        assertThat(test.at("/mcnemar").toString())
                .isEqualTo(
                        "{\"only_system\":0,\"only_best\":3,\"method\":\"exact_binomial\",\"p\":0.25,\"p_holm\":0.25}");
        assertThat(temp.resolve("out/comparison.md"))
                .content()
                .contains("| poor (llava) | 41.7 ", "| good (llava) | **66.7** \\[54.5, 77.8\\] |");
        assertThat(temp.resolve("out/comparison.csv"))
                .content()
                .startsWith("task,figure,system,value,low,high,best,")
                .contains("colours,Colours,good (llava),66.66666666666667,")
                .hasLineCount(3);
        assertThat(temp.resolve("out/comparison.html"))
                .content()
                .contains("<strong>66.7</strong>")
                .doesNotContain("http://", "https://");
    }

    @Test
    void questionsThatOneDidNotAnswerAreNotPaired() throws IOException {
        run("first", "good", "110101111001").write();
        run("second", "poor", "–001001010–1").write();
        JsonNode json = compare(false, "first", "second");
        assertThat(json.at("/columns/0/figures/poor (llava)/value").doubleValue())
                .isCloseTo(40, within(1e-9));
        assertThat(json.at("/columns/0/figures/good (llava)/value").doubleValue())
                .isCloseTo(800 / 12.0, within(1e-9));
        JsonNode test = json.at("/columns/0/tests/0");
        assertThat(test.get("questions").intValue()).isEqualTo(10);
        // of the ten that both answered: seven right against four
        assertThat(test.get("difference").doubleValue()).isCloseTo(-30, within(1e-9));
        assertThat(json.get("notes").toString())
                .contains(
                        "poor (llava): Colours: 2 of 12 questions got no answer",
                        "Numbers of answered questions of Colours differ: 12 (good (llava)); 10 (poor (llava)).");
    }

    @Test
    void refusesDifferentDataUnlessTold() throws IOException {
        run("first", "good", "110101111001").write();
        run("fewer", "poor", "1001").write();
        run("other", "poor", "100100101001").ofData("b".repeat(64)).write();
        assertThatThrownBy(() -> compare(false, "first", "fewer"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(
                        "cannot be set side by side, their data differ: colours, 12 questions from number 0 on, not 4 from 0 on");
        assertThatThrownBy(() -> compare(false, "first", "other"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(
                        "colours, files colours.jsonl (SHA-256 aaaaaaaaaaaa…), not colours.jsonl (SHA-256 bbbbbbbbbbbb…)");
        assertThat(temp.resolve("out")).doesNotExist();
        JsonNode json = compare(true, "first", "fewer");
        assertThat(json.get("common_questions_only").booleanValue()).isTrue();
        assertThat(json.at("/columns/0/figures/good (llava)/value").doubleValue())
                .isCloseTo(75, within(1e-9));
        assertThat(json.at("/columns/0/figures/poor (llava)/value").doubleValue())
                .isCloseTo(50, within(1e-9));
        assertThat(json.at("/columns/0/tests/0/questions").intValue()).isEqualTo(4);
        assertThat(json.at("/notes/0").stringValue())
                .isEqualTo(
                        "Data differ between first and fewer: colours, 12 questions from number 0 on, not 4 from 0 on; figures and tests are of the common questions alone.");
    }

    @Test
    void otherWordsAreShownAndNotRefused() throws IOException {
        run("first", "llava-7b", "110101111001").write();
        run("second", "llava-7b", "100100101001").worded("lavis").write();
        JsonNode json = compare(false, "first", "second");
        assertThat(json.get("notes").toString())
                .contains("Wordings of Colours differ: llava (llava-7b, first); lavis (llava-7b, second).");
    }

    @Test
    void judgesStandBesideTheirFigures() throws IOException {
        for (String name : List.of("one", "two")) {
            SequencedMap<String, Object> judge = new LinkedHashMap<>();
            judge.put("label", "judge " + name);
            new RunFixture(temp.resolve(name), name, "blip2")
                    .judgedBy(judge)
                    .answered("marks", Colours.sample("a", null, "Tell", "x", "c"), "x", "7")
                    .answered("marks", Colours.sample("b", null, "Say", "x", "c"), "x", "5")
                    .write();
        }
        JsonNode json = compare(false, "one", "two");
        assertThat(json.at("/columns/0/judge").stringValue()).isEqualTo("marks by judge one; marks by judge two");
        assertThat(json.get("notes").toString()).contains("Judges of Marks differ: marks by judge one (one (blip2)); ");
        assertThat(temp.resolve("out/comparison.html"))
                .content()
                .contains(">Marks<small>marks by judge one; marks by judge two</small></th>");
    }

    @Test
    void aSecondTimeGivesTheSameBytes() throws IOException {
        run("first", "good", "110101111001").write();
        run("second", "poor", "100100101001").write();
        compare(false, "first", "second");
        byte[] html = Files.readAllBytes(temp.resolve("out/comparison.html"));
        byte[] json = Files.readAllBytes(temp.resolve("out/comparison.json"));
        compare(false, "first", "second");
        assertThat(Files.readAllBytes(temp.resolve("out/comparison.html"))).isEqualTo(html);
        assertThat(Files.readAllBytes(temp.resolve("out/comparison.json"))).isEqualTo(json);
    }

    @Test
    void oneRunIsNothingToCompare() {
        run("first", "good", "1").write();
        assertThatThrownBy(() -> compare(false, "first"))
                .hasMessage("There is nothing to compare: 1 run, expected two or more");
    }
}
