package org.jocular.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.train.recipe.Recipe;
import org.jocular.train.world.WorldFiles;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.TensorInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Stages that train a Q-Former before there is a language model, and what a later stage takes of it. */
class PretrainingTest {
    private static final String DATA = """
            "data": [{"format": "llava", "files": ["training/detail.json"], "images": ["training/images"]}]""";

    /** Both kinds on one tower, then a BLIP-2 that begins with the first's Q-Former. */
    private static final String RECIPE = """
            {"name": "pretrained", "stages": [
            {"name": "read", "model": "tiny:instructblip", "train": {"query_tokens": 1, "qformer": 1},
             "objective": "image-text", %1$s, "batch": 9, "accumulate": 2, "steps": 30, "rate": 4e-3, "clip": 1},
            {"name": "rebuild", "model": "tiny:blip2", "start": [{"part": "vision_model", "from": "read", "as": "vision_model"}],
             "train": {"query_tokens": 1, "qformer": 1}, "objective": "pictures", %1$s, "batch": 5, "steps": 20, "rate": 4e-3},
            {"name": "align", "model": "tiny:blip2", "start": [{"part": "query_tokens", "from": "read", "as": "query_tokens"},
              {"part": "qformer", "from": "read", "as": "qformer"},
              {"part": "qformer.layernorm", "from": "read", "as": "qformer.embeddings.layernorm"}],
             "train": {"language_projection": 1}, %1$s, "prompt": "world", "batch": 2, "steps": 1, "rate": 1e-3}
            ]}""".formatted(DATA);

    @TempDir
    private static Path world;

    @TempDir
    private Path temp;

    @BeforeAll
    static void drawWorld() {
        WorldFiles.write(world, new WorldFiles.Sizes(12, 2, 1, 1), 5, (files, all) -> {});
    }

    @Test
    void aQFormerLearnsAndIsHandedOn() throws IOException {
        run(RECIPE, "out");
        for (String stage : List.of("read", "rebuild")) {
            List<Double> losses = Files.readAllLines(temp.resolve("out/" + stage + "/metrics.jsonl")).stream()
                    .map(line ->
                            JsonMapper.shared().readTree(line).required("loss").doubleValue())
                    .toList();
            assertThat(mean(losses.subList(losses.size() - 3, losses.size())))
                    .as("%s: %s", stage, losses)
                    .isLessThan(0.75 * mean(losses.subList(0, 3)));
        }
        Map<String, float[]> read = tensors("read");
        Map<String, float[]> align = tensors("align");
        assertThat(read.keySet()).noneMatch(name -> name.startsWith("pretraining"));
        // What BLIP-2 has of a Q-Former is what was trained, its norm included; for texts it has nothing.
        assertThat(align.keySet()).noneMatch(name -> name.contains("word_embeddings"));
        assertThat(align.keySet())
                .contains("qformer.encoder.layer.1.crossattention.attention.key.weight", "qformer.layernorm.bias");
        align.forEach((name, values) -> {
            if (name.startsWith("qformer") || name.equals("query_tokens")) {
                String there = name.replace("qformer.layernorm", "qformer.embeddings.layernorm");
                assertThat(values).as(name).isEqualTo(read.get(there));
            }
        });
        // The tower is frozen.
        tensors("rebuild").forEach((name, values) -> {
            if (name.startsWith("vision_model")) {
                assertThat(values).as(name).isEqualTo(read.get(name));
            }
        });
    }

    @Test
    void interruptedAnywhereItEndsWithTheSameBytes() {
        String shorter = RECIPE.replace("\"steps\": 30", "\"steps\": 5").replace("\"steps\": 20", "\"steps\": 4");
        run(shorter, "whole");
        for (int interrupted : new int[] {3, 7}) {
            String out = "interrupted-" + interrupted;
            assertThatThrownBy(() -> Training.run(
                            recipe(shorter), world, temp.resolve(out), settings(0), new Quiet(interrupted)))
                    .isInstanceOf(Interrupted.class);
            run(shorter, out);
            assertThat(files(out)).isEqualTo(files("whole"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "tiny:instructblip", "train" | "tiny:blip2", "train" | stage read has objective = "image-text", and model tiny:blip2 is of system blip2, expected one whose Q-Former reads text, instructblip
                    "tiny:instructblip", "train" | "tiny:linear", "train" | stage read has objective = "image-text", and model tiny:linear is of system minigpt4, expected one whose Q-Former reads text, instructblip
                    "qformer": 1             | "qformer": 1, "vision_model": 1 | stage read has objective = "image-text" and trains vision_model
                    "batch": 9               | "batch": 7               | stage read gives each of 2 threads 1 pictures of a pass, expected at least 2, to be told from each other: a larger batch
                    "batch": 9               | "batch": 9, "max_length": 2 | stage read has max_length = 2, expected at least 3 tokens: [CLS], a word, [SEP]
                    "objective": "image-text" | "objective": "pictures" | stage read trains qformer.embeddings.word_embeddings.weight
                    """)
    void whatCannotBeTrainedIsRefused(String there, String instead, String sentence) {
        assertThat(RECIPE).contains(there);
        String recipe =
                RECIPE.replace(there, instead).replace("{\"query_tokens\": 1, \"qformer\": 1}", trained(instead));
        assertThatThrownBy(() -> run(recipe, "out"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(sentence);
    }

    /** A system without a Q-Former has none to train. */
    private static String trained(String model) {
        return model.contains("linear") ? "{\"language_projection\": 1}" : "{\"query_tokens\": 1, \"qformer\": 1}";
    }

    private static Training.Settings settings(double saveSeconds) {
        return new Training.Settings(0, 2, saveSeconds, null, List.of(), null, Map.of());
    }

    private Recipe recipe(String json) {
        Path file = temp.resolve("recipe.json");
        try {
            Files.writeString(file, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Recipe.read(file);
    }

    private void run(String recipe, String out) {
        Training.run(recipe(recipe), world, temp.resolve(out), settings(30), new Quiet(-1));
    }

    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Ends after so many steps. */
    private static final class Quiet implements Training.Listener {
        private int left;

        Quiet(int steps) {
            left = steps;
        }

        @Override
        public void stage(String name, int number, int of) {}

        @Override
        public void writing(long bytes, long ofBytes) {}

        @Override
        public void begin(int done, int steps) {}

        @Override
        public void step(int done, double loss, double rate) {
            if (--left == 0) {
                throw new Interrupted();
            }
        }

        @Override
        public void finished(Training.Result result) {}
    }

    /** All that must be the same: everything but how long it took. */
    private Map<String, ByteBuffer> files(String out) {
        Map<String, ByteBuffer> files = new TreeMap<>();
        Path folder = temp.resolve(out);
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith(StageFolder.RESULT)) {
                    files.put(folder.relativize(file).toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private Map<String, float[]> tensors(String stage) {
        Map<String, float[]> tensors = new TreeMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(temp.resolve("out").resolve(stage));
                Arena arena = Arena.ofConfined()) {
            for (TensorInfo info : checkpoint.tensors()) {
                tensors.put(info.name(), checkpoint.tensor(info.name(), arena).toFloats());
            }
        }
        return tensors;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
