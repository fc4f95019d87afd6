package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The benchmarks in the tables of Hugging Face's hub and VLMEvalKit: the same questions as from the publishers' files. */
class TablesTest {
    private static final Path RESOURCES = Path.of("src", "test", "resources", "org", "jocular", "eval", "task");

    @TempDir
    Path embedded;

    private List<Sample> samples(String root, String task, String wording) {
        List<Sample> samples = new ArrayList<>();
        Data data = new Data(RESOURCES.resolve(root), embedded, task);
        Tasks.named(task).read(data, Tasks.named(task).wording(wording), samples::add);
        data.requirePictures();
        assertThat(data.used()).isNotEmpty();
        for (Sample sample : samples) {
            if (root.equals("tables") && sample.picture() != null) {
                assertThat(Data.locate(RESOURCES, embedded, sample.picture())).isRegularFile();
            }
        }
        return samples;
    }

    static Stream<List<String>> wordings() {
        return Stream.of("scienceqa", "vqav2", "gqa")
                .flatMap(task -> Tasks.named(task).wordings().stream().map(wording -> List.of(task, wording.name())));
    }

    @ParameterizedTest
    @MethodSource("wordings")
    void tablesAskWhatFilesAsk(List<String> asked) {
        List<Sample> samples = samples("tables", asked.getFirst(), asked.getLast());
        List<Sample> expected = new ArrayList<>();
        readFiles(asked, expected);
        assertThat(samples)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id", "picture")
                .isEqualTo(expected);
    }

    private static void readFiles(List<String> asked, List<Sample> samples) {
        Data data = new Data(RESOURCES.resolve("data"), Path.of("unused"), asked.getFirst());
        Task task = Tasks.named(asked.getFirst());
        task.read(data, task.wording(asked.getLast()), samples::add);
    }

    @Test
    void popeInTables() {
        assertThat(samples("tables", "pope", Wording.LMMS_EVAL))
                .extracting(Sample::id, Sample::target, Sample::category)
                .containsExactly(tuple("random/1", "no", "random"), tuple("popular/1", "yes", "popular"));
        assertThat(samples("tables", "pope", Wording.LLAVA))
                .extracting(Sample::question)
                .contains("Is there a dog in the image?\nAnswer the question using a single word or phrase.");
    }

    @Test
    void mmeInTables() {
        assertThat(samples("tables", "mme", Wording.LLAVA))
                .extracting(Sample::id, Sample::question, Sample::target)
                .containsExactly(
                        tuple(
                                "artwork/7.jpg#1",
                                "Is this a painting?\nAnswer the question using a single word or phrase.",
                                "yes"),
                        tuple(
                                "artwork/7.jpg#2",
                                "Is this a bust?\nAnswer the question using a single word or phrase.",
                                "no"));
    }

    @Test
    void scienceQaInVlmEvalKitsTable() throws Exception {
        List<Sample> samples = samples("tables", "scienceqa-img", Wording.VLM_EVAL_KIT);
        List<Sample> expected = new ArrayList<>();
        readFiles(List.of("scienceqa-img", Wording.VLM_EVAL_KIT), expected);
        assertThat(samples).hasSize(3);
        assertThat(samples.subList(0, 2))
                .extracting(Sample::question)
                .isEqualTo(expected.stream().map(Sample::question).toList());
        assertThat(samples.getLast().question()).startsWith("Question: Which \"cup\" is red?\nOptions:\nA. this one\n");
        assertThat(samples.getLast().picture()).isEqualTo(samples.getFirst().picture());
        try (Stream<Path> pictures = Files.list(embedded)) {
            assertThat(pictures).hasSize(2);
        }
    }
}
