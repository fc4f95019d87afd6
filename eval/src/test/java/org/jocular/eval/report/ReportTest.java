package org.jocular.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jocular.eval.run.RunFixture;
import org.jocular.eval.run.RunFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final String HOSTILE =
            "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> \" ' & \u2028 \\ \u0000 <script";

    @TempDir
    Path temp;

    private String html = "";

    @BeforeEach
    void write() throws IOException {
        ResultsTest.picture(temp.resolve("data/red.png"), 0xff0000);
        ResultsTest.picture(temp.resolve("data/blue.png"), 0x0000ff);
        RunFolder run = new RunFixture(temp.resolve("run"), HOSTILE, "llava")
                .answered("colours", Colours.sample("a", "red.png", HOSTILE, "red", HOSTILE), HOSTILE)
                .answered("colours", Colours.sample("b", "red.png", "Again?", "red", "colour"), "red")
                .answered("colours", Colours.sample("c", "blue.png", "And?", HOSTILE, "colour"), "blue")
                .failed("colours", Colours.sample(HOSTILE, "gone.png", "Why?", "so", "size"), HOSTILE)
                .write();
        Results.write(run, temp.resolve("data"), ResultsTest.FEW, ResultsTest.TASKS);
        html = Files.readString(temp.resolve("run/report.html"));
    }

    private List<String> scripts(String kind) {
        return Pattern.compile("(?s)<script" + kind + ">(.*?)</script>")
                .matcher(html)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    @Test
    void whatModelsAndDataSayIsNeverMarkup() {
        assertThat(html).doesNotContain("<script>alert", "<img src", "<!--", "\u0000");
        // those of the samples, of two pictures, and of the page
        assertThat(Pattern.compile("<script").matcher(html).results()).hasSize(4);
        assertThat(Pattern.compile("</script").matcher(html).results()).hasSize(4);
        String markup = html.replaceAll("(?s)<script.*?</script>", "");
        assertThat(Pattern.compile("<[^>]*onerror").matcher(markup).results()).isEmpty();
        assertThat(Pattern.compile("<img[^>]*>").matcher(html).results()).isEmpty();
    }

    @Test
    void samplesAreReadBackAsTheyWere() {
        JsonNode about = JsonMapper.shared()
                .readTree(scripts(" type=\"application/json\" class=\"samples\" data-task=\"Colours\"")
                        .getFirst());
        assertThat(about.get("asked").intValue()).isEqualTo(4);
        assertThat(about.get("log").stringValue()).isEqualTo("samples_colours.jsonl");
        JsonNode sample = about.at("/samples/0");
        assertThat(sample.get("question").stringValue()).isEqualTo(HOSTILE);
        assertThat(sample.get("answer").stringValue()).isEqualTo(HOSTILE);
        assertThat(sample.get("category").stringValue()).isEqualTo(HOSTILE);
        assertThat(sample.get("correct").booleanValue()).isFalse();
        assertThat(about.at("/samples/2/target").stringValue()).isEqualTo(HOSTILE);
        assertThat(about.at("/samples/3/failed").stringValue()).isEqualTo(HOSTILE);
        assertThat(about.at("/samples/3/picture").intValue()).isEqualTo(-1);
    }

    @Test
    void aPictureIsInThePageOnce() {
        List<String> pictures = scripts(" type=\"text/plain\" id=\"picture-\\d+\"");
        assertThat(pictures).hasSize(2);
        byte[] jpeg = Base64.getDecoder().decode(pictures.getFirst());
        assertThat(jpeg[0]).isEqualTo((byte) 0xff);
        assertThat(jpeg[1]).isEqualTo((byte) 0xd8);
    }

    /** The browser is told to fetch nothing and to run the page's own script alone. */
    @Test
    void nothingIsFetchedAndNoOtherScriptRuns() throws NoSuchAlgorithmException {
        assertThat(html).contains("default-src 'none'; img-src data:;");
        assertThat(Pattern.compile("https?://|src=\"|href=\"|url\\(|@import")
                        .matcher(html)
                        .results()
                        .map(MatchResult::group))
                .isEmpty();
        String script = scripts("").getFirst();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
        assertThat(html).contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
        assertThat(script).doesNotContain("innerHTML", "eval(", "document.write", "fetch(");
    }
}
