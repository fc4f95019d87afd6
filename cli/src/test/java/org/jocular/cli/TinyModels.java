package org.jocular.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Copies of the models that are committed with the source, one of them also in the layout of LLaVA's authors, to be changed. */
final class TinyModels {
    private static final Path GOLDENS = Path.of("../systems/src/test/resources/golden");

    private TinyModels() {}

    /** A golden by its name, or {@code llava-original} and {@code llama}, which are made of the one in the repository. */
    static Path copy(String name, Path to) throws IOException {
        switch (name) {
            case "llava-original" -> {
                original(to);
                return to;
            }
            case "llama" -> {
                llama(to);
                return to;
            }
            default -> {}
        }
        Path committed = name.equals("llava") ? Cli.MODEL : GOLDENS.resolve(name);
        Path from = Files.exists(committed) ? committed : Shared.path("goldens/" + name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.getFileName().toString().matches("case.*|.*\\.png|train.*")) {
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    private static void original(Path to) throws IOException {
        JsonNode whole = JsonFile.read(Cli.MODEL.resolve("config.json")).json();
        ObjectNode config = (ObjectNode) whole.path("text_config");
        config.put("model_type", "llava").put("mm_vision_tower", "clip").put("mm_projector_type", "mlp2x_gelu");
        write(to, config, "language_model.", "", true);
        write(to.resolve("clip"), whole.path("vision_config"), "vision_tower.", "", false);
        tokenizer(to);
    }

    private static void llama(Path to) throws IOException {
        JsonNode whole = JsonFile.read(Cli.MODEL.resolve("config.json")).json();
        write(to, whole.path("text_config"), "language_model.", "", false);
        tokenizer(to);
    }

    private static void tokenizer(Path to) throws IOException {
        Files.copy(Cli.MODEL.resolve("tokenizer.model"), to.resolve("tokenizer.model"));
    }

    private static void write(Path to, JsonNode config, String prefix, String by, boolean projector)
            throws IOException {
        Files.createDirectories(to);
        Files.write(to.resolve("config.json"), JsonMapper.shared().writeValueAsBytes(config));
        try (Arena arena = Arena.ofConfined();
                Checkpoint checkpoint = Checkpoint.open(Cli.MODEL)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            checkpoint.tensors().forEach(info -> {
                if (info.name().startsWith(prefix)) {
                    tensors.put(by + info.name().substring(prefix.length()), checkpoint.tensor(info.name(), arena));
                } else if (projector && info.name().startsWith("multi_modal_projector.")) {
                    String name = info.name()
                            .replace("multi_modal_projector.linear_1", "model.mm_projector.0")
                            .replace("multi_modal_projector.linear_2", "model.mm_projector.2");
                    tensors.put(name, checkpoint.tensor(info.name(), arena));
                }
            });
            SafetensorsWriter.write(to.resolve("model.safetensors"), tensors);
        }
    }

    /** Puts a value into a JSON file; null removes the field. Names with dots go into objects. */
    static void set(Path file, String name, @Nullable Object value) throws IOException {
        ObjectNode root = (ObjectNode) JsonMapper.shared().readTree(file);
        String[] path = name.split("\\.");
        ObjectNode object = root;
        for (int i = 0; i < path.length - 1; i++) {
            object = (ObjectNode) object.path(path[i]);
        }
        if (value == null) {
            object.remove(path[path.length - 1]);
        } else {
            object.set(path[path.length - 1], JsonMapper.shared().valueToTree(value));
        }
        Files.write(file, JsonMapper.shared().writeValueAsBytes(root));
    }

    /** Makes one tensor of a file zero. */
    static void zero(Path file, String name) {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                checkpoint.tensors().forEach(info -> {
                    Tensor stored = checkpoint.tensor(info.name(), arena);
                    float[] values = info.name().equals(name) ? new float[(int) stored.elements()] : stored.toFloats();
                    tensors.put(info.name(), Tensor.of(arena, values, stored.shape()));
                });
            }
            SafetensorsWriter.write(file, tensors);
        }
    }

    /**
     * The LLaVA of the repository with nothing to say but a few words, still for no reason: of its head only the rows are left with which
     * these begin. The rows of what follows in a word, and of the end, look for the embedding of the token before them, and shun that of the
     * prompt's last token.
     */
    static Path ofFewWords(Path to, String... words) throws IOException {
        copy("llava", to);
        try (Arena arena = Arena.ofConfined();
                VisionLanguageModel model = Systems.load(Cli.MODEL);
                Checkpoint checkpoint = Checkpoint.open(Cli.MODEL)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            checkpoint.tensors().forEach(info -> tensors.put(info.name(), checkpoint.tensor(info.name(), arena)));
            Tensor head = checkpoint.tensor("language_model.lm_head.weight", arena);
            Tensor embedding = checkpoint.tensor("language_model.model.embed_tokens.weight", arena);
            int width = (int) head.shape()[1];
            float[] rows = new float[(int) head.elements()];
            int[] prompt = model.tokenizer().encode("ASSISTANT:");
            for (String word : words) {
                int[] ids = model.tokenizer().encode(word);
                add(rows, ids[0], 1, head, ids[0], width);
                for (int i = 0; i < ids.length; i++) {
                    boolean more = i + 1 < ids.length;
                    int next =
                            more ? ids[i + 1] : model.generation().eosTokenIds().getFirst();
                    float eager = more ? 90 : 45; // a word is rather completed than ended
                    add(rows, next, eager, embedding, ids[i], width);
                    add(rows, next, -eager, embedding, prompt[prompt.length - 1], width);
                }
            }
            tensors.put("language_model.lm_head.weight", Tensor.of(arena, rows, head.shape()));
            SafetensorsWriter.write(to.resolve("model.safetensors"), tensors);
        }
        for (String file : List.of(
                "model.safetensors.index.json",
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors")) {
            Files.delete(to.resolve(file));
        }
        return to;
    }

    private static void add(float[] rows, int row, float factor, Tensor from, int of, int width) {
        float[] values = from.toFloats();
        for (int i = 0; i < width; i++) {
            rows[row * width + i] += factor * values[of * width + i];
        }
    }

    /** A file of one tensor of zeros. */
    static void tensor(Path file, String name, long... shape) {
        tensors(file, Map.of(name, shape));
    }

    static void tensors(Path file, Map<String, long[]> shapes) {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            shapes.forEach((name, shape) -> {
                int elements = 1;
                for (long size : shape) {
                    elements *= Math.toIntExact(size);
                }
                tensors.put(name, Tensor.of(arena, new float[elements], shape));
            });
            SafetensorsWriter.write(file, tensors);
        }
    }
}
