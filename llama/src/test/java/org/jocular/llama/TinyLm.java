package org.jocular.llama;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.llama.Tiny.RandomWeights;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Small language models of all kinds, read from config.json, and sequences that grow from a prompt. */
final class TinyLm {
    private static final String OPT_JSON = """
            {"vocab_size": 61, "hidden_size": 32, "ffn_dim": 44, "num_hidden_layers": 2, "num_attention_heads": 4,
             "max_position_embeddings": 64, "word_embed_proj_dim": 32}""";

    /** Few buckets, so that a short sequence reaches all of them; heads · d_kv is not d_model. */
    private static final String T5_JSON = """
            {"vocab_size": 61, "d_model": 32, "d_kv": 6, "d_ff": 44, "num_layers": 2, "num_decoder_layers": 3,
             "num_heads": 4, "relative_attention_num_buckets": 8, "relative_attention_max_distance": 20,
             "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false}""";

    private TinyLm() {}

    static LanguageModel model(String kind, Path directory, Arena arena) {
        return kind.equals("llama")
                ? Tiny.llama(arena, 2, 64)
                : load(kind, new RandomWeights(arena, ""), directory, "{}");
    }

    /** @param changes fields that differ from the small model's */
    static LanguageModel load(String kind, Weights weights, Path directory, String changes) {
        return kind.equals("opt")
                ? Opt.load(weights, Opt.Config.of(config(OPT_JSON, directory, changes)))
                : T5.load(weights, T5.Config.of(config(T5_JSON, directory, changes)));
    }

    private static Fields config(String json, Path directory, String changes) {
        JsonMapper mapper = JsonMapper.shared();
        ObjectNode fields = (ObjectNode) mapper.readTree(json);
        fields.setAll((ObjectNode) mapper.readTree(changes));
        return fields(directory, mapper.writeValueAsString(fields));
    }

    static Fields fields(Path directory, String json) {
        try {
            return JsonFile.read(Files.writeString(directory.resolve("config.json"), json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A checkpoint with the tensors of the small model, but for some. */
    static Checkpoint checkpoint(String kind, Path directory, String changes, String... missing) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Path file = directory.resolve("model.safetensors");
        try (Arena arena = Arena.ofShared()) {
            load(kind, new Recording(new RandomWeights(arena, ""), tensors), directory, changes);
            tensors.keySet().removeAll(List.of(missing));
            SafetensorsWriter.write(file, tensors);
        }
        return Checkpoint.open(file);
    }

    /** Reads a prompt, so that the cache's last row is the one that an answer follows; its scores. */
    static float[] prefill(LanguageModel model, Executor executor, KvCache cache, Tensor embeddings) {
        try (Ops ops = executor.begin()) {
            Tensor hidden = switch (model) {
                case CausalLm lm -> lm.forward(ops, embeddings, Batch.of(cache, (int) embeddings.rows()));
                case EncoderDecoderLm lm -> {
                    lm.encode(ops, embeddings, cache);
                    yield lm.decode(ops, new int[] {lm.decoderStartTokenId()}, Batch.of(cache, 1));
                }
            };
            float[][] scores = split(ops, model.logits(ops, hidden));
            return scores[scores.length - 1];
        }
    }

    static float[] prefill(LanguageModel model, Executor executor, KvCache cache, int... ids) {
        try (Ops ops = executor.begin()) {
            return prefill(model, executor, cache, model.embed(ops, ids));
        }
    }

    /** Adds tokens to one request, each after a row of its cache or of these; the scores after each. */
    static float[][] grow(LanguageModel model, Executor executor, KvCache cache, int[] following, int... ids) {
        Batch batch = new Batch();
        batch.add(cache, following);
        return run(model, executor, batch, ids);
    }

    static float[][] run(LanguageModel model, Executor executor, Batch batch, int... ids) {
        try (Ops ops = executor.begin()) {
            return split(ops, model.logits(ops, model.decode(ops, ids, batch)));
        }
    }

    /** Scores after each of some tokens that follow a prompt, computed at once in a cache of their own. */
    static float[][] alone(LanguageModel model, Executor executor, int[] prompt, int... ids) {
        try (KvCache cache = model.newCache(0)) {
            prefill(model, executor, cache, prompt);
            return run(model, executor, Batch.of(cache, ids.length), ids);
        }
    }

    static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    private static float[][] split(Ops ops, Tensor scores) {
        float[] all = ops.read(scores);
        float[][] rows = new float[(int) scores.rows()][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * scores.width(), (i + 1) * scores.width()));
        return rows;
    }

    /** Remembers what was asked for. */
    private record Recording(Weights weights, Map<String, Tensor> tensors) implements Weights {
        @Override
        public Weights at(String name) {
            return new Recording(weights.at(name), tensors);
        }

        @Override
        public String path() {
            return weights.path();
        }

        @Override
        public boolean has(String name) {
            return weights.has(name);
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            Tensor tensor = weights.tensor(name, shape);
            tensors.put(path(name), tensor);
            return tensor;
        }

        @Override
        public Tensor floats(String name, long... shape) {
            return tensor(name, shape);
        }
    }
}
