package org.jocular.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.AdamW;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.GradientExecutor;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Lora;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tiny LLaVA: batches, accumulation, recomputation, adapters. */
class TeacherTest {
    private static final Path LLAVA = Path.of("..", "models", "golden-llava");

    @TempDir
    Path directory;

    private static Map<String, float[]> gradients(Golden golden) {
        Map<String, float[]> gradients = new TreeMap<>();
        for (Parameter parameter : golden.parameters.all()) {
            gradients.put(parameter.name(), parameter.gradient().toFloats());
        }
        return gradients;
    }

    private static Map<String, float[]> once(String tag, int threads, boolean recompute, double dropout) {
        try (CpuExecutor cpu = CpuExecutor.simd(threads);
                Golden golden = new Golden(LLAVA, tag, cpu, recompute, dropout)) {
            golden.pass(List.of(golden.example()), 13, 7);
            return gradients(golden);
        }
    }

    private static void same(Map<String, float[]> found, Map<String, float[]> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        found.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
    }

    @Test
    void gradientsAreTheSameBitsAgainAndWithOneThreadAndRecomputed() {
        Map<String, float[]> expected = once("full", 2, false, 0);
        same(once("full", 2, false, 0), expected);
        same(once("full", 1, false, 0), expected);
        same(once("full", 2, true, 0), expected);
    }

    @Test
    void whatIsDroppedIsDroppedAgainWhenRecomputed() {
        Map<String, float[]> expected = once("lora", 2, false, 0.3);
        same(once("lora", 2, true, 0.3), expected);
        Map<String, float[]> without = once("lora", 2, false, 0);
        assertThat(without.keySet()).isEqualTo(expected.keySet());
        assertThat(without.values().iterator().next())
                .isNotEqualTo(expected.values().iterator().next());
    }

    @Test
    void severalPassesAreOneBatch() {
        try (CpuExecutor cpu = CpuExecutor.simd(2);
                Golden golden = new Golden(LLAVA, "full", cpu, false)) {
            Example one = golden.example();
            Example other = golden.example("case-2", new int[] {455, 307, 2});
            double tokens = one.tokens() + other.tokens();
            double together = golden.pass(List.of(one, other), tokens, -1);
            Map<String, float[]> batch = gradients(golden);
            golden.parameters.clearGradients();
            double apart = golden.pass(List.of(one), tokens, -1) + golden.pass(List.of(other), tokens, -1);
            assertThat(together).isCloseTo(apart, within(1e-4));
            gradients(golden).forEach((name, values) -> {
                float[] whole = batch.getOrDefault(name, new float[0]);
                double difference = 0;
                double size = 0;
                for (int i = 0; i < values.length; i++) {
                    difference += Math.pow(values[i] - whole[i], 2);
                    size += Math.pow(values[i], 2);
                }
                assertThat(Math.sqrt(difference / size)).as(name).isLessThan(1e-4);
            });
        }
    }

    @Test
    void passesTakeExamplesInOrderWhileTheirIdsFit() {
        try (CpuExecutor cpu = CpuExecutor.simd(1);
                Golden golden = new Golden(LLAVA, "projector", cpu, false)) {
            List<Example> examples = IntStream.of(100, 100, 50, 2, 300, 249, 2)
                    .mapToObj(n -> Example.of(List.of(), false, new int[0], new int[n - 1], new int[1]))
                    .toList();
            List<List<Integer>> lengths = golden.teacher.passes(examples).stream()
                    .map(pass ->
                            pass.stream().map(example -> example.ids().length).toList())
                    .toList();
            assertThat(lengths)
                    .containsExactly(List.of(100, 100, 50), List.of(2), List.of(300), List.of(249), List.of(2));
            assertThat(golden.teacher.passes(examples).stream().flatMap(List::stream))
                    .containsExactlyElementsOf(examples);
        }
    }

    @Test
    void onlyMarkedTokensAreLearned() {
        try (CpuExecutor cpu = CpuExecutor.simd(2);
                Golden golden = new Golden(LLAVA, "projector", cpu, false)) {
            Example whole = golden.example();
            double sum = 0;
            for (int i = 0; i < whole.ids().length; i++) {
                if (whole.weights()[i] > 0) {
                    float[] single = new float[whole.ids().length];
                    single[i] = 1;
                    Example part = new Example(whole.pictures(), false, whole.instruction(), whole.ids(), single);
                    sum += golden.pass(List.of(part), 1, -1);
                }
            }
            assertThat(golden.pass(List.of(whole), 1, -1)).isCloseTo(sum, within(1e-3));
        }
    }

    @Test
    void aSavedAdapterGoesOnAndMerges() {
        double loss;
        try (CpuExecutor cpu = CpuExecutor.simd(2);
                Golden golden = new Golden(LLAVA, "lora", cpu, false);
                Optimizer optimizer = new Optimizer(golden.executor, AdamW.withDecay(0), 1, name -> 1)) {
            for (int step = 0; step < 3; step++) {
                golden.pass(List.of(golden.example()), 13, -1);
                optimizer.step(0.01);
            }
            loss = golden.pass(List.of(golden.example()), 13, -1);
            LoraAdapters adapters = golden.adapters;
            if (adapters == null) {
                throw new AssertionError();
            }
            LoraFiles.save(adapters, directory);
        }
        assertThat(LoraFiles.settings(directory)).isEqualTo(new LoraAdapters.Settings(4, 8, 0));
        assertThat(LoraFiles.modules(directory)).hasSize(6);
        try (CpuExecutor cpu = CpuExecutor.simd(2);
                Golden golden = new Golden(LLAVA, "lora", cpu, false)) {
            LoraAdapters adapters = golden.adapters;
            if (adapters == null) {
                throw new AssertionError();
            }
            LoraFiles.load(adapters, directory.resolve(LoraFiles.WEIGHTS));
            assertThat(golden.pass(List.of(golden.example()), 13, -1)).isEqualTo(loss);
            // The base is stored in F16, to which merging rounds.
            try (Parameters none = new Parameters();
                    GradientExecutor executor = new GradientExecutor(cpu, none, false);
                    VisionLanguageModel merged =
                            Systems.load(LLAVA, path -> Lora.merged(Checkpoint.open(path), directory));
                    Teacher teacher = new Teacher(merged);
                    GradientPass pass = executor.begin()) {
                assertThat(teacher.teach(pass, pass, List.of(golden.example()), 1))
                        .isCloseTo(loss, within(0.01));
            }
        }
    }

    @Test
    void anAdapterOfOtherLayersIsRefused() {
        try (CpuExecutor cpu = CpuExecutor.simd(2);
                Golden golden = new Golden(LLAVA, "projector", cpu, false)) {
            LoraAdapters none =
                    new LoraAdapters(new LoraAdapters.Settings(4, 8, 0), module -> false, golden.parameters, 1);
            assertThatThrownBy(() -> LoraFiles.load(none, LLAVA.resolve("lora-start.safetensors")))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("lora-start.safetensors holds 12 factors, expected 0");
        }
    }
}
