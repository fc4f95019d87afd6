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
import tools.jackson.databind.json.JsonMapper;

/** Two or three steps for each stage, so that nothing is learned but everything done. */
class AblateCommandTest {
    private static final String ABLATION = """
            {"name": "short", "stages": [
            {"name": "language", "model": "tiny:language", "train": {"model": 1, "oracle": 1}, "pictures": "oracle",
             "data": [{"format": "world", "mix": "easy"}], "prompt": "world", "batch": 2, "steps": 3, "rate": 2e-3},
            {"name": "large", "model": "tiny:llava", "start": [{"part": "language_model", "from": "language"}],
             "train": {"multi_modal_projector": 1}, "data": [{"format": "llava", "files": ["training/instruct.json"],
             "images": ["training/images"]}], "prompt": "world", "batch": 2, "steps": 2, "rate": 2e-3},
            {"name": "small", "like": "large", "model": "tiny:llava-small"},
            {"name": "linear", "like": "large", "model": "tiny:linear", "train": {"language_projection": 1}}],
            "tables": [
            {"name": "encoder", "title": "Encoder", "question": "Larger?", "equal": "steps",
             "rows": [{"name": "small", "stage": "small"}, {"name": "large", "stage": "large"}],
             "differences": [{"row": "large", "minus": "small"}]},
            {"name": "head", "title": "Head", "question": "Which?", "equal": "steps",
             "rows": [{"name": "MLP", "stage": "large"}, {"name": "linear", "stage": "linear"}, {"name": "there", "model": "MODEL"}],
             "differences": []}]}""";

    @TempDir
    private Path temp;

    @BeforeEach
    void writeFiles() throws IOException {
        WorldFiles.write(temp.resolve("world"), new WorldFiles.Sizes(8, 6, 2, 1), 1, (files, all) -> {});
        String model =
                Path.of("../models/tiny-llava").toAbsolutePath().normalize().toString();
        Files.writeString(temp.resolve("short.json"), ABLATION.replace("MODEL", model.replace('\\', '/')));
    }

    @Test
    void trainsEvaluatesAndReportsAndFindsAgainWhatIsThere() throws IOException {
        Cli.Result first = ablate("out", "encoder", "--seeds", "2");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("Encoder").contains("large − small");
        JsonNode encoder = results();
        JsonNode large = encoder.path("tables").path(0).path("rows").path(1);
        assertThat(large.at("/figures/VSR/values")).hasSize(2);
        assertThat(large.at("/figures/detail/mean").isNumber()).isTrue();
        assertThat(large.at("/figures/NoCaps in-domain/mean").isNumber()).isTrue();
        assertThat(large.at("/figures/NoCaps out-of-domain/mean").isNumber()).isTrue();
        assertThat(large.at("/trainings/0/key")).isNotEqualTo(large.at("/trainings/1/key"));
        // the language model and two that see, twice
        assertThat(encoder.at("/manifest/trainings").asInt()).isEqualTo(6);
        assertThat(encoder.at("/notes").toString()).contains("equality with a reference that is the truth");
        Path evaluation =
                temp.resolve("out").resolve(large.at("/trainings/1/evaluation").asString());
        assertThat(evaluation.resolve("report.html")).exists();
        List<Path> cached = cached();

        Cli.Result both = ablate("out", "all", "--seeds", "2");
        assertThat(both.status()).as(both.err()).isZero();
        JsonNode all = results();
        assertThat(all.path("tables")).hasSize(2);
        assertThat(all.path("tables").path(0)).isEqualTo(encoder.path("tables").path(0));
        JsonNode head = all.path("tables").path(1).path("rows");
        assertThat(head.path(0).path("figures")).isEqualTo(large.path("figures"));
        assertThat(head.path(2).at("/figures/conversation/values")).hasSize(1);
        assertThat(all.at("/manifest/trainings").asInt()).isEqualTo(8);
        assertThat(cached()).containsAll(cached).hasSize(8);
        assertThat(Files.readString(temp.resolve("out/ablations.md"))).contains("## Encoder", "## Head", "(head.svg)");
        assertThat(temp.resolve("out/report.html")).exists();
        assertThat(temp.resolve("out/encoder.svg")).exists();
    }

    @Test
    void refusesInOneSentence() {
        refused(ablate("out", "depth"), "there is no table depth in short, expected all or some of encoder, head");
        refused(ablate("out", "all", "--seeds", "0"), "--seeds is 0, expected 1 to 1000");
        refused(
                Cli.run(
                        "ablate",
                        "all",
                        "--file",
                        "huge",
                        "--out",
                        temp.resolve("x").toString()),
                "there is no ablation file huge, expected the path of a .json file or one of tiny");
        refused(ablate("out", "encoder", "--benchmarks", temp.resolve("none").toString()), "none");
        refused(ablate("out", "encoder"), "ablation.json says benchmarks = ");
    }

    private List<Path> cached() throws IOException {
        try (var entries = Files.list(temp.resolve("out/cache"))) {
            return entries.sorted().toList();
        }
    }

    private JsonNode results() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(temp.resolve("out/results.json")));
    }

    private static void refused(Cli.Result result, String message) {
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().lines().filter(line -> !line.startsWith("jocular: table")))
                .hasSize(1);
        assertThat(result.err()).contains(message);
    }

    private Cli.Result ablate(String out, String table, String... further) {
        List<String> all = new ArrayList<>(List.of("ablate", table, "--threads", "2"));
        all.addAll(List.of("--file", temp.resolve("short.json").toString()));
        all.addAll(List.of("--data", temp.resolve("world").toString()));
        all.addAll(List.of("--out", temp.resolve(out).toString()));
        all.addAll(List.of(further));
        return Cli.run(all.toArray(String[]::new));
    }
}
