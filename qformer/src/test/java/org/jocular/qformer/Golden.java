package org.jocular.qformer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.TracingExecutor;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.Safetensors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder of reference activations: weights, config, and what the reference implementation computed. */
record Golden(Path directory) {
    /** The relative error of a named intermediate. */
    record Found(String name, double error) {}

    static Golden shared(String name) {
        return new Golden(Shared.path("goldens/" + name));
    }

    /** A part of one of the same, which a fresh clone has. */
    static Golden committed(String name) {
        URL place = Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name);
        try {
            return new Golden(Path.of(place.toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Executor executor(String name) {
        return name.equals("reference") ? CpuExecutor.reference() : CpuExecutor.simd(2);
    }

    /** The goldens are F32 themselves, and so is every step of the SIMD executor. */
    static double tolerance(String executor) {
        return executor.equals("reference") ? 5e-5 : 1e-4;
    }

    Fields config() {
        return JsonFile.read(directory.resolve("config.json"));
    }

    /** A forward pass; the reference's output of the vision tower, and the text's ids or none. */
    interface Forward {
        void run(Ops ops, Tensor image, int[] ids);
    }

    /**
     * Runs all cases with a trace.
     *
     * @param prefix of the names that must be computed
     */
    List<Found> run(String executor, String prefix, Forward forward) {
        List<Found> found = new ArrayList<>();
        try (Executor cpu = executor(executor);
                Arena arena = Arena.ofConfined()) {
            for (JsonNode example : cases()) {
                if (!example.has("trace")) {
                    continue;
                }
                Safetensors expected =
                        Safetensors.open(directory.resolve(example.get("trace").asString()), arena);
                Map<String, float[]> computed = new HashMap<>();
                try (Ops ops = new TracingExecutor(cpu, (name, shape, values) -> computed.put(name, values)).begin()) {
                    JsonNode ids = example.path("qformer_input_ids");
                    forward.run(
                            ops,
                            expected.tensor("vision_model.post_layernorm"),
                            ids.valueStream().mapToInt(JsonNode::asInt).toArray());
                }
                for (JsonNode name : example.get("names")) {
                    if (name.asString().startsWith(prefix)) {
                        float[] values = computed.getOrDefault(name.asString(), new float[0]);
                        found.add(new Found(
                                name.asString(),
                                error(values, expected.tensor(name.asString()).toFloats())));
                    }
                }
            }
        }
        return found;
    }

    private JsonNode cases() {
        try {
            return JsonMapper.shared()
                    .readTree(Files.readString(directory.resolve("cases.json")))
                    .get("cases");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** ‖found − expected‖ / ‖expected‖; infinite where nothing was computed. */
    static double error(float[] found, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < Math.min(found.length, expected.length); i++) {
            difference += Math.pow(found[i] - (double) expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return found.length == expected.length ? Math.sqrt(difference / norm) : Double.POSITIVE_INFINITY;
    }
}
