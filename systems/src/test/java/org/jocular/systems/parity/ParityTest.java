package org.jocular.systems.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jocular.systems.GoldenLlava;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every step of LLaVA is that of the reference implementation, and a comparison that finds no difference would have found one. */
class ParityTest {
    @TempDir
    private Path directory;

    @Test
    void referenceExecutor() {
        try (Executor executor = CpuExecutor.reference()) {
            assertEverythingAgrees(Parity.compare(GoldenLlava.DIRECTORY, executor, 5e-5));
        }
    }

    @Test
    void simdExecutor() {
        try (Executor executor = CpuExecutor.simd(2)) {
            assertEverythingAgrees(Parity.compare(GoldenLlava.DIRECTORY, executor, Parity.TOLERANCE));
        }
    }

    /** Two traces of 34 names, less the four of the block that the system never computes; what was not compared is not passed over. */
    private static void assertEverythingAgrees(ParityReport report) {
        assertThat(report.differences()).isEmpty();
        assertThat(report.passed()).isTrue();
        assertThat(report.names()).hasSize(2 * (34 - 4));
        assertThat(report.names())
                .extracting(ParityReport.Compared::name)
                .contains("pixel_values", "multi_modal_projector", "inputs_embeds", "logits")
                .doesNotContain("vision_tower.vision_model.encoder.layers.2");
        // Six prompts with three candidates each, and sixteen generations each.
        assertThat(report.idsEqual()).isEqualTo(report.idsTotal());
        assertThat(report.idsTotal()).isEqualTo(6 * (1 + 3 + 16));
        assertThat(report.worstCandidate()).isLessThan(1e-3);
    }

    @Test
    void aWrongEpsilonIsFound() {
        GoldenLlava.copyFiles(directory, name -> true);
        GoldenLlava.replace(directory.resolve("config.json"), "\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1e-02");
        ParityReport report = compareCopy();
        assertThat(report.differences()).isNotEmpty().first().asString().contains("language_model.model.layers.0");
        // The tower has no such norm.
        assertThat(report.differences()).noneMatch(difference -> difference.contains("vision_tower"));
    }

    @Test
    void onePerturbedWeightIsFound() {
        perturb("language_model.model.layers.1.mlp.up_proj.weight", 1.5);
        ParityReport report = compareCopy();
        assertThat(report.passed()).isFalse();
        assertThat(report.differences()).first().asString().contains("layers.1.mlp");
        assertThat(report.names().getLast().error()).isGreaterThan(Parity.TOLERANCE);
    }

    @Test
    void aNaNIsFound() {
        perturb("language_model.lm_head.weight", Double.NaN);
        ParityReport report = compareCopy();
        assertThat(report.differences()).anyMatch(difference -> difference.contains("logits differs by NaN"));
        assertThat(report.differences())
                .filteredOn(difference -> difference.contains("candidate \"no\" scores NaN"))
                .hasSize(6);
    }

    /** Another picture: the pixels are the first that differ. */
    @Test
    void anotherPictureIsFound() throws IOException {
        GoldenLlava.copyFiles(directory, name -> !name.equals("wide.png"));
        Files.copy(directory.resolve("tall.png"), directory.resolve("wide.png"));
        assertThat(compareCopy().differences()).first().asString().contains("pixel_values");
    }

    @Test
    void aFolderThatIsNoGoldenIsRefused() {
        try (Executor executor = CpuExecutor.reference()) {
            assertThatThrownBy(() -> Parity.compare(directory, executor, 1e-4))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("cases.json");
        }
    }

    private void perturb(String name, double factor) {
        GoldenLlava.copy(directory, (Map<String, Tensor> tensors) -> {
            Tensor tensor = Objects.requireNonNull(tensors.get(name));
            for (long i = 0; i < tensor.width(); i++) {
                tensor.dtype().set(tensor.data(), i, factor * tensor.get(i));
            }
            return tensors;
        });
    }

    private ParityReport compareCopy() {
        try (Executor executor = CpuExecutor.simd(2)) {
            return Parity.compare(directory, executor, Parity.TOLERANCE);
        }
    }
}
