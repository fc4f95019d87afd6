package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong: one sentence that names it, exit status 2, nothing on stdout. */
class BadInputTest {
    private static final String MODEL = Cli.MODEL.toString();
    private static final String PICTURE = Cli.MODEL.resolve("wide.png").toString();

    @TempDir
    private Path folder;

    private static void refused(Cli.Result result, String... words) {
        assertThat(result.err()).startsWith("jocular: ").contains(words).hasLineCount(1);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    /** The model with other files in the place of its own; null leaves a file out. */
    private Path modelWith(String name, String content) throws IOException {
        try (Stream<Path> files = Files.list(Cli.MODEL)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.delete(folder.resolve(name));
        if (!content.isEmpty()) {
            Files.writeString(folder.resolve(name), content);
        }
        return folder;
    }

    private static Cli.Result ask(Object model, Object image, String prompt) {
        return Cli.run(
                "ask",
                "--model",
                model.toString(),
                "--image",
                image.toString(),
                "--prompt",
                prompt,
                "--max-new-tokens",
                "2");
    }

    @Test
    void aModelThatIsNotThere() {
        refused(ask("no/such/model", PICTURE, "What?"), "\"no/such/model\"", "neither an existing file or directory");
    }

    @Test
    void aHubIdThatIsNotInTheCache() {
        refused(ask("nobody/nothing-7b", PICTURE, "What?"), "\"nobody/nothing-7b\"", "nothing is downloaded");
    }

    @Test
    void aPictureThatIsNotThere() {
        refused(ask(MODEL, "cat.jpg", "What?"), "cat.jpg does not exist");
    }

    @Test
    void aTextThatIsNamedJpg() throws IOException {
        Path text = Files.writeString(folder.resolve("cat.jpg"), "I am no cat.\n");

        refused(ask(MODEL, text, "What?"), "cat.jpg", "is not a picture");
    }

    @Test
    void aDirectoryWithoutConfig() {
        refused(ask(folder, PICTURE, "What?"), folder.toString(), "expected a config.json");
    }

    @Test
    void aFileInThePlaceOfADirectory() {
        Path weights = Cli.MODEL.resolve("model-00001-of-00002.safetensors");

        refused(ask(weights, PICTURE, "What?"), weights.toString(), "is a file, expected a model directory");
        refused(Cli.run("chat", "--model", weights.toString()), weights.toString(), "is a file");
    }

    @Test
    void aPictureOfASizeThatTheModelDoesNotTake() throws IOException {
        Path model = modelWith("preprocessor_config.json", "{\"crop_size\": 28}");

        refused(ask(model, PICTURE, "What?"), "preprocessor_config.json", "28 x 28", "56 x 56");
    }

    @Test
    void aModelHalfDownloaded() throws IOException {
        Path model = modelWith("model-00002-of-00002.safetensors", "");

        refused(ask(model, PICTURE, "What?"), "model-00002-of-00002.safetensors", "is missing");
    }

    @Test
    void aSystemThatNobodyKnows() throws IOException {
        Path model = modelWith("config.json", "{\"model_type\": \"bert\"}");

        refused(ask(model, PICTURE, "What?"), "config.json", "model_type bert");
    }

    @Test
    void anEmptyPrompt() {
        refused(ask(MODEL, PICTURE, " "), "--prompt is empty");
    }

    @Test
    void twoMarksForOnePicture() {
        refused(ask(MODEL, PICTURE, "What is <image>?"), "2 marks <image>", "1 picture");
    }

    @Test
    void moreThanTheContextHolds() {
        refused(
                Cli.run("ask", "--model", MODEL, "--prompt", "What?", "--max-new-tokens", "500"),
                "together more than the model's context of 512");
        refused(
                Cli.run("ask", "--model", MODEL, "--prompt", "What?", "--max-new-tokens", "2147483647"),
                "together more than the model's context of 512");
    }

    @ParameterizedTest
    @CsvSource({
        "--max-new-tokens, 0, max_new_tokens is 0",
        "--min-new-tokens, -1, min_new_tokens is -1",
        "--temperature, 0, temperature is 0.0",
        "--temperature, NaN, temperature is NaN",
        "--top-p, 1.5, top_p is 1.5",
        "--top-k, -3, top_k is -3",
        "--repetition-penalty, 0, repetition_penalty is 0.0",
        "--no-repeat-ngram-size, -1, no_repeat_ngram_size is -1",
        "--num-beams, 0, num_beams",
        "--stop, '', --stop is empty",
        "--preset, vicuna, 'one of llava-hf, vicuna_v1'",
        "--threads, 0, --threads is 0",
        "--threads, 100000, --threads is 100000",
        "--device, gpu, --device gpu is not there"
    })
    void nonsense(String option, String value, String expected) {
        refused(Cli.run("ask", "--model", MODEL, "--prompt", "What?", option, value), expected);
    }

    @Test
    void whatIsNoNumberShowsTheUsage() {
        Cli.Result result = Cli.run("ask", "--model", MODEL, "--prompt", "What?", "--max-new-tokens", "many");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("jocular: Invalid value for option '--max-new-tokens': 'many'")
                .contains("Usage: jocular ask", "'jocular ask --help' tells more.")
                .hasLineCount(3);
    }

    @Test
    void missingOptionsShowTheUsage() {
        Cli.Result result = Cli.run("eval");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("--model", "--task", "Usage: jocular eval");
    }

    @ParameterizedTest
    @CsvSource({"aks, ask", "parit, parity", "--hlep, --help"})
    void aTypoOfACommand(String typo, String meant) {
        Cli.Result result = Cli.run(typo);

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("unknown " + typo + ": did you mean " + meant + "?");
    }

    @Test
    void aTypoOfAnOption() {
        Cli.Result result = Cli.run("ask", "--modle", MODEL, "--prompt", "What?");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("unknown --modle: did you mean --model?");
    }

    @Test
    void debugShowsWhere() {
        Cli.Result result = Cli.run("ask", "--debug", "--model", MODEL, "--image", "cat.jpg", "--prompt", "What?");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("\tat org.jocular.vit.PictureReader");
    }

    @Test
    void everyCommandHasHelpWithItsUsage() {
        for (String command : List.of(
                "demo",
                "ask",
                "chat",
                "presets",
                "inspect",
                "convert",
                "parity",
                "tokenize",
                "preprocess",
                "bench",
                "doctor")) {
            Cli.Result result = Cli.run(command, "--help");

            assertThat(result.status()).isZero();
            assertThat(result.out()).startsWith("Usage: jocular " + command).contains("--debug");
        }
    }

    @Test
    void withoutACommandTheHelpGoesToStderr() {
        Cli.Result result = Cli.run();

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("COMMAND");
    }
}
