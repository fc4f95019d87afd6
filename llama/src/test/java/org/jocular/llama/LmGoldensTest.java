package org.jocular.llama;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.TracingExecutor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.Leftovers.Leftover;
import org.jocular.weights.Safetensors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The language models inside the goldens of larger systems: every named intermediate, and the scores of candidates. */
class LmGoldensTest {
    private static final double CANDIDATE_TOLERANCE = 1e-3;

    @ParameterizedTest
    @CsvSource({
        "blip2-opt,       case-1, reference, 5e-5",
        "blip2-opt,       case-2, reference, 5e-5",
        "blip2-opt,       case-1, simd,      1e-4",
        "blip2-opt,       case-2, simd,      1e-4",
        "blip2-t5,        case-1, reference, 5e-5",
        "blip2-t5,        case-2, reference, 5e-5",
        "blip2-t5,        case-1, simd,      1e-4",
        "blip2-t5,        case-2, simd,      1e-4",
        "instructblip-t5, case-1, reference, 5e-5",
        "instructblip-t5, case-2, reference, 5e-5",
        "instructblip-t5, case-1, simd,      1e-4",
        "instructblip-t5, case-2, simd,      1e-4"
    })
    void everyIntermediate(String golden, String id, String name, double tolerance) {
        Path directory = Shared.path("goldens/" + golden);
        JsonNode example = example(directory, id);
        Map<String, float[]> found = new LinkedHashMap<>();
        try (Executor executor = Tiny.executor(name);
                Arena arena = Arena.ofShared();
                Checkpoint checkpoint = Checkpoint.open(directory)) {
            LanguageModel model = load(checkpoint, directory);
            Safetensors expected =
                    Safetensors.open(directory.resolve(example.path("trace").asString()), arena);
            trace(model, executor, example, expected.tensor("inputs_embeds"), found);

            List<String> names = names(example);
            assertThat(found).containsKeys(names.toArray(String[]::new));
            for (String each : names) {
                double error = Tiny.error(
                        requireNonNull(found.get(each)), expected.tensor(each).toFloats());
                assertThat(error).as(each).isLessThan(tolerance);
            }
        }
    }

    /** All of them in one pass, as branches from the end of the prompt. */
    @ParameterizedTest
    @CsvSource({
        "blip2-opt,       case-1",
        "blip2-opt,       case-2",
        "blip2-t5,        case-1",
        "blip2-t5,        case-2",
        "instructblip-t5, case-1",
        "instructblip-t5, case-2"
    })
    void candidatesAsBranches(String golden, String id) {
        Path directory = Shared.path("goldens/" + golden);
        JsonNode example = example(directory, id);
        List<int[]> candidates = example.path("candidates")
                .valueStream()
                .map(candidate -> ints(candidate.path("ids")))
                .toList();
        try (Executor executor = Tiny.executor("simd");
                Arena arena = Arena.ofShared();
                Checkpoint checkpoint = Checkpoint.open(directory)) {
            LanguageModel model = load(checkpoint, directory);
            Safetensors trace =
                    Safetensors.open(directory.resolve(example.path("trace").asString()), arena);
            try (KvCache cache = model.newCache(0)) {
                float[] afterPrompt = TinyLm.prefill(model, executor, cache, trace.tensor("inputs_embeds"));
                List<Integer> following = new ArrayList<>();
                List<Integer> ids = new ArrayList<>();
                int root = cache.length() - 1;
                for (int[] candidate : candidates) {
                    for (int i = 0; i + 1 < candidate.length; i++) {
                        following.add(i == 0 ? root : root + following.size());
                        ids.add(candidate[i]);
                    }
                }
                float[][] scores = TinyLm.grow(model, executor, cache, TinyLm.ints(following), TinyLm.ints(ids));
                int row = 0;
                for (int c = 0; c < candidates.size(); c++) {
                    int[] candidate = candidates.get(c);
                    double nll = nll(afterPrompt, candidate[0]);
                    for (int i = 1; i < candidate.length; i++) {
                        nll += nll(scores[row++], candidate[i]);
                    }
                    double expected =
                            example.path("candidates").path(c).path("nll").asDouble();
                    assertThat(nll).as("candidate %d", c).isCloseTo(expected, within(CANDIDATE_TOLERANCE));
                }
            }
        }
    }

    private static LanguageModel load(Checkpoint checkpoint, Path directory) {
        Fields config = JsonFile.read(directory.resolve("config.json")).object("text_config");
        Weights weights = checkpoint.root().at("language_model");
        LanguageModel model = config.text("model_type").equals("opt")
                ? Opt.load(weights, Opt.Config.of(config))
                : T5.load(weights, T5.Config.of(config));
        checkpoint.finish(new Leftover("not of the language model", name -> !name.startsWith("language_model.")));
        return model;
    }

    private static void trace(
            LanguageModel model, Executor executor, JsonNode example, Tensor embeddings, Map<String, float[]> found) {
        TracingExecutor tracing = new TracingExecutor(executor, (name, shape, values) -> found.put(name, values));
        int rows = (int) embeddings.rows();
        try (KvCache cache = model.newCache(0);
                Ops ops = tracing.begin()) {
            model.embed(ops, ints(example.path("input_ids")));
            Tensor hidden = switch (model) {
                case CausalLm lm -> lm.forward(ops, embeddings, Batch.of(cache, rows));
                case EncoderDecoderLm lm -> {
                    lm.encode(ops, embeddings, cache);
                    int[] forced = example.has("teacher_forced")
                            ? ints(example.path("teacher_forced"))
                            : new int[] {lm.decoderStartTokenId()};
                    yield lm.decode(ops, forced, Batch.of(cache, forced.length));
                }
            };
            ops.named("logits", model.logits(ops, hidden));
        }
    }

    private static List<String> names(JsonNode example) {
        return Stream.concat(
                        Stream.of("logits"), example.path("names").valueStream().map(JsonNode::asString))
                .filter(name -> name.equals("logits") || name.startsWith("language_model."))
                .distinct()
                .toList();
    }

    /** −log softmax at one token. */
    private static double nll(float[] scores, int id) {
        double max = IntStream.range(0, scores.length)
                .mapToDouble(i -> scores[i])
                .max()
                .orElseThrow();
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - max);
        }
        return max + Math.log(sum) - scores[id];
    }

    private static JsonNode example(Path directory, String id) {
        try {
            JsonNode cases = JsonMapper.shared().readTree(Files.readString(directory.resolve("cases.json")));
            return cases.path("cases")
                    .valueStream()
                    .filter(node -> node.path("id").asString().equals(id))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] ints(JsonNode list) {
        return list.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}
