package org.jocular.systems.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.systems.GoldenLlava;
import org.jocular.systems.Shared;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every system in every layout against its reference: pixels, ids, every name, greedy and beam generations, candidates. Three goldens are
 * in the repository: LLaVA as the hub has it, BLIP-2 as LAVIS has it, InstructBLIP with T5.
 */
class GoldensTest {
    @ParameterizedTest
    @CsvSource({
        "llava, 60, 120",
        "llava-v1-original, 44, 40",
        "llava-v15-original, 44, 40",
        "blip2-opt, 84, 108",
        "blip2-t5, 108, 60",
        "blip2-vicuna, 68, 40",
        "instructblip-vicuna, 82, 111",
        "instructblip-t5, 108, 63",
        "minigpt4, 68, 40",
        "mplug-owl, 66, 40"
    })
    void agrees(String name, int names, int lists) {
        Path directory = directory(name);
        try (Executor simd = CpuExecutor.simd(2);
                Executor reference = CpuExecutor.reference()) {
            agrees(Parity.compare(directory, simd, Parity.TOLERANCE), names, lists);
            agrees(Parity.compare(directory, reference, 5e-5), names, lists);
        }
    }

    private static void agrees(ParityReport report, int names, int lists) {
        assertThat(report.differences()).isEmpty();
        assertThat(report.names()).hasSize(names);
        assertThat(report.idsTotal()).isEqualTo(lists);
        assertThat(report.idsEqual()).isEqualTo(lists);
        assertThat(report.worstCandidate()).isLessThan(1e-3);
    }

    private static Path directory(String name) {
        if (name.equals("llava")) {
            return GoldenLlava.DIRECTORY;
        }
        Path committed = Path.of("src/test/resources/golden", name);
        return Files.exists(committed) ? committed : Shared.path("goldens/" + name);
    }
}
