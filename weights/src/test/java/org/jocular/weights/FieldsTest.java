package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class FieldsTest {
    @TempDir
    private Path folder;

    @Test
    void readsWhatModelsWrite() {
        Fields fields = read("""
                {"hidden_size": 64, "rms_norm_eps": 1e-05, "rope_theta": 10000, "hidden_act": "silu", "tie": true,
                 "dtype": null, "torch_dtype": "float16", "model_max_length": 1000000000000000019884624838656,
                 "initializer_range": NaN, "limit": -Infinity, "layer": -2, "eos_token_id": [2, 3], "bos_token_id": 1,
                 "pad_token_id": -1, "architectures": ["A", "B"], "image_mean": [0.5, 1, 0], "text_config": {"x": 1}}
                """);
        assertThat(fields.positiveInt("hidden_size")).isEqualTo(64);
        assertThat(fields.positiveInt("absent", 7)).isEqualTo(7);
        assertThat(fields.positiveInt("dtype", 8)).isEqualTo(8);
        assertThat(fields.positiveNumber("rms_norm_eps")).isEqualTo(1e-5);
        assertThat(fields.number("rope_theta")).isEqualTo(10000);
        assertThat(fields.number("layer", 0)).isEqualTo(-2);
        assertThat(fields.intBetween("layer", -100, -1)).isEqualTo(-2);
        assertThat(fields.text("hidden_act")).isEqualTo("silu");
        assertThat(fields.oneOf("hidden_act", List.of("gelu", "silu"))).isEqualTo("silu");
        assertThat(fields.oneOf("absent", List.of("gelu", "silu"), "gelu")).isEqualTo("gelu");
        assertThat(fields.flag("tie")).isTrue();
        assertThat(fields.flag("absent", true)).isTrue();
        assertThat(fields.has("dtype")).isFalse();
        assertThat(fields.text("dtype", "none")).isEqualTo("none");
        assertThat(fields.has("model_max_length")).isTrue();
        assertThat(fields.number("model_max_length")).isEqualTo(1e30);
        assertThat(fields.ids("eos_token_id")).containsExactly(2, 3);
        assertThat(fields.ids("bos_token_id")).containsExactly(1);
        assertThat(fields.ids("pad_token_id")).isEmpty();
        assertThat(fields.ids("absent")).isEmpty();
        assertThat(fields.idOrNull("bos_token_id")).isEqualTo(1);
        assertThat(fields.idOrNull("absent")).isNull();
        assertThat(fields.texts("architectures")).containsExactly("A", "B");
        assertThat(fields.numbers("image_mean")).containsExactly(0.5, 1, 0);
        assertThat(fields.object("text_config").positiveInt("x")).isEqualTo(1);
        assertThat(fields.objectOrNull("vision_config")).isNull();
        assertThat(fields.isObject("text_config")).isTrue();
        assertThat(fields.isText("tie")).isFalse();
        assertThat(fields.names()).hasSize(17).startsWith("hidden_size", "rms_norm_eps");
    }

    private record Wrong(String json, Consumer<Fields> read, String reason) {}

    @TestFactory
    Stream<DynamicTest> wrongFieldsAreNamedInOneSentence() {
        return Stream.of(
                        new Wrong("{}", f -> f.positiveInt("hidden_size"), "config.json lacks hidden_size"),
                        new Wrong("{\"x\": null}", f -> f.text("x"), "config.json lacks x"),
                        new Wrong(
                                "{\"text_config\": {}}",
                                f -> f.object("text_config").positiveInt("hidden_size"),
                                "config.json lacks text_config.hidden_size"),
                        new Wrong("{}", f -> f.object("text_config"), "config.json lacks text_config"),
                        new Wrong(
                                "{\"x\": \"abc\"}",
                                f -> f.positiveInt("x"),
                                "has x = \"abc\", expected a whole number from 1 to"),
                        new Wrong(
                                "{\"x\": \"abc\"}",
                                f -> f.positiveInt("x", 4),
                                "has x = \"abc\", expected a whole number from 1 to"),
                        new Wrong(
                                "{\"x\": 0}", f -> f.positiveInt("x"), "has x = 0, expected a whole number from 1 to"),
                        new Wrong("{\"x\": -5}", f -> f.positiveInt("x"), "has x = -5, expected"),
                        new Wrong("{\"x\": 1.5}", f -> f.positiveInt("x"), "has x = 1.5, expected"),
                        new Wrong("{\"x\": true}", f -> f.positiveInt("x"), "has x = true, expected"),
                        new Wrong("{\"x\": 1e9}", f -> f.positiveInt("x"), "expected a whole number"),
                        new Wrong("{\"x\": 4294967297}", f -> f.positiveInt("x"), "has x = 4294967297, expected"),
                        new Wrong(
                                "{\"x\": 1000000000000000019884624838656}",
                                f -> f.positiveInt("x"),
                                "has x = 1000000000000000019884624838656"),
                        new Wrong(
                                "{\"x\": 1000001}",
                                f -> f.intBetween("x", 1, 1_000_000),
                                "expected a whole number from 1 to 1000000"),
                        new Wrong("{\"x\": NaN}", f -> f.number("x"), "has x = \"NaN\", expected a number"),
                        new Wrong("{\"x\": 1e999}", f -> f.number("x"), "expected a number"),
                        new Wrong("{\"x\": \"1\"}", f -> f.number("x"), "has x = \"1\", expected a number"),
                        new Wrong("{\"x\": 0}", f -> f.positiveNumber("x"), "has x = 0, expected a number above 0"),
                        new Wrong("{\"x\": 1}", f -> f.flag("x"), "has x = 1, expected true or false"),
                        new Wrong("{\"x\": 1}", f -> f.text("x"), "has x = 1, expected text"),
                        new Wrong(
                                "{\"x\": \"tanh\"}",
                                f -> f.oneOf("x", List.of("gelu", "silu")),
                                "has x = \"tanh\", expected one of gelu, silu"),
                        new Wrong("{\"x\": [1]}", f -> f.object("x"), "has x = a list, expected an object"),
                        new Wrong("{\"x\": {}}", f -> f.numbers("x"), "has x = an object, expected a list"),
                        new Wrong("{\"x\": [1, null]}", f -> f.numbers("x"), "has x = null, expected a number"),
                        new Wrong("{\"x\": [1]}", f -> f.texts("x"), "has x = 1, expected text"),
                        new Wrong("{\"x\": -7}", f -> f.ids("x"), "has x = -7, expected a whole number from -1"),
                        new Wrong("{\"x\": [\"2\"]}", f -> f.ids("x"), "has x = \"2\", expected a whole number"),
                        new Wrong("{\"x\": [1, 2]}", f -> f.idOrNull("x"), "has x = a list, expected one token id"),
                        new Wrong(
                                "{\"x\": 48}",
                                f -> f.require(f.positiveInt("x") % 5 == 0, "has x = 48, expected a multiple of 5"),
                                "config.json has x = 48, expected a multiple of 5"),
                        new Wrong(
                                "{\"t\": {\"x\": 48}}",
                                f -> f.object("t").require(false, "x is 48"),
                                "config.json has a t that is not right: x is 48"),
                        new Wrong("{\"x\": \"a\\nb\"}", f -> f.positiveInt("x"), "has x = \"a\\nb\", expected"),
                        new Wrong(
                                "{\"x\": \"" + "y".repeat(100_000) + "\"}", f -> f.positiveInt("x"), "yyy…, expected"))
                .map(wrong -> DynamicTest.dynamicTest(Bad.shorten(wrong.reason), () -> {
                    Fields fields = read(wrong.json);
                    Sentences.assertOneLine(() -> wrong.read.accept(fields), fields.file(), wrong.reason);
                }));
    }

    @TestFactory
    Stream<DynamicTest> filesThatHoldNoObjectAreRefusedInOneSentence() {
        return Stream.of(
                        List.of("", "holds nothing, expected a JSON object"),
                        List.of("{", "is not valid JSON"),
                        List.of("[1]", "holds a list, expected a JSON object"),
                        List.of("null", "holds null, expected a JSON object"),
                        List.of("{\"a\": 1,}", "is not valid JSON"),
                        List.of("{\"a\":".repeat(100_000), "is not valid JSON"),
                        List.of("{\"a\": 1} {", "is not valid JSON"),
                        List.of("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is not valid JSON"),
                        List.of("\u0000".repeat(100), "is not valid JSON"))
                .map(wrong -> DynamicTest.dynamicTest(wrong.get(1) + " " + Bad.shorten(wrong.get(0)), () -> {
                    Path file = Crafted.write(folder.resolve("config.json"), wrong.get(0));
                    Sentences.assertOneLine(() -> JsonFile.read(file), file, wrong.get(1));
                }));
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = folder.resolve("config.json");
        Sentences.assertOneLine(() -> JsonFile.read(missing), missing, "there is no such file");
    }

    private Fields read(String json) {
        return JsonFile.read(Crafted.write(folder.resolve("config.json"), json));
    }
}
