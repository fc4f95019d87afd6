package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AskCommandTest {
    private static final String MODEL = Cli.MODEL.toString();
    private static final String PICTURE = Cli.MODEL.resolve("wide.png").toString();

    static Stream<JsonNode> cases() {
        return JsonMapper.shared()
                .readTree(Cli.MODEL.resolve("cases.json"))
                .path("cases")
                .valueStream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersAsTheReferenceDoes(JsonNode golden) {
        JsonNode generation = golden.path("generate").get(0);
        assertThat(generation.path("settings").path("num_beams").asInt()).isEqualTo(1);

        JsonNode answer = Cli.run(rawArguments(golden, "--max-new-tokens", "14", "--json"))
                .json();

        assertThat(answer.path("ids")).isEqualTo(generation.path("ids"));
        assertThat(answer.path("text")).isEqualTo(generation.path("text"));
        assertThat(answer.path("prompt_ids")).isEqualTo(golden.path("input_ids"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsTheSettingsOfTheReference(JsonNode golden) {
        for (JsonNode generation : golden.path("generate")) {
            JsonNode settings = generation.path("settings");
            if (settings.path("num_beams").asInt() != 1
                    || settings.path("max_new_tokens").asInt() > 14) {
                continue;
            }
            List<String> flags = new ArrayList<>(List.of("--json"));
            settings.propertyStream()
                    .filter(field -> !field.getValue().isBoolean())
                    .forEach(field -> {
                        flags.add("--" + field.getKey().replace('_', '-'));
                        flags.add(field.getValue().asString());
                    });

            JsonNode answer =
                    Cli.run(rawArguments(golden, flags.toArray(String[]::new))).json();

            assertThat(answer.path("ids")).as("%s", settings).isEqualTo(generation.path("ids"));
        }
    }

    private static String[] rawArguments(JsonNode golden, String... further) {
        List<String> arguments = new ArrayList<>(List.of(
                "ask",
                "--model",
                MODEL,
                "--raw",
                "--prompt",
                golden.path("text").asString()));
        for (JsonNode image : golden.path("images")) {
            arguments.add("--image");
            arguments.add(Cli.MODEL.resolve(image.asString()).toString());
        }
        arguments.addAll(List.of(further));
        return arguments.toArray(String[]::new);
    }

    @Test
    void jsonHoldsWhatTheContractNames() throws Exception {
        Cli.Result result = Cli.run(
                "ask", "--model", MODEL, "--image", PICTURE, "--prompt", "What?", "--max-new-tokens", "3", "--json");

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).hasLineCount(1);
        JsonNode json = result.json();
        assertThat(json.propertyNames()).contains("text", "ids", "prompt_ids", "timing", "settings");
        assertThat(json.path("ids").size()).isEqualTo(3);
        for (String stage : List.of("read", "load", "vision", "prefill", "decode", "total")) {
            assertThat(json.path("timing").path(stage).asDouble()).isPositive();
        }
        JsonNode settings = json.path("settings");
        assertThat(settings.propertyNames())
                .contains("model", "model_files", "dtype", "images", "preset", "prompt", "max_new_tokens", "do_sample")
                .contains("temperature", "seed", "executor", "threads", "vector_bits", "version", "jdk");
        assertThat(settings.path("prompt").asString()).isEqualTo("USER: <image>\nWhat? ASSISTANT:");
        assertThat(settings.path("dtype").asString()).isEqualTo("F16");
        assertThat(settings.path("images").get(0).path("bytes").asLong()).isEqualTo(Files.size(Path.of(PICTURE)));
    }

    @Test
    void printsTheAnswerAloneOnStdout() {
        String[] ask = {"ask", "--model", MODEL, "--image", PICTURE, "--prompt", "What?", "--max-new-tokens", "5"};
        String[] askJson = Stream.concat(Stream.of(ask), Stream.of("--json")).toArray(String[]::new);

        Cli.Result result = Cli.run(ask);

        assertThat(result.out()).isEqualTo(Cli.run(askJson).json().path("text").asString() + System.lineSeparator());
        assertThat(result.err()).isEmpty();
    }

    @Test
    void theSameSeedDrawsTheSame() {
        String[] one = sampled("1");

        String answer = Cli.run(one).out();

        assertThat(Cli.run(one).out()).isEqualTo(answer);
        assertThat(Cli.run(sampled("2")).out()).isNotEqualTo(answer);
    }

    private static String[] sampled(String seed) {
        return new String[] {
            "ask",
            "--model",
            MODEL,
            "--prompt",
            "Hi",
            "--do-sample",
            "--temperature",
            "2",
            "--seed",
            seed,
            "--max-new-tokens",
            "12"
        };
    }

    @Test
    void remarksThatATemperatureAloneDoesNothing() {
        Cli.Result result =
                Cli.run("ask", "--model", MODEL, "--prompt", "Hi", "--temperature", "2", "--max-new-tokens", "1");

        assertThat(result.status()).isZero();
        assertThat(result.err()).contains("no effect without --do-sample");
    }

    @Test
    void endsBeforeAStopText() {
        String[] ask = {"ask", "--model", MODEL, "--prompt", "Hi", "--max-new-tokens", "12"};
        String whole = Cli.run(ask).out().stripTrailing();
        String stop = whole.substring(5, 8);
        String[] stopped =
                Stream.concat(Stream.of(ask), Stream.of("--stop", stop)).toArray(String[]::new);

        String answer = Cli.run(stopped).out().stripTrailing();

        assertThat(whole).startsWith(answer);
        assertThat(answer).doesNotContain(stop).hasSizeLessThan(whole.length());
    }

    @Test
    void differentPicturesGiveDifferentAnswers() {
        String tall = Cli.MODEL.resolve("tall.png").toString();

        String first = Cli.run(
                        "ask", "--model", MODEL, "--image", PICTURE, "--prompt", "What?", "--max-new-tokens", "8")
                .out();
        String second = Cli.run("ask", "--model", MODEL, "--image", tall, "--prompt", "What?", "--max-new-tokens", "8")
                .out();

        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void allDevicesAgree() {
        String[] ask = {"ask", "--model", MODEL, "--image", PICTURE, "--prompt", "What?", "--max-new-tokens", "6"};

        String auto = Cli.run(ask).out();

        for (String[] device : new String[][] {{"cpu", "1"}, {"cpu", "3"}, {"reference", "1"}}) {
            String[] more = {"--device", device[0], "--threads", device[1]};
            assertThat(Cli.run(Stream.concat(Stream.of(ask), Stream.of(more)).toArray(String[]::new))
                            .out())
                    .as("%s on %s", device[0], device[1])
                    .isEqualTo(auto);
        }
    }
}
