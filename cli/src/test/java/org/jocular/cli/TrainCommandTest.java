package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.train.world.WorldFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TrainCommandTest {
    private static final String RECIPE = """
            {"name": "small", "stages": [
            {"name": "language", "model": "tiny:language", "train": {"model": 1, "oracle": 1}, "pictures": "oracle",
             "data": [{"format": "world", "mix": "easy"}], "prompt": "world", "batch": 2, "steps": 3, "rate": 2e-3},
            {"name": "blip2", "model": "tiny:blip2", "start": [{"part": "language_model", "from": "language"}],
             "train": {"qformer": 1, "query_tokens": 1, "language_projection": 1},
             "data": [{"format": "coco", "files": ["training/captions_train.json"], "images": ["training/images"]}],
             "prompt": "world", "batch": 2, "steps": 2, "rate": 2e-3}
            ]}""";

    @TempDir
    private Path temp;

    @BeforeEach
    void writeRecipe() throws IOException {
        WorldFiles.write(temp.resolve("world"), new WorldFiles.Sizes(4, 2, 1, 1), 1, (files, all) -> {});
        Files.writeString(temp.resolve("recipe.json"), RECIPE);
    }

    @Test
    void tellsWhatBecameOfEachStage() {
        Cli.Result first = train("out");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.out().lines().toList()).hasSize(2);
        assertThat(first.out().lines().toList().getFirst())
                .matches("language +3 steps  loss \\d\\.\\d{4} +[\\d.]+ s  .*/out/language");
        assertThat(first.err()).isEmpty();

        Cli.Result again = train("out", "--json");
        JsonNode stages = again.json().path("stages");
        assertThat(again.json().path("recipe").asString()).isEqualTo("small");
        assertThat(stages.size()).isEqualTo(2);
        assertThat(stages.path(1).path("stage").asString()).isEqualTo("blip2");
        assertThat(stages.path(1).path("origin").asString()).isEqualTo("found");
        assertThat(stages.path(1).path("steps").asInt()).isEqualTo(2);
        assertThat(stages.path(1).path("loss").isDouble()).isTrue();
        assertThat(stages.path(1).path("seconds").isNumber()).isTrue();
    }

    @Test
    void whatItTrainedCanBeAsked() {
        assertThat(train("out", "--dtype", "f16", "--seed", "2").status()).isZero();
        String picture = temp.resolve("world/training/images/000000000001.png").toString();
        Path blip = temp.resolve("out/blip2");
        if (!Files.exists(Path.of(picture))) {
            picture = Cli.MODEL.resolve("wide.png").toString();
        }
        Cli.Result answer =
                Cli.run("ask", "--model", blip.toString(), "--image", picture, "--prompt", "what color is the circle");
        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(Cli.run("inspect", blip.toString()).out()).contains("F16");
    }

    @Test
    void takesFromTheCacheWhatAnotherRunTrained() {
        String cache = temp.resolve("cache").toString();
        assertThat(train("first", "--cache", cache, "--stages", "language")
                        .out()
                        .lines())
                .hasSize(1);
        assertThat(train("second", "--cache", cache).out()).contains("/second/language  from the cache");
        assertThat(train("second", "--cache", cache).out()).contains("/second/blip2  finished before");
    }

    @Test
    void refusesInOneSentence() {
        assertThat(train("out", "--stages", "language").status()).isZero();
        refused(train("out", "--seed", "1"), "holds a training with seed = 0, this one has 1: choose another folder");
        refused(train("out", "--stages", "eye"), "recipe small has no stage eye, expected one of language, blip2");
        refused(train("out", "--seed", "-1"), "--seed is -1, expected 0 to 1000000000");
        refused(train("out", "--threads", "0"), "--threads is 0, expected 1 to 1024");
        refused(train("out", "--dtype", "q4"), "--dtype is q4, expected f32, f16 or bf16");
        refused(train("out", "--save-every", "-1"), "--save-every is -1.0, expected seconds");
        refused(
                Cli.run(
                        "train",
                        "--recipe",
                        "flamingo",
                        "--data",
                        ".",
                        "--out",
                        temp.resolve("x").toString()),
                "there is no recipe flamingo");
    }

    private static void refused(Cli.Result result, String message) {
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().lines().toList()).hasSize(1);
        assertThat(result.err()).contains(message);
    }

    private Cli.Result train(String out, String... further) {
        List<String> all =
                new ArrayList<>(List.of("train", "--data", temp.resolve("world").toString()));
        all.addAll(List.of("--recipe", temp.resolve("recipe.json").toString()));
        all.addAll(List.of("--out", temp.resolve(out).toString()));
        all.addAll(List.of(further));
        return Cli.run(all.toArray(String[]::new));
    }
}
