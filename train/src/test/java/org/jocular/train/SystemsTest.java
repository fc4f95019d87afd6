package org.jocular.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.GradientExecutor;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.vit.PictureReader;
import org.jocular.weights.Checkpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** All systems in all layouts: a step along the gradient of what stands between eye and language changes the loss by as much as it says. */
class SystemsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llava",
                "llava-v1-original",
                "llava-v15-original",
                "blip2-opt",
                "blip2-t5",
                "blip2-vicuna",
                "instructblip-vicuna",
                "instructblip-t5",
                "minigpt4",
                "mplug-owl"
            })
    void theLossFollowsItsGradient(String golden) {
        Path directory = Shared.path("goldens/" + golden);
        try (CpuExecutor cpu = CpuExecutor.simd(2);
                Arena arena = Arena.ofShared();
                Parameters parameters = new Parameters();
                VisionLanguageModel model = Systems.load(
                        directory,
                        path -> Checkpoint.through(
                                Checkpoint.open(path), w -> new TrainableWeights(w, parameters, SystemsTest::isHead)));
                Teacher teacher = new Teacher(model)) {
            Example example = example(directory, model, arena);
            double[] slopes = new double[2];
            for (boolean recompute : new boolean[] {false, true}) {
                parameters.clearGradients();
                try (GradientExecutor executor = new GradientExecutor(cpu, parameters, recompute)) {
                    run(executor, teacher, example);
                    assertThat(parameters.unreached()).isEmpty();
                    double norm = executor.gradientNorm();
                    slopes[recompute ? 1 : 0] = norm;
                    if (!recompute) {
                        double step = 2e-3 / norm;
                        double up = shifted(parameters, executor, teacher, example, step / norm);
                        double down = shifted(parameters, executor, teacher, example, -step / norm);
                        assertThat((up - down) / (2 * step)).isCloseTo(norm, within(0.02 * norm));
                    }
                }
            }
            assertThat(parameters.all()).isNotEmpty();
            assertThat(slopes[1]).isEqualTo(slopes[0]);
        }
    }

    private static boolean isHead(String name) {
        return Stream.of(
                        "multi_modal_projector",
                        "query_tokens",
                        "language_projection",
                        "visual_fc",
                        "vit_eos",
                        "abstractor",
                        "qformer")
                .anyMatch(name::contains);
    }

    private static double run(GradientExecutor executor, Teacher teacher, Example example) {
        try (GradientPass pass = executor.begin()) {
            double sum = teacher.teach(pass, pass, List.of(example), 1.0 / example.tokens());
            pass.backward();
            return sum / example.tokens();
        }
    }

    /** The loss after a step along a copy of the gradients. */
    private static double shifted(
            Parameters parameters, GradientExecutor executor, Teacher teacher, Example example, double by) {
        List<float[]> gradients = new ArrayList<>();
        List<float[]> values = new ArrayList<>();
        for (Parameter parameter : parameters.all()) {
            gradients.add(parameter.gradient().toFloats());
            values.add(parameter.value().toFloats());
        }
        int at = 0;
        for (Parameter parameter : parameters.all()) {
            float[] gradient = gradients.get(at);
            float[] value = values.get(at++);
            for (int i = 0; i < value.length; i++) {
                parameter.value().data().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (value[i] + by * gradient[i]));
            }
        }
        double loss = run(executor, teacher, example);
        at = 0;
        for (Parameter parameter : parameters.all()) {
            copy(values.get(at), parameter.value());
            copy(gradients.get(at++), parameter.gradient());
        }
        return loss;
    }

    private static void copy(float[] values, Tensor to) {
        for (int i = 0; i < values.length; i++) {
            to.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
        }
    }

    private static Example example(Path directory, VisionLanguageModel model, Arena arena) {
        JsonNode one = Golden.json(directory.resolve("cases.json"))
                .path("cases")
                .valueStream()
                .filter(node -> node.path("images").size() == 1)
                .findFirst()
                .orElseThrow();
        String text = one.path("text").asString();
        var prepared = model.imageProcessor()
                .prepared(PictureReader.read(
                        directory.resolve(one.path("images").get(0).asString())));
        Tensor pixels =
                Tensor.of(arena, model.imageProcessor().normalised(prepared), 3, prepared.height(), prepared.width());
        return Example.of(
                List.of(pixels),
                false,
                model.instructionIds(text),
                model.ids(text, 1),
                model.candidateIds("a red circle"));
    }
}
