package org.jocular.train.tiny;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jocular.llama.Llama;
import org.jocular.systems.Systems;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.WordVocabulary;
import org.jocular.train.world.Scene;
import org.jocular.train.world.Vocabulary;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The five systems at a size that learns the synthetic world in minutes, and the language model that they share. A configuration is the hub's
 * {@code config.json} with small numbers; everything else of a model directory is written from the world's vocabulary.
 */
public final class TinyModels {
    /** The language model alone. */
    public static final String LANGUAGE = "language";

    public static final List<String> NAMES =
            List.of(LANGUAGE, "llava", "llava-small", "blip2", "instructblip", "minigpt4", "mplug-owl", "linear");

    /** Where a picture stands: the first word, so that its number is known to configurations. */
    public static final String IMAGE = "<image>";

    /** What may stand around a picture, and what begins a question. */
    static final List<String> MARKS = List.of(IMAGE, "<img>", "</img>", "<user>");

    private static final WordVocabulary WORDS = new WordVocabulary(MARKS, Vocabulary.WORDS, WordVocabulary.plainText());

    /** {@code <unk>}, {@code <s>}, {@code </s>}. */
    private static final int SPECIAL = 3;

    private TinyModels() {}

    /** Writes everything but the weights of a model directory. */
    public static void writeFiles(String name, Path directory) {
        ObjectNode config = config(name);
        try {
            Files.createDirectories(directory);
            if (name.equals("instructblip")) {
                Path bert = Files.createDirectories(directory.resolve("qformer_tokenizer"));
                WORDS.writeBert(bert);
                int words = Files.readAllLines(bert.resolve("vocab.txt")).size();
                ((ObjectNode) config.path("qformer_config")).put("vocab_size", words);
            }
            Files.writeString(directory.resolve("config.json"), pretty(config));
            Files.writeString(
                    directory.resolve("generation_config.json"),
                    pretty(JsonMapper.shared()
                            .createObjectNode()
                            .put("bos_token_id", 1)
                            .put("eos_token_id", 2)
                            .put("max_new_tokens", 64)));
            WORDS.writeLlama(directory);
            if (!name.equals(LANGUAGE)) {
                Files.writeString(directory.resolve("preprocessor_config.json"), resource("preprocessor_config.json"));
                Files.writeString(directory.resolve("presets.json"), pretty(presets(name)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The tensors that training starts from, under the hub's names; the same for the same seed. Writes {@code model.safetensors}.
     *
     * @param directory with the files of {@link #writeFiles}
     */
    public static SequencedMap<String, Tensor> initialise(String name, Path directory, long seed, Arena arena) {
        Path file = directory.resolve("model.safetensors");
        int code = name.equals(LANGUAGE) || name.startsWith("llava")
                ? 0
                : JsonFile.read(directory.resolve("config.json"))
                        .object("vision_config")
                        .positiveInt("position_code");
        InitialValues values = new InitialValues(
                "", new InitialValues.Settings(arena, seed, code, Scene.CELLS), new LinkedHashMap<>());
        if (name.equals(LANGUAGE)) {
            Llama.load(values, Llama.Config.of(JsonFile.read(directory.resolve("config.json"))));
        } else {
            // A file without tensors is opened, and what the model then asks for is made.
            SafetensorsWriter.write(file, Map.of());
            Systems.load(
                            directory,
                            path -> Checkpoint.through(Checkpoint.open(path), weights -> values.at(weights.path())))
                    .close();
        }
        SafetensorsWriter.write(file, new TreeMap<>(values.made()));
        return values.made();
    }

    private static ObjectNode config(String name) {
        if (!NAMES.contains(name)) {
            throw new BadInput(
                    "there is no tiny model %s, expected one of %s".formatted(name, String.join(", ", NAMES)));
        }
        ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(resource(name + "/config.json"));
        ObjectNode text = name.equals(LANGUAGE) ? config : (ObjectNode) config.path("text_config");
        text.put("vocab_size", SPECIAL + MARKS.size() + WORDS.words().size());
        return config;
    }

    private static ObjectNode presets(String name) {
        boolean before = name.equals("blip2") || name.equals("instructblip");
        ObjectNode json = JsonMapper.shared().createObjectNode().put("wording", "plain");
        json.putArray("presets")
                .addObject()
                .put("name", "world")
                .put("used_by", "models trained in the synthetic world")
                .put("first", (before ? "" : "<img>{images}</img>") + "<user> {q}")
                .put("next", "{a}</s><user> {q}")
                .put("image", before ? "" : name.equals("minigpt4") || name.equals("linear") ? "<ImageHere>" : IMAGE);
        return json;
    }

    private static String pretty(ObjectNode json) {
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    private static String resource(String name) {
        try (InputStream in = TinyModels.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
