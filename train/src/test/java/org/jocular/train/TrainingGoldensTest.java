package org.jocular.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jocular.tensor.AdamW;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Five steps of AdamW as PyTorch made them: losses, gradients, norms, rates, and where the parameters went. */
class TrainingGoldensTest {
    private static final Path LLAVA = Path.of("..", "models", "golden-llava");

    @ParameterizedTest
    @ValueSource(strings = {"projector", "lora"})
    void llava(String tag) {
        agrees(LLAVA, tag, CpuExecutor.simd(2), true);
    }

    /** Its gradients and parameters are not in the repository, for their size. */
    @Test
    void lossesAndNormsOfAllOfLlava() {
        agrees(LLAVA, "full", CpuExecutor.simd(2), false);
    }

    @ParameterizedTest
    @CsvSource({"llava,projector", "llava,full", "llava,lora", "instructblip-vicuna,qformer"})
    void shared(String golden, String tag) {
        agrees(Shared.path("goldens/" + golden), tag, CpuExecutor.simd(2), true);
    }

    @ParameterizedTest
    @CsvSource({"projector", "lora"})
    void llavaByTheReference(String tag) {
        agrees(LLAVA, tag, CpuExecutor.reference(), true);
    }

    private static void agrees(Path directory, String tag, CpuExecutor cpu, boolean files) {
        try (cpu;
                Golden golden = new Golden(directory, tag, cpu, false)) {
            JsonNode run = golden.run;
            JsonNode adamW = run.path("optimizer");
            Schedule schedule =
                    Schedule.of(Schedule.Decay.COSINE, adamW.path("lr").asDouble(), 2, 5);
            Example example = golden.example();
            assertThat(golden.parameters.all())
                    .extracting(Parameter::name)
                    .containsExactlyInAnyOrderElementsOf(run.path("trainable")
                            .valueStream()
                            .map(JsonNode::asString)
                            .toList());
            try (Optimizer optimizer = new Optimizer(
                    golden.executor, AdamW.withDecay(adamW.path("weight_decay").asDouble()), 0, name -> 1)) {
                for (int step = 0; step < 5; step++) {
                    double sum = golden.pass(List.of(example), example.tokens(), -1);
                    if (step == 0) {
                        assertThat(golden.parameters.unreached()).isEmpty();
                        if (files) {
                            compare(golden, golden.file("gradients"), true);
                        }
                    }
                    double loss = run.path("losses").get(step).asDouble();
                    assertThat(sum / example.tokens()).as("loss %d", step).isCloseTo(loss, within(1e-4));
                    double rate = run.path("learning_rates").get(step).asDouble();
                    assertThat(schedule.rate(step)).isCloseTo(rate, within(1e-12));
                    double norm = run.path("gradient_norms").get(step).asDouble();
                    assertThat(optimizer.step(rate)).as("norm %d", step).isCloseTo(norm, within(1e-3 * norm));
                }
            }
            if (files) {
                compare(golden, golden.file("after"), false);
            }
        }
    }

    private static void compare(Golden golden, Map<String, Tensor> expected, boolean gradients) {
        Set<String> zero = golden.withoutGradient();
        int compared = 0;
        for (Map.Entry<String, Tensor> entry : expected.entrySet()) {
            Parameter parameter = golden.parameters.get(entry.getKey());
            assertThat(parameter).as(entry.getKey()).isNotNull();
            if (parameter != null && !zero.contains(entry.getKey())) {
                Tensor found = gradients ? parameter.gradient() : parameter.value();
                assertThat(error(found, entry.getValue()))
                        .as("%s of %s", gradients ? "gradient" : "value", entry.getKey())
                        .isLessThan(1e-3);
                compared++;
            }
        }
        assertThat(compared).isPositive();
    }

    /** ‖a − b‖ / ‖b‖ */
    static double error(Tensor found, Tensor expected) {
        double difference = 0;
        double size = 0;
        for (long i = 0; i < expected.elements(); i++) {
            difference += Math.pow(found.get(i) - expected.get(i), 2);
            size += Math.pow(expected.get(i), 2);
        }
        return Math.sqrt(difference / size);
    }
}
