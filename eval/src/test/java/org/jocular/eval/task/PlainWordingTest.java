package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jocular.systems.Systems;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wording with nothing around what is asked, and who is asked in it. */
class PlainWordingTest {
    private static final Path DATA = Path.of("src", "test", "resources", "org", "jocular", "eval", "task", "data");

    @TempDir
    private Path embedded;

    private List<Sample> samples(String task) {
        List<Sample> samples = new ArrayList<>();
        Data data = new Data(DATA, embedded, task);
        Tasks.named(task).read(data, Tasks.named(task).wording(Wording.PLAIN), samples::add);
        return samples;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gqa", "vsr", "vsr-random", "scienceqa", "scienceqa-img", "nocaps"})
    void isChosenWhereTheModelWantsItAlone(String name) {
        Task task = Tasks.named(name);
        for (String system : Systems.NAMES) {
            assertThat(task.wordingFor(system, Wording.PLAIN).name()).isEqualTo(Wording.PLAIN);
            assertThat(task.wordingFor(system, null)).isEqualTo(task.wordingFor(system));
            assertThat(task.wordingFor(system).name()).isNotEqualTo(Wording.PLAIN);
        }
    }

    @Test
    void otherBenchmarksAskAsBefore() {
        assertThat(Tasks.named("pope").wordingFor("blip2", Wording.PLAIN).name())
                .isEqualTo(Wording.LMMS_EVAL);
        assertThat(Tasks.named("nocaps").wordingFor("blip2", "llava").name()).isEqualTo("lavis-blip2");
        for (String name : List.of("llava-bench", "llava-bench-wild")) {
            Task bench = Tasks.named(name);
            assertThat(bench.wordingFor("mplug-owl", Wording.PLAIN).name()).isEqualTo(Wording.LLAVA);
            assertThat(bench.wordingFor("mplug-owl", null).name()).isEqualTo(Wording.LMMS_EVAL);
            assertThat(bench.wordingFor("llava", Wording.LMMS_EVAL).name()).isEqualTo(Wording.LMMS_EVAL);
        }
        assertThat(Tasks.haveWording(Wording.PLAIN)).isTrue();
        assertThat(Tasks.haveWording("plane")).isFalse();
    }

    /** As snapshots hold it, told in one place. */
    @Test
    void asksNothingElse() {
        assertThat(samples("nocaps")).extracting(Sample::question).containsOnly("Describe the picture briefly.");
        assertThat(samples("vsr")).allSatisfy(sample -> {
            assertThat(sample.question()).isEqualTo(sample.doc().get("caption").stringValue());
            assertThat(sample.candidates()).containsExactly("true", "false");
            assertThat(sample.target()).isEqualTo(sample.doc().get("label").intValue() == 1 ? "true" : "false");
        });
        assertThat(samples("gqa"))
                .allSatisfy(sample ->
                        assertThat(sample.question()).doesNotContain("\n").endsWith("?"));
        assertThat(samples("scienceqa")).allSatisfy(sample -> {
            List<String> options = new ArrayList<>();
            sample.doc().get("choices").forEach(choice -> options.add(choice.stringValue()));
            assertThat(sample.candidates())
                    .isEqualTo(List.of("(a)", "(b)", "(c)", "(d)", "(e)").subList(0, options.size()));
            assertThat(sample.question())
                    .doesNotContain("Context:")
                    .contains(" (a) " + options.getFirst() + " (b) " + options.get(1));
        });
    }

    /** The likeliest candidate is the answer. */
    @Test
    void ranking() {
        for (String task : List.of("vsr", "scienceqa-img")) {
            Task.Scoring scoring = Tasks.named(task).scoring();
            for (Sample sample : samples(task)) {
                int right = task.equals("vsr")
                        ? sample.candidates().indexOf(sample.target())
                        : sample.doc().get("answer").intValue();
                List<Double> logLikelihoods = new ArrayList<>();
                for (int i = 0; i < sample.candidates().size(); i++) {
                    logLikelihoods.add(i == right ? -1.0 : -2.0);
                }
                scoring.add(new Answered(sample, sample.candidates().get(right), logLikelihoods, null));
            }
            assertThat(scoring.result().scores().metrics()).as(task).containsEntry("accuracy", 100.0);
        }
    }

    @Test
    void answersAreComparedWithoutCaseAndPunctuation() {
        Task.Scoring scoring = Tasks.named("gqa").scoring();
        List<Sample> samples = samples("gqa");
        samples.forEach(sample -> scoring.add(
                new Answered(sample, " " + sample.target().toUpperCase(Locale.ROOT) + ".", List.of(), null)));
        assertThat(scoring.result().scores().metrics()).containsEntry("accuracy", 100.0);
    }
}
