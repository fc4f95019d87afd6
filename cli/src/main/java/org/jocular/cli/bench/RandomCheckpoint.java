package org.jocular.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jocular.llama.Llama;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.vit.ClipVision;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.SafetensorsWriter.Spec;
import org.jocular.weights.ShardWriter;

/** Writes a LLaVA 1.5 of real size with random weights, in the layout of the hub: what loading and memory are measured with. */
final class RandomCheckpoint {
    private static final long SHARD_BYTES = 5_000_000_000L;

    private RandomCheckpoint() {}

    /**
     * Writes the checkpoint.
     *
     * @param tokenizer a {@code tokenizer.model}, which is copied
     * @return bytes of the weights
     */
    static long write(Path directory, ClipVision.Config vision, Llama.Config text, DType dtype, Path tokenizer) {
        List<Spec> specs = new ArrayList<>();
        Recorder weights = new Recorder(specs, dtype, "");
        ClipVision.load(weights.at("vision_tower.vision_model"), vision, vision.numHiddenLayers());
        weights.at("vision_tower.vision_model").layerNorm("post_layernorm", vision.hiddenSize(), 1e-5f);
        weights.at("multi_modal_projector").linear("linear_1", vision.hiddenSize(), text.hiddenSize());
        weights.at("multi_modal_projector").linear("linear_2", text.hiddenSize(), text.hiddenSize());
        Llama.load(weights.at("language_model"), text);
        try (Arena arena = Arena.ofShared()) {
            Files.createDirectories(directory);
            MemorySegment pool = RandomWeights.pool(arena, dtype);
            // Norms of 1, so that activations neither vanish nor grow.
            MemorySegment ones = arena.allocate((long) text.hiddenSize() * dtype.bytes());
            for (int i = 0; i < text.hiddenSize(); i++) {
                dtype.set(ones, i, 1);
            }
            ShardWriter.write(directory, SHARD_BYTES, specs, SafetensorsWriter.PYTORCH, (spec, sink) -> {
                boolean norm = spec.shape().size() == 1 && spec.name().endsWith(".weight");
                MemorySegment values = norm ? ones : pool;
                for (long left = spec.bytes(); left > 0; left -= values.byteSize()) {
                    sink.put(values.asSlice(0, Math.min(left, values.byteSize())));
                }
            });
            Files.writeString(directory.resolve("config.json"), config(vision, text));
            Files.writeString(
                    directory.resolve("generation_config.json"), "{\"bos_token_id\": 1, \"eos_token_id\": 2}\n");
            Files.writeString(directory.resolve("added_tokens.json"), "{\"<image>\": 32000, \"<pad>\": 32001}\n");
            Files.copy(tokenizer, directory.resolve("tokenizer.model"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return specs.stream().mapToLong(Spec::bytes).sum();
    }

    static String config(ClipVision.Config vision, Llama.Config text) {
        return """
                {
                  "architectures": ["LlavaForConditionalGeneration"],
                  "model_type": "llava",
                  "image_token_index": 32000,
                  "projector_hidden_act": "gelu",
                  "vision_feature_layer": -2,
                  "vision_feature_select_strategy": "default",
                  "vision_config": {"hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
                    "num_attention_heads": %d, "image_size": %d, "patch_size": %d},
                  "text_config": {"model_type": "llama", "vocab_size": %d, "hidden_size": %d, "intermediate_size": %d,
                    "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
                    "max_position_embeddings": %d, "rms_norm_eps": %s}
                }
                """.formatted(
                        vision.hiddenSize(),
                        vision.intermediateSize(),
                        vision.numHiddenLayers(),
                        vision.numAttentionHeads(),
                        vision.imageSize(),
                        vision.patchSize(),
                        text.vocabSize(),
                        text.hiddenSize(),
                        text.intermediateSize(),
                        text.numHiddenLayers(),
                        text.numAttentionHeads(),
                        text.numKeyValueHeads(),
                        text.maxPositionEmbeddings(),
                        text.rmsNormEps());
    }

    /** Lists what a model asks for; the tensors that it gets have a shape and no memory behind it. */
    private record Recorder(List<Spec> specs, DType dtype, String path) implements Weights {
        @Override
        public Weights at(String name) {
            return new Recorder(specs, dtype, path(name));
        }

        @Override
        public boolean has(String name) {
            return true;
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            specs.add(new Spec(path(name), dtype, Arrays.stream(shape).boxed().toList()));
            return nothing(dtype, shape);
        }

        @Override
        public Tensor floats(String name, long... shape) {
            tensor(name, shape);
            return nothing(DType.F32, shape);
        }

        private static Tensor nothing(DType dtype, long... shape) {
            long bytes = LongStream.of(shape).reduce(dtype.bytes(), Math::multiplyExact);
            return new Tensor(dtype, MemorySegment.NULL.reinterpret(bytes), shape);
        }
    }
}
