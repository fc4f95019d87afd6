package org.jocular.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jocular.systems.Systems;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.jocular.train.recipe.Recipe;
import org.jocular.train.world.WorldFiles;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Lora;
import org.jocular.weights.TensorInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole recipes, small ones: what they leave behind, how they go on, what they refuse. */
class TrainingTest {
    private static final String GOLDEN = "../models/golden-llava";
    private static final String DETAIL = """
            "data": [{"format": "llava", "files": ["training/detail.json"], "images": ["training/images"]}]""";

    /** A language model, once more with the same oracle, then an eye for it. */
    private static final String TINY = """
            {"name": "tiny", "stages": [
            {"name": "easy", "model": "tiny:language", "train": {"model": 1, "oracle": 1}, "pictures": "oracle",
             "data": [{"format": "world", "mix": "easy"}], "prompt": "world", "batch": 2, "steps": 6, "rate": 2e-3},
            {"name": "language", "model": "tiny:language", "start": [{"part": "", "from": "easy"}],
             "train": {"model": 1, "oracle": 1}, "pictures": "oracle",
             "data": [{"format": "world", "mix": "bal"}], "prompt": "world", "batch": 2, "steps": 4, "rate": 2e-3},
            {"name": "llava", "model": "tiny:llava", "start": [{"part": "language_model", "from": "language"}],
             "train": {"multi_modal_projector": 1, "vision_tower": 0.5}, %s,
             "prompt": "world", "batch": 3, "accumulate": 2, "steps": 6, "rate": 2e-3, "clip": 1}
            ]}""".formatted(DETAIL);

    /** As LLaVA's recipes: a new projector, then adapters or everything. */
    private static final String ADAPTED = """
            {"name": "adapted", "stages": [
            {"name": "align", "model": "%1$s", "start": [{"part": "multi_modal_projector", "from": "fresh"}],
             "train": {"multi_modal_projector": 1}, %2$s, "prompt": "alignment", "batch": 2, "steps": 3, "rate": 2e-3},
            {"name": "lora", "model": "%1$s", "start": [{"part": "", "from": "align"}],
             "train": {"multi_modal_projector": 0.1},
             "lora": {"rank": 4, "alpha": 8, "dropout": 0.1, "targets": ["language_model.*_proj"]}, %2$s,
             "prompt": "vicuna_v1", "batch": 2, "steps": 6, "rate": 2e-3, "recompute": true},
            {"name": "full", "model": "%1$s", "start": [{"part": "", "from": "align"}],
             "train": {"multi_modal_projector": 1, "language_model": 1}, %2$s,
             "prompt": "vicuna_v1", "batch": 2, "steps": 3, "rate": 2e-4, "max_length": 180}
            ]}""".formatted(GOLDEN, DETAIL);

    @TempDir
    private static Path world;

    @TempDir
    private Path temp;

    @BeforeAll
    static void drawWorld() {
        WorldFiles.write(world, new WorldFiles.Sizes(12, 2, 1, 1), 5, (files, all) -> {});
    }

    @Test
    void aStageIsAModelWithWhatMadeIt() throws IOException {
        List<Training.Result> results = run(TINY, "out", settings());
        assertThat(results.stream().map(Training.Result::stage)).containsExactly("easy", "language", "llava");
        Path llava = temp.resolve("out/llava");
        assertThat(names(llava))
                .containsExactlyInAnyOrder(
                        "config.json",
                        "generation_config.json",
                        "loss.svg",
                        "metrics.jsonl",
                        "model.safetensors",
                        "preprocessor_config.json",
                        "presets.json",
                        "stage.json",
                        "tokenizer.model",
                        "tokenizer_config.json");
        Systems.load(llava).close();
        List<String> metrics = Files.readAllLines(llava.resolve("metrics.jsonl"));
        assertThat(metrics).hasSize(6);
        assertThat(metrics.getFirst())
                .matches("\\{\"step\":1,\"loss\":[0-9.]+,\"rate\":0.002,\"norm\":[0-9.E-]+,\"tokens\":\\d+}");
        assertThat(Files.readString(llava.resolve("loss.svg")))
                .startsWith("<svg ")
                .contains("llava: loss");
        assertThat(JsonFiles.read(llava.resolve("stage.json")).path("data").propertyNames())
                .containsExactly("training/detail.json");
        assertThat(names(temp.resolve("out"))).noneMatch(name -> name.contains("training/"));
        // What is frozen stays, what is trained moves.
        assertThat(changed("out/language", "", "out/llava", "language_model.")).isEmpty();
    }

    @Test
    void anOracleIsHandedOn() {
        run(TINY, "out", settings());
        Map<String, float[]> easy = tensors(temp.resolve("out/easy/oracle.safetensors"));
        Map<String, float[]> language = tensors(temp.resolve("out/language/oracle.safetensors"));
        // A few steps away from the first stage's, not from a word's vector of its own.
        double apart = distance(values(easy, "oracle.nothing"), values(language, "oracle.nothing"));
        double fromWord = distance(
                values(tensors(temp.resolve("out/easy")), "model.embed_tokens.weight"),
                values(language, "oracle.nothing"));
        assertThat(apart).isBetween(1e-6, 0.6 * fromWord);
    }

    @Test
    void interruptedAnywhereItEndsWithTheSameBytes() {
        for (String recipe : List.of(TINY, ADAPTED)) {
            String name = recipe.equals(TINY) ? "tiny" : "adapted";
            run(recipe, name + "/whole", settings());
            for (int interrupted = 1; interrupted < 12; interrupted += 3) {
                String out = name + "/interrupted-" + interrupted;
                interrupt(recipe, out, interrupted, 0);
                interrupt(recipe, out, 2, 1000);
                run(recipe, out, settings());
                assertThat(files(temp.resolve(out))).isEqualTo(files(temp.resolve(name + "/whole")));
            }
        }
    }

    @Test
    void adaptersAreSavedBesideTheMergedModel() {
        run(ADAPTED, "out", withDtype(DType.F16));
        Path lora = temp.resolve("out/lora");
        Systems.load(lora).close();
        Map<String, float[]> merged = tensors(lora);
        try (Checkpoint base =
                Lora.merged(Checkpoint.open(temp.resolve("out/align")), lora.resolve(StageFolder.ADAPTER))) {
            Map<String, float[]> byHand = tensors(base);
            for (Map.Entry<String, float[]> tensor : merged.entrySet()) {
                assertThat(distance(tensor.getValue(), values(byHand, tensor.getKey())))
                        .as(tensor.getKey())
                        .isLessThan(2e-3);
            }
        }
        assertThat(changed("out/align", "", "out/lora", "")).anyMatch(one -> one.endsWith("mlp.down_proj.weight"));
        assertThat(changed("out/align", "", "out/full", ""))
                .anyMatch(one -> one.endsWith("q_proj.weight"))
                .noneMatch(one -> one.startsWith("vision_tower"));
        // Whoever begins with a model gets it as it was trained, what nobody begins with is rounded.
        assertThat(types("out/align")).contains("F32");
        assertThat(types("out/lora")).containsOnly("F16");
        assertThat(types("out/full")).containsOnly("F16");
    }

    @Test
    void aFreshPartIsNew() {
        run(ADAPTED, "out", withStages("align"));
        run(ADAPTED, "other", new Training.Settings(1, 2, 30, null, List.of("align"), null, Map.of()));
        Map<String, float[]> published = tensors(Path.of(GOLDEN));
        Map<String, float[]> first = tensors(temp.resolve("out/align"));
        Map<String, float[]> second = tensors(temp.resolve("other/align"));
        String weight = "multi_modal_projector.linear_1.weight";
        assertThat(distance(values(first, weight), values(published, weight))).isGreaterThan(0.5);
        assertThat(distance(values(first, weight), values(second, weight))).isGreaterThan(0.5);
        assertThat(first.get("language_model.model.norm.weight"))
                .isEqualTo(published.get("language_model.model.norm.weight"));
    }

    @Test
    void sharedStagesAreTrainedOnce() {
        Path cache = temp.resolve("cache");
        Training.Settings cached = new Training.Settings(0, 2, 30, null, List.of(), cache, Map.of());
        run(TINY, "first", cached);
        String renamed = TINY.replace("\"easy\", \"model", "\"simple\", \"model")
                .replace("\"from\": \"easy\"", "\"from\": \"simple\"")
                .replace("\"steps\": 6, \"rate\": 2e-3, \"clip\"", "\"steps\": 2, \"rate\": 2e-3, \"clip\"");
        List<Training.Result> second = run(renamed, "second", cached);
        assertThat(second.stream().map(Training.Result::origin))
                .containsExactly(Training.Origin.CACHED, Training.Origin.CACHED, Training.Origin.TRAINED);
        assertThat(JsonFiles.read(temp.resolve("second/simple/stage.json"))
                        .path("stage")
                        .path("name")
                        .asString(""))
                .isEqualTo("simple");
        assertThat(changed("first/language", "", "second/language", "")).isEmpty();
        // Another number of threads has other bits, another seed other numbers.
        for (Training.Settings other : List.of(
                new Training.Settings(0, 1, 30, null, List.of("easy"), cache, Map.of()),
                new Training.Settings(3, 2, 30, null, List.of("easy"), cache, Map.of()))) {
            assertThat(run(TINY, "other-" + other.seed(), other).getFirst().origin())
                    .isEqualTo(Training.Origin.TRAINED);
        }
        // Once more in its own folder: all is there.
        assertThat(run(TINY, "first", settings()).stream().map(Training.Result::origin))
                .containsOnly(Training.Origin.FOUND);
    }

    @Test
    void onlyWhatIsAskedForIsTrained() {
        List<Training.Result> results = run(TINY, "out", withStages("language"));
        assertThat(results.stream().map(Training.Result::stage)).containsExactly("easy", "language");
        assertThat(run(TINY, "out", settings()).stream().map(Training.Result::origin))
                .containsExactly(Training.Origin.FOUND, Training.Origin.FOUND, Training.Origin.TRAINED);
        refused(TINY, "out", withStages("end"), "recipe tiny has no stage end, expected one of easy, language, llava");
    }

    @Test
    void whatIsNotTheSameTrainingIsRefused() throws IOException {
        interrupt(TINY, "out", 8, 0);
        refused(
                TINY,
                "out",
                new Training.Settings(0, 1, 30, null, List.of(), null, Map.of()),
                "holds a training with threads = 2, this one has 1: choose another folder");
        refused(
                TINY,
                "out",
                new Training.Settings(4, 2, 30, null, List.of(), null, Map.of()),
                "holds a training with seed = 0, this one has 4");
        refused(TINY, "out", withDtype(DType.F16), "holds a training with dtype = none, this one has F16");
        refused(TINY.replace("2e-3", "1e-3"), "out", settings(), "holds a training by another recipe, tiny");
        Files.createDirectories(temp.resolve("full"));
        Files.writeString(temp.resolve("full/letter.txt"), "dear");
        refused(TINY, "full", settings(), "is not empty and holds no training");
        refused(TINY, "full/letter.txt", settings(), "is a file, expected the folder of a training");
        run(TINY, "out", settings());
        Path data = temp.resolve("data");
        WorldFiles.write(data, new WorldFiles.Sizes(12, 2, 1, 1), 6, (files, all) -> {});
        assertThatThrownBy(() -> Training.run(recipe(TINY), data, temp.resolve("out"), settings(), new Quiet(-1)))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("stage.json says that this stage was trained with another training/detail.json");
    }

    @Test
    void twoProcessesDoNotShareAFolder() throws IOException {
        run(TINY, "out", withStages("easy"));
        try (FileChannel lock = FileChannel.open(temp.resolve("out/.lock"), StandardOpenOption.WRITE)) {
            assertThat(lock.tryLock()).isNotNull();
            refused(TINY, "out", settings(), "is being trained in by another process");
        }
        run(TINY, "out", withStages("easy"));
    }

    @Test
    void aStateThatIsBrokenOrForeignIsRefused() throws IOException {
        interrupt(TINY, "out", 4, 0);
        Path state = temp.resolve("out/easy.training/state.safetensors");
        byte[] whole = Files.readAllBytes(state);
        Files.write(state, Arrays.copyOf(whole, whole.length / 2));
        refused(TINY, "out", settings(), "state.safetensors");
        interrupt(TINY.replace("2e-3", "1e-3"), "other", 4, 0);
        Files.copy(temp.resolve("other/easy.training/state.safetensors"), state, StandardCopyOption.REPLACE_EXISTING);
        refused(TINY, "out", settings(), "is the state of another training");
        Files.write(state, whole);
        Files.writeString(temp.resolve("out/easy.training/metrics.jsonl"), "");
        refused(TINY, "out", settings(), "metrics.jsonl holds 0 lines, but ");
    }

    @Test
    void recipesThatCannotBeTrainedAreRefused() {
        refused(
                TINY.replace("\"vision_tower\": 0.5", "\"vision\": 0.5"),
                "a",
                settings(),
                "stage llava trains \"vision\", of which tiny:llava has no tensor");
        refused(
                TINY.replace("\"part\": \"language_model\"", "\"part\": \"language\""),
                "b",
                settings(),
                "stage llava takes part \"language\" from");
        refused(TINY.replace("tiny:llava", "tiny:flamingo"), "c", settings(), "there is no tiny model flamingo");
        refused(
                TINY.replace("\"prompt\": \"world\", \"batch\": 3", "\"prompt\": \"moon\", \"batch\": 3"),
                "d",
                settings(),
                "stage llava asks for preset moon");
        refused(TINY.replace("\"mix\": \"easy\"", "\"mix\": \"hard\""), "e", settings(), "There is no mix hard");
        refused(
                TINY.replace(DETAIL, DETAIL.replace("detail", "details")),
                "f",
                settings(),
                "training/details.json is missing");
        refused(
                TINY.replace(DETAIL, "\"data\": [{\"format\": \"world\", \"mix\": \"easy\"}]"),
                "g",
                settings(),
                "stage llava has data of format world, which only an oracle sees");
        refused(
                TINY.replace("\"name\": \"llava\"", "\"name\": \"../llava\""),
                "h",
                settings(),
                "a stage is called \"../llava\"");
        refused(
                ADAPTED.replace("language_model.*_proj", "nothing"),
                "i",
                settings(),
                "stage lora adapts nothing, and " + GOLDEN + " has no such layer");
        refused(
                ADAPTED.replace("\"part\": \"multi_modal_projector\"", "\"part\": \"abstractor\""),
                "j",
                settings(),
                "stage align begins part \"abstractor\" anew");
        refused(
                ADAPTED.replace("\"max_length\": 180", "\"max_length\": 20"),
                "k",
                settings(),
                "no lesson's answer begins within max_length");
        refused(
                TINY.replace("\"clip\": 1", "\"max_length\": 1"),
                "l",
                settings(),
                "no lesson's answer begins within max_length");
        refused(
                TINY.replace("\"rate\": 2e-3, \"clip\"", "\"rate\": 1e30, \"clip\""),
                "m",
                settings(),
                "stage llava lost its way in step");
    }

    private static Training.Settings settings() {
        return new Training.Settings(0, 2, 30, null, List.of(), null, Map.of());
    }

    private static Training.Settings withStages(String... stages) {
        return new Training.Settings(0, 2, 30, null, List.of(stages), null, Map.of());
    }

    private static Training.Settings withDtype(DType dtype) {
        return new Training.Settings(0, 2, 30, dtype, List.of(), null, Map.of());
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

    private List<Training.Result> run(String recipe, String out, Training.Settings settings) {
        return Training.run(recipe(recipe), world, temp.resolve(out), settings, new Quiet(-1));
    }

    private void refused(String recipe, String out, Training.Settings settings, String message) {
        assertThatThrownBy(() -> run(recipe, out, settings))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(message);
    }

    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** @param steps over all stages, after which it ends */
    private void interrupt(String recipe, String out, int steps, double saveSeconds) {
        Training.Settings settings = new Training.Settings(0, 2, saveSeconds, null, List.of(), null, Map.of());
        assertThatThrownBy(() -> Training.run(recipe(recipe), world, temp.resolve(out), settings, new Quiet(steps)))
                .isInstanceOf(Interrupted.class);
    }

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

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        }
    }

    /** All that must be the same: everything but how long it took. */
    private static Map<String, ByteBuffer> files(Path folder) {
        Map<String, ByteBuffer> files = new TreeMap<>();
        try {
            for (String name : names(folder)) {
                if (!name.endsWith(StageFolder.RESULT)) {
                    files.put(name, ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name))));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static Map<String, float[]> tensors(Path path) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return tensors(checkpoint);
        }
    }

    private static Map<String, float[]> tensors(Checkpoint checkpoint) {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            for (TensorInfo info : checkpoint.tensors()) {
                Tensor tensor = checkpoint.tensor(info.name(), arena);
                tensors.put(info.name(), tensor.toFloats());
            }
        }
        return tensors;
    }

    private List<String> types(String model) {
        try (Checkpoint checkpoint = Checkpoint.open(temp.resolve(model))) {
            return checkpoint.tensors().stream()
                    .map(TensorInfo::dtype)
                    .distinct()
                    .toList();
        }
    }

    /** Names of a model's tensors that the other has with other values. */
    private List<String> changed(String before, String prefix, String after, String prefixAfter) {
        Map<String, float[]> old = tensors(temp.resolve(before));
        Map<String, float[]> now = tensors(temp.resolve(after));
        List<String> changed = new ArrayList<>();
        old.forEach((name, values) -> {
            float[] other = now.get(prefixAfter + name.substring(prefix.length()));
            if (other == null || distance(values, other) > 1e-3) {
                changed.add(name);
            }
        });
        return changed;
    }

    private static float[] values(Map<String, float[]> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    /** In parts of the second's norm; of the shorter one's length. */
    private static double distance(float[] a, float[] b) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            difference += Math.pow(a[i] - b[i], 2);
            norm += (double) b[i] * b[i];
        }
        return Math.sqrt(difference / norm);
    }
}
