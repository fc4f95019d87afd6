package org.jocular.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.run.RunFixture;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResultsTest {
    static final ReportSettings FEW = new ReportSettings(new ClusterBootstrap.Settings(200, 0.95, 7), 500);
    static final Function<String, Task> TASKS = name -> name.equals("marks") ? new Marks() : Colours.TASK;

    @TempDir
    Path temp;

    static void picture(Path file, int rgb) throws IOException {
        Files.createDirectories(file.getParent());
        BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 40 * 30; i++) {
            image.setRGB(i % 40, i / 40, rgb);
        }
        ImageIO.write(image, "png", file.toFile());
    }

    /** Two of three right about one picture, one of two about the other; one failed; two marks. */
    private RunFolder run(String folder) throws IOException {
        picture(temp.resolve("data/red.png"), 0xff0000);
        SequencedMap<String, Object> judge = new LinkedHashMap<>();
        judge.put("label", "local word overlap, not a language model");
        return new RunFixture(temp.resolve(folder), "tiny-llava", "llava")
                .judgedBy(judge)
                .answered("colours", Colours.sample("a", "red.png", "What colour?", "red", "colour"), "Red")
                .answered("colours", Colours.sample("b", "red.png", "Which, \"here\"?", "big", "size"), "small")
                .answered("colours", Colours.sample("c", "red.png", "One\nor two?", "one", "number"), " one ")
                .failed("colours", Colours.sample("d", "gone.png", "Why?", "so", "size"), "gone.png does not exist")
                .ranked(
                        "colours",
                        Colours.ranked("e", "blue.png", "True?", List.of("yes", "no"), "no"),
                        List.of(-2.5, -0.25))
                .answered("colours", Colours.sample("f", "blue.png", "Seen?", "no", "number"), "yes")
                .answered("marks", Colours.sample("g", null, "Tell", "a tale", "free"), "tale", "7\nquite good")
                .answered("marks", Colours.sample("h", null, "Say", "a word", "free"), "word", "4\npoor")
                .write();
    }

    @Test
    void figuresAreThoseComputedByHand() throws IOException {
        RunFolder run = run("run");
        String text = Results.write(run, temp.resolve("data"), FEW, TASKS);
        JsonNode json = JsonMapper.shared().readTree(Files.readString(run.dir().resolve("results.json")));
        assertThat(json.at("/results/colours/accuracy").doubleValue()).isCloseTo(60, within(1e-12));
        assertThat(json.at("/results/colours/Colours").doubleValue()).isCloseTo(60, within(1e-12));
        // two pictures: a resample holds one of them twice or each once, so accuracies are 1/2, 3/5 and 2/3
        assertThat(json.at("/results/colours/Colours interval/0").doubleValue()).isCloseTo(50, within(1e-12));
        assertThat(json.at("/results/colours/Colours interval/1").doubleValue()).isCloseTo(200 / 3.0, within(1e-12));
        assertThat(json.at("/headlines/colours/0/clusters").intValue()).isEqualTo(2);
        assertThat(json.at("/results/marks/Marks mean").doubleValue()).isCloseTo(55, within(1e-12));
        assertThat(json.at("/n-samples/colours").toString()).isEqualTo("{\"original\":6,\"effective\":5,\"failed\":1}");
        assertThat(json.at("/bootstrap").toString())
                .isEqualTo("{\"resamples\":200,\"level\":0.95,\"seed\":7,\"unit\":\"picture\"}");
        assertThat(json.at("/config/model/system").stringValue()).isEqualTo("llava");
        assertThat(json.at("/configs/colours/wording").stringValue()).isEqualTo("llava");
        assertThat(text).isEqualTo("""
                        tiny-llava  figure  95 % interval  answered
                        Colours       60.0   [50.0, 66.7]    5 of 6
                        Marks mean    55.0   [40.0, 70.0]    2 of 2
                        Colours: 1 of 6 questions got no answer and are left out (d): the picture does not exist
                        Marks: marks by local word overlap, not a language model
                        Marks: one note of the scorer
                        Judge: all reviews came
                        """);
    }

    @Test
    void samplesHaveTheFieldsOfLmmsEval() throws IOException {
        RunFolder run = run("run");
        Results.write(run, temp.resolve("data"), FEW, TASKS);
        List<JsonNode> samples = Files.readAllLines(run.dir().resolve("samples_colours.jsonl")).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
        assertThat(samples).hasSize(6);
        JsonNode first = samples.getFirst();
        assertThat(first.propertyNames())
                .startsWith(
                        "doc_id",
                        "doc",
                        "target",
                        "input",
                        "resps",
                        "filtered_resps",
                        "doc_hash",
                        "prompt_hash",
                        "target_hash",
                        "correct");
        assertThat(first.get("resps").toString()).isEqualTo("[[\"Red\"]]");
        assertThat(first.get("filtered_resps").toString()).isEqualTo("[\"red\"]");
        assertThat(first.get("correct").doubleValue()).isEqualTo(1);
        // hashlib.sha256("red".encode()).hexdigest()
        assertThat(first.get("target_hash").stringValue())
                .isEqualTo("b1f51a511f1da0cd348b8f8598db32e61cb963e5fc69e2b41485bf99590ed75a");
        JsonNode failed = samples.get(3);
        assertThat(failed.get("failed").stringValue()).isEqualTo("gone.png does not exist");
        assertThat(failed.get("resps").toString()).isEqualTo("[]");
        assertThat(failed.get("correct").isNull()).isTrue();
        JsonNode ranked = samples.get(4);
        assertThat(ranked.get("log_likelihoods").toString()).isEqualTo("[-2.5,-0.25]");
        assertThat(ranked.get("resps").toString()).isEqualTo("[[\"no\"]]");
        assertThat(ranked.get("correct").doubleValue()).isEqualTo(1);
        assertThat(Files.readAllLines(run.dir().resolve("samples_marks.jsonl")).getFirst())
                .contains("\"review\":\"7\\nquite good\"", "\"mark\":7.0");
    }

    @Test
    void aSecondTimeGivesTheSameBytes() throws IOException {
        RunFolder run = run("run");
        Results.write(run, temp.resolve("data"), FEW, TASKS);
        Map<String, byte[]> first = files(run.dir());
        Results.write(run, temp.resolve("data"), FEW, TASKS);
        RunFolder other = run("elsewhere");
        Results.write(other, temp.resolve("data"), FEW, TASKS);
        assertThat(first)
                .containsKeys(
                        "results.json",
                        "results.csv",
                        "results.md",
                        "report.html",
                        "samples_colours.jsonl",
                        "samples_marks.jsonl");
        first.forEach((name, bytes) -> {
            assertThat(files(run.dir()).get(name)).as(name).isEqualTo(bytes);
            assertThat(files(other.dir()).get(name)).as(name).isEqualTo(bytes);
        });
    }

    private static Map<String, byte[]> files(Path dir) {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> children = Files.list(dir)) {
            for (Path file : children.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return files;
    }

    @Test
    void judgeIsNamedBesideFiguresEverywhere() throws IOException {
        RunFolder run = run("run");
        Results.write(run, temp.resolve("data"), FEW, TASKS);
        String label = "local word overlap, not a language model";
        assertThat(Files.readString(run.dir().resolve("results.json"))).contains(label);
        assertThat(Files.readString(run.dir().resolve("results.md"))).contains(label);
        assertThat(Files.readAllLines(run.dir().resolve("results.csv")))
                .filteredOn(line -> line.startsWith("marks,"))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("\"marks by " + label + "\""));
        String html = Files.readString(run.dir().resolve("report.html"));
        assertThat(html)
                .contains(
                        ">Marks<small>marks by " + label + "</small></th>",
                        "<figcaption>Marks (marks by " + label + ")</figcaption>",
                        "<h3>Marks</h3> <span>2 of 2 answered · marks by " + label + "</span>",
                        "\"judge\":\"marks by " + label + "\"");
    }

    @Test
    void aRunWithoutAnswersHasAReportThatSaysSo() throws IOException {
        RunFolder run = new RunFixture(temp.resolve("run"), "tiny", "blip2")
                .failed("colours", Colours.sample("a", "x.png", "What?", "red", "colour"), "x.png is no picture")
                .write();
        Files.createDirectories(temp.resolve("data"));
        String text = Results.write(run, temp.resolve("data"), FEW, TASKS);
        assertThat(text).contains("Colours: There are no figures: no question was answered.", "0 of 1");
        assertThat(Files.readString(run.dir().resolve("report.html"))).contains("x.png is no picture");
    }

    /** What is kept of each answer is two numbers, and a report holds no more samples than it is told to. */
    @Test
    void aLargeRunKeepsNumbersAloneAndShowsAFew() throws IOException {
        int questions = 20_000;
        RunFixture fixture = new RunFixture(temp.resolve("run"), "large", "llava");
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < questions; i++) {
            answers.add(i % 4 == 0 ? "no" : "yes");
            fixture.answered(
                    "colours",
                    Colours.sample("q" + i, "p" + i / 4 + ".jpg", "Is it so? " + "x".repeat(200), "yes", "c" + i % 3),
                    answers.getLast());
        }
        RunFolder run = fixture.write();
        Files.createDirectories(temp.resolve("data"));
        ReportSettings settings = new ReportSettings(new ClusterBootstrap.Settings(20, 0.95, 0), 90);
        ScoredTask scored = ScoredTask.of(run, run.manifest().tasks().getFirst(), Colours.TASK, settings.bootstrap());
        assertThat(scored.ids()).hasSize(questions);
        assertThat(scored.clusters()).hasSize(questions);
        assertThat(scored.intervals().getFirst().clusters()).isEqualTo(questions / 4);
        assertThat(scored.intervals().getFirst().estimate()).isEqualTo(75);
        Results.write(run, temp.resolve("data"), settings, TASKS);
        assertThat(run.dir().resolve("samples_colours.jsonl")).content().hasLineCount(questions);
        String html = Files.readString(run.dir().resolve("report.html"));
        assertThat(html.lines().filter(line -> line.startsWith("{\"n\":"))).hasSize(90);
        assertThat(html.lines().filter(line -> line.contains("\"correct\":false")))
                .hasSize(60);
        assertThat(html.length()).isLessThan(200_000);
    }
}
