package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jocular.eval.run.RunFolder;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;
import org.jocular.eval.task.Wording;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code jocular eval} over every benchmark, beside the same computed a second time by hand. */
class EveryTaskTest {
    private static final Path INSTRUCT_BLIP = Path.of("../systems/src/test/resources/golden/instructblip-t5");

    @TempDir
    private static Path data;

    /** Says what benchmarks ask for, though never for a reason. */
    @TempDir
    private static Path wordy;

    @TempDir
    private Path temp;

    @BeforeAll
    static void make() throws IOException {
        TinyBenchmarks.write(data);
        TinyModels.ofFewWords(wordy, "no", "yes", "Yes", "A", "B", "two", "man", "table");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersAndFiguresAreThoseComputedByHand(boolean noise) throws IOException {
        Path model = noise ? Cli.MODEL : wordy;
        int mostTokens = noise ? 20 : Integer.MAX_VALUE;
        Map<String, ByHand.Expected> byHand;
        try (OneByOne asked = new OneByOne(model)) {
            byHand = new ByHand(asked, data, mostTokens).all();
        }
        assertThat(byHand.keySet())
                .containsExactlyElementsOf(Tasks.ALL.stream().map(Task::name).toList());
        RunFolder run = noise
                ? eval(model, byHand.keySet(), "--batch", "4", "--max-new-tokens", "20")
                : eval(model, byHand.keySet(), "--batch", "4");
        for (Map.Entry<String, ByHand.Expected> one : byHand.entrySet()) {
            String task = one.getKey();
            ByHand.Expected expected = one.getValue();
            List<@Nullable String> answers = new ArrayList<>();
            run.each(
                    task,
                    outcome -> answers.add(
                            outcome.answered() == null
                                    ? null
                                    : outcome.answered().answer()));
            assertThat(answers).as(task).isEqualTo(expected.answers());
            compare(run, task, expected.figures());
            if (!noise && !expected.figures().isEmpty()) {
                assertThat(expected.figures().values()).as(task).anyMatch(value -> value > 0);
            }
        }
    }

    @Test
    void likelihoodsAndFiguresAreThoseComputedByHand() throws IOException {
        Map<String, ByHand.Expected> byHand;
        try (OneByOne asked = new OneByOne(INSTRUCT_BLIP)) {
            byHand = new ByHand(asked, data, 0).ranked();
        }
        RunFolder run = eval(INSTRUCT_BLIP, byHand.keySet(), "--batch", "4", "--wording", "lavis");
        for (Map.Entry<String, ByHand.Expected> one : byHand.entrySet()) {
            String task = one.getKey();
            ByHand.Expected expected = one.getValue();
            List<@Nullable List<Double>> all = new ArrayList<>();
            run.each(
                    task,
                    outcome -> all.add(
                            outcome.answered() == null
                                    ? null
                                    : outcome.answered().logLikelihoods()));
            assertThat(all).hasSameSizeAs(expected.logLikelihoods());
            for (int i = 0; i < all.size(); i++) {
                List<Double> actual = all.get(i);
                List<Double> wanted = expected.logLikelihoods().get(i);
                assertThat(actual == null).isEqualTo(wanted == null);
                for (int j = 0; wanted != null && actual != null && j < wanted.size(); j++) {
                    assertThat(actual.get(j)).isCloseTo(wanted.get(j), within(1e-4 * Math.abs(wanted.get(j))));
                }
            }
            compare(run, task, expected.figures());
        }
    }

    @Test
    void judgedFiguresAreThoseComputedByHand() throws IOException {
        for (String task : List.of("llava-bench", "llava-bench-wild")) {
            ByHandJudged byHand = new ByHandJudged(task, data);
            Path reviews = temp.resolve(task + ".jsonl");
            Map<String, Double> reviewed = byHand.writeReviews(reviews);
            compare(eval(wordy, Set.of(task), "--judge", "file:" + reviews), task, reviewed);

            // The same run, whose answers are there, with another judge.
            RunFolder run = eval(wordy, Set.of(task), "--judge", "local");
            List<@Nullable String> answers = new ArrayList<>();
            run.each(
                    task,
                    outcome -> answers.add(
                            outcome.answered() == null
                                    ? null
                                    : outcome.answered().answer()));
            compare(run, task, byHand.compareWords(answers));
        }
    }

    @Test
    void whatCannotBeAskedIsWrittenDown() {
        RunFolder run = eval(wordy, Set.of("nocaps", "gqa", "scienceqa", "vsr"));
        Map<String, Set<String>> failures = new TreeMap<>();
        for (String task : run.tasks()) {
            run.each(task, outcome -> {
                if (outcome.failure() != null) {
                    failures.computeIfAbsent(task, name -> new TreeSet<>()).add(outcome.failure());
                }
            });
        }
        assertThat(failures)
                .containsOnlyKeys("gqa", "nocaps", "scienceqa")
                .containsEntry("gqa", Set.of("images/n73.jpg cannot be read: there is none"));
        assertThat(failures.get("nocaps"))
                .singleElement()
                .asString()
                .endsWith("is not a picture in PNG, JPEG, WebP, GIF, BMP or PNM format");
        assertThat(failures.get("scienceqa"))
                .singleElement()
                .asString()
                .endsWith("more than the model's context of 512");
    }

    static Stream<String> wordings() {
        return Tasks.ALL.stream()
                .flatMap(task -> task.wordings().stream())
                .map(Wording::name)
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("wordings")
    void everyWordingRuns(String wording) {
        Set<String> worded = Tasks.ALL.stream()
                .filter(task ->
                        task.wordings().stream().anyMatch(one -> one.name().equals(wording)))
                .map(Task::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        RunFolder run = eval(wordy, worded, "--wording", wording, "--limit", "3", "--judge", "local");
        assertThat(run.tasks()).containsExactlyElementsOf(worded);
        assertThat(run.size()).isEqualTo(3 * worded.size());
        for (String task : worded) {
            assertThat(run.manifest().task(task).wording()).isEqualTo(wording);
            run.each(task, outcome -> assertThat(outcome.failure()).isNull());
        }
        assertThat(run.dir().resolve("results.json")).isNotEmptyFile();
        assertThat(run.dir().resolve("report.html")).isNotEmptyFile();
    }

    private RunFolder eval(Path model, Set<String> tasks, String... further) {
        List<String> command = new ArrayList<>(List.of("eval", "--model", model.toString()));
        command.addAll(List.of("--task", String.join(",", tasks), "--data", data.toString()));
        Path out = temp.resolve("run-" + String.join("-", tasks));
        command.addAll(List.of("--out", out.toString()));
        command.addAll(List.of(further));
        Cli.Result result = Cli.run(command.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
        return RunFolder.open(out);
    }

    /** Holds what a run's results.json says to a file of what was computed by hand. */
    private void compare(RunFolder run, String task, Map<String, Double> byHand) throws IOException {
        Path expected = temp.resolve(task + ".expected.json");
        TinyBenchmarks.json(expected, byHand);
        JsonNode results =
                ByHand.json(run.dir().resolve("results.json")).get("results").get(task);
        ByHand.json(expected)
                .forEachEntry((figure, value) -> assertThat(results.path(figure).doubleValue(Double.NaN))
                        .as(task + " " + figure)
                        .isCloseTo(value.doubleValue(), within(1e-9)));
    }
}
