package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.train.world.Statement;
import org.jocular.vit.PictureReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, with models that have learned nothing. */
class DemoCommandTest {
    @TempDir
    private Path home;

    private Path out = Path.of("");

    @BeforeEach
    void makeHome() throws IOException {
        StandIns.golden(home);
        out = home.resolve("demo");
    }

    private Cli.Result demo(String... more) {
        String[] all = Stream.concat(Stream.of("demo", "--out", out.toString()), Stream.of(more))
                .toArray(String[]::new);
        Cli.Result result = StandIns.at(home, () -> Cli.run(all));
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        return result;
    }

    @Test
    void withoutTinyModelsItShowsTheWholePathOnARandomOne() {
        Cli.Result result = demo();

        assertThat(result.err())
                .contains("does without models/tiny-llava, models/tiny-blip2")
                .hasLineCount(1);
        assertThat(result.out())
                .contains("16 visual tokens of width 48", "58 ids", "PASSED", "weights of this model are random")
                .doesNotContain("questions", "evaluation");
        assertThat(PictureReader.read(out.resolve("scene.png"))).isEqualTo(Drawing.circleLeftOfSquare());
        assertThat(PictureReader.read(out.resolve("patches.png")).width()).isEqualTo(448);
    }

    @Test
    void talksAboutASceneAndEvaluatesWhatIsThere() throws IOException {
        StandIns.tiny("llava", home);
        StandIns.tiny("mplug-owl", home);

        Cli.Result result = demo("--questions", "1", "--seed", "5");

        assertThat(result.err())
                .contains("does without models/tiny-blip2, models/tiny-instructblip, models/tiny-minigpt4");
        assertThat(result.out())
                .contains(
                        "9 visual tokens of width 96",
                        "the truth: ",
                        "questions",
                        "% true",
                        "where it looked",
                        "PASSED")
                .contains("tiny-llava  tiny-mplug-owl", "GQA", "VSR", "ScienceQA IMG", "NoCaps CIDEr", "LLaVA-Bench")
                .doesNotContain("weights of this model are random");
        for (String file : List.of("scene.png", "scene-large.png", "patches.png", "attention.png")) {
            assertThat(out.resolve(file)).isNotEmptyFile();
        }
        assertThat(out.resolve("evaluation/tiny-mplug-owl/report.html")).isNotEmptyFile();
        assertThat(out.resolve("evaluation/comparison/comparison.html")).isNotEmptyFile();
    }

    @Test
    void quickLeavesTheEvaluationOut() throws IOException {
        StandIns.tiny("blip2", home);

        Cli.Result result = demo("--quick");

        assertThat(result.out()).contains("tiny-blip2", "attention", "PASSED").doesNotContain("evaluation");
        assertThat(out.resolve("evaluation")).doesNotExist();
    }

    @Test
    void aSeedDrawsTheSameSceneAgain() {
        for (long seed = 0; seed < 20; seed++) {
            DemoScene scene = DemoScene.of(seed);
            assertThat(DemoScene.of(seed)).isEqualTo(scene);
            assertThat(scene.scene().things()).hasSizeGreaterThanOrEqualTo(3);
            assertThat(scene.questions()).hasSize(3).doesNotHaveDuplicates();
            assertThat(scene.statements())
                    .hasSize(4)
                    .extracting(Statement::holds)
                    .containsExactlyInAnyOrder(true, true, false, false);
        }
    }

    @Test
    void tableHasAColumnForEachSystem() {
        List<String> lines = DemoTable.of(List.of(
                "task,figure,system,value,best",
                "gqa,GQA,one,40.04,false",
                "gqa,GQA,other,93.57,true",
                "vsr,VSR,one,75,true",
                "vsr,VSR,other,5,false"));

        assertThat(lines)
                .containsExactly(
                        " ".repeat(34) + "  one  other",
                        "GQA" + " ".repeat(31) + " 40.0  *93.6",
                        "VSR" + " ".repeat(31) + "*75.0    5.0");
    }
}
