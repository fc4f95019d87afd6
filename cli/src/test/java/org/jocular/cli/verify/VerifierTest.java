package org.jocular.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jocular.cli.Shared;
import org.jocular.cli.verify.Check.Generation;
import org.jocular.cli.verify.Check.Logits;
import org.jocular.cli.verify.Check.Recorded;
import org.jocular.cli.verify.Outcome.Verdict;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.vit.PictureReader;
import org.jocular.weights.Safetensors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All systems that have records, each on its golden folder: what the reference computed must pass. */
class VerifierTest {
    private static List<Integer> ints(JsonNode list) {
        return list.valueStream().map(JsonNode::asInt).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"blip2-opt", "blip2-t5", "instructblip-vicuna", "instructblip-t5", "llava"})
    void whatTheReferenceComputedPasses(String name) {
        Path directory = Shared.path("goldens/" + name);
        JsonNode root = JsonMapper.shared().readTree(directory.resolve("cases.json"));
        JsonNode golden = root.path("cases").path(0);
        try (Executor executor = CpuExecutor.simd(1);
                VisionLanguageModel model = Systems.load(directory);
                Verifier verifier = new Verifier(
                        model, executor, Map.of("picture", PictureReader.read(directory.resolve("wide.png"))))) {
            List<Check> checks = new ArrayList<>(List.of(logits(directory, golden, model)));
            checks.addAll(generations(
                    golden.path("generate"), golden, root.path("prompt_counts").asBoolean()));
            checks.addAll(generations(golden.path("generate_new_only"), golden, false));

            for (Check check : checks) {
                Outcome outcome = verifier.run(check);
                assertThat(outcome.verdict()).as("%s: %s", check, outcome).isEqualTo(Verdict.PASSED);
            }
        }
    }

    private static List<Generation> generations(JsonNode list, JsonNode golden, boolean promptCounts) {
        return list.valueStream()
                .map(g -> new Generation(
                        g.path("settings").toString(),
                        List.of("picture"),
                        golden.path("text").asString(),
                        JsonMapper.shared().convertValue(g.path("settings"), new TypeReference<>() {}),
                        promptCounts,
                        List.of(new Recorded(
                                "float32",
                                "cases.json",
                                List.of(),
                                ints(g.path("ids")),
                                g.path("text").asString())),
                        null))
                .toList();
    }

    /** BLIP-2 with its prompt as ids, which must come to the same. */
    private static Logits logits(Path directory, JsonNode golden, VisionLanguageModel model) {
        float[] trace;
        try (Arena arena = Arena.ofConfined()) {
            trace = Safetensors.open(directory.resolve(golden.path("trace").asString()), arena)
                    .tensor("logits")
                    .toFloats();
        }
        int width = model.languageModel().vocabSize();
        List<List<Double>> values = IntStream.range(0, 3)
                .mapToObj(row -> IntStream.range(0, 5)
                        .mapToObj(i -> (double) trace[row * width + i])
                        .toList())
                .toList();
        List<Integer> ids = ints(golden.path("input_ids"));
        return new Logits(
                "logits",
                List.of("picture"),
                golden.path("text").asString(),
                model.system().equals("blip2") ? ids.subList(model.visualTokensPerPicture(), ids.size()) : List.of(),
                ints(golden.path("teacher_forced")),
                values,
                1e-3,
                "float32",
                "cases.json",
                "another order of sums");
    }
}
