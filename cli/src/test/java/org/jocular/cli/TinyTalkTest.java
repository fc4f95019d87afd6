package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.train.world.Vocabulary;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Models of few words: which one answers where none is named, what it says to words that it does not know, where it looked. */
class TinyTalkTest {
    @TempDir
    private static Path home;

    @TempDir
    private Path folder;

    private static String picture = "";

    @BeforeAll
    static void makeModels() throws IOException {
        StandIns.tiny("llava", home);
        Path file = home.resolve("scene.png");
        DemoScene.of(3).write(file, 1);
        picture = file.toString();
    }

    private static Cli.Result run(String... args) {
        return StandIns.at(home, () -> Cli.run(args));
    }

    @Test
    void asksTheTinyModelWhereNoneIsNamed() {
        Cli.Result result =
                run("ask", "--image", picture, "--prompt", "What color is the circle?", "--max-new-tokens", "2");

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.err())
                .startsWith("jocular: no --model given: using models/tiny-llava, which knows %d words"
                        .formatted(Vocabulary.WORDS.size()))
                .hasLineCount(1);
        Path model = home.resolve("models/tiny-llava");
        Cli.Result named = run(
                "ask",
                "--model",
                model.toString(),
                "--image",
                picture,
                "--prompt",
                "What color is the circle?",
                "--max-new-tokens",
                "2");
        assertThat(named.out()).isEqualTo(result.out());
        assertThat(named.err()).isEmpty();
    }

    @Test
    void saysThatNoModelIsNamedWhereTheTinyOneIsMissing() {
        for (String command : List.of("ask", "chat")) {
            Cli.Result result = StandIns.at(folder, () -> Cli.run(command));

            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err())
                    .isEqualToIgnoringNewLines(
                            "jocular: --model is missing, expected a model directory: models/tiny-llava, which would be asked without, is not there");
        }
    }

    @Test
    void saysWhichWordsItDoesNotKnow() {
        Cli.Result result = run("ask", "--image", picture, "--prompt", "Is there a Zebra near the unicorn?");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        List<String> lines = result.err().lines().toList();
        assertThat(lines.get(1))
                .isEqualTo("jocular: the model does not know the words \"zebra\", \"near\" and \"unicorn\"");
        assertThat(lines.get(3)).startsWith("  colors ").contains(" red ", " white");
        assertThat(lines).hasSizeLessThan(24);
        assertThat(lines.subList(1, lines.size())).allMatch(line -> line.length() <= 100);
        String listed = String.join(" ", lines.subList(3, lines.size()));
        assertThat(List.of(listed.split("\\s+"))).containsAll(Vocabulary.WORDS);
    }

    @Test
    void jsonNamesUnknownWords() {
        JsonNode refused =
                run("ask", "--image", picture, "--prompt", "Zebra?", "--json").json();
        JsonNode answered = run("ask", "--image", picture, "--prompt", "What?", "--max-new-tokens", "1", "--json")
                .json();
        JsonNode spelled = Cli.run(
                        "ask", "--model", Cli.MODEL.toString(), "--prompt", "Zebra?", "--max-new-tokens", "1", "--json")
                .json();

        assertThat(refused.path("unknown").get(0).asString()).isEqualTo("zebra");
        assertThat(refused.path("known").size()).isEqualTo(Vocabulary.WORDS.size());
        assertThat(answered.path("unknown").isArray()).isTrue();
        assertThat(answered.path("unknown").size()).isZero();
        assertThat(spelled.path("unknown").size()).isZero();
    }

    @Test
    void aConversationGoesOnAfterAnUnknownWord() {
        String[] chat = {"chat", "--image", picture, "--max-new-tokens", "3"};

        Cli.Result result = StandIns.at(home, () -> Cli.runWith("A zebra?\nWhat?\nA unicorn?\n", chat));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).containsOnlyOnce("It knows").contains("word \"zebra\"", "word \"unicorn\"");
        assertThat(result.out())
                .isEqualTo(StandIns.at(home, () -> Cli.runWith("What?\n", chat)).out())
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llava", "blip2", "instructblip", "minigpt4", "mplug-owl"})
    void drawsWhereEachSystemLooked(String system) throws IOException {
        Path model = home.resolve("models/tiny-" + system);
        Path file = folder.resolve("looked.png");

        Cli.Result result = run(
                "ask",
                "--model",
                Files.exists(model)
                        ? model.toString()
                        : StandIns.tiny(system, home).toString(),
                "--image",
                picture,
                "--prompt",
                "Where is the ring?",
                "--max-new-tokens",
                "3",
                "--attention",
                file.toString(),
                "--json");

        assertThat(result.status()).as(result.err()).isZero();
        JsonNode attention = result.json().path("attention");
        assertThat(attention.path("side").asInt()).isEqualTo(6);
        assertThat(sum(attention.path("patches"))).isBetween(1 - 1e-9, 1 + 1e-9);
        assertThat(attention.path("tokens").size()).isPositive();
        for (JsonNode token : attention.path("tokens")) {
            assertThat(token.path("share").asDouble()).isBetween(0.0, 1.0);
            assertThat(sum(token.path("patches"))).isBetween(1 - 1e-9, 1 + 1e-9);
        }
        Picture drawn = PictureReader.read(file);
        assertThat(drawn.height()).isEqualTo(9 * 48);
        assertThat(drawn.width()).isGreaterThan(2 * drawn.height());
    }

    private static double sum(JsonNode rows) {
        return rows.valueStream()
                .flatMap(JsonNode::valueStream)
                .mapToDouble(JsonNode::asDouble)
                .sum();
    }

    @Test
    void refusesAttentionThatCannotBeDrawn() throws IOException {
        Path here = folder.resolve("a.png");
        assertRefused(
                "ends in .png",
                "--image",
                picture,
                "--attention",
                folder.resolve("a.jpg").toString());
        assertRefused(
                "there is no folder",
                "--image",
                picture,
                "--attention",
                folder.resolve("no/a.png").toString());
        assertRefused("--image names 0", "--attention", here.toString());
        assertRefused("--image names 2", "--image", picture, picture, "--attention", here.toString());
        assertThat(folder).isEmptyDirectory();
    }

    private static void assertRefused(String why, String... args) {
        String[] all = Stream.concat(Stream.of("ask", "--prompt", "What?"), Stream.of(args))
                .toArray(String[]::new);
        Cli.Result result = run(all);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains(why).hasLineCount(1);
    }
}
