package org.jocular.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.jocular.train.Schedule;
import org.jocular.train.data.Curriculum.Mixture;
import org.jocular.train.data.DataSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class RecipeTest {
    private static final String STAGE = """
            {"name": "align", "model": "tiny:llava", "train": {"multi_modal_projector": 1}, "prompt": "alignment",
             "data": [{"format": "world", "mix": "bal"}], "batch": 16, "steps": 100, "rate": 1e-3}""";

    private static final String EVERYTHING = """
            {"name": "instruct", "source": "ours", "model": "tiny:llava",
             "start": [{"part": "language_model", "from": "align", "as": "language_model"}, {"part": "vision_tower", "from": "x/y"}],
             "train": {"multi_modal_projector": 1, "language_model": 0.5, "language_model.model.embed_tokens": 0},
             "lora": {"rank": 4, "alpha": 8, "dropout": 0.1, "targets": ["language_model.*.q_proj"]},
             "data": [{"format": "llava", "files": ["a.json", "b.json"], "images": ["i"], "limit": 10, "sample": 3, "weight": 2, "turns": "one"},
               {"format": "world", "mix": "bal", "weight": 1}],
             "mixture": "weights", "prompt": "llava-hf", "pictures": "oracle",
             "loss": {"end": 0.1, "long_answer": {"words": 16, "weight": 0.4}},
             "batch": 32, "accumulate": 4, "epochs": 1.5, "rate": 2e-3, "start_rate": 1e-6, "end_rate": 1e-5, "warmup_ratio": 0.03,
             "schedule": "linear", "betas": [0.9, 0.98], "weight_decay": 0.02, "clip": 1, "seed": 7, "recompute": true, "max_length": 64}""";

    @TempDir
    Path dir;

    @Test
    void readsEveryField() {
        Stage stage = recipe(STAGE + "," + EVERYTHING).stages().getLast();

        assertThat(stage.start())
                .containsExactly(
                        new Stage.Start("language_model", "align", "language_model"),
                        new Stage.Start("vision_tower", "x/y", ""));
        assertThat(stage.lora()).isEqualTo(new Stage.Lora(4, 8, 0.1, List.of("language_model.*.q_proj")));
        assertThat(stage.data()).extracting(DataSpec::turns).containsExactly(DataSpec.Turns.ONE, DataSpec.Turns.ALL);
        assertThat(stage.mixture()).isEqualTo(Mixture.WEIGHTS);
        assertThat(stage.pictures()).isEqualTo(Stage.ORACLE);
        assertThat(stage.loss()).isEqualTo(new Stage.Loss(0.1, 16, 0.4));
        assertThat(stage.schedule(101)).isEqualTo(new Schedule(Schedule.Decay.LINEAR, 1e-6, 2e-3, 1e-5, 5, 152));
        assertThat(stage.adamW().beta2()).isEqualTo(0.98);
        assertThat(stage.pace().clip()).isEqualTo(1);
        assertThat(stage.recompute()).isTrue();
        assertThat(stage.maxLength()).isEqualTo(64);
        assertThat(stage.seed()).isEqualTo(7);
    }

    /** It is written, and in the key, only where it is not the usual one. */
    @Test
    void readsAnObjectiveInThePlaceOfAPrompt() throws IOException {
        String prompt = "\"prompt\": \"alignment\"";
        Recipe recipe = recipe(STAGE.replace(prompt, "\"objective\": \"image-text\", \"max_length\": 32"));
        Stage stage = recipe.stages().getFirst();
        assertThat(stage.objective()).isEqualTo(Stage.IMAGE_TEXT);
        assertThat(stage.prompt()).isEmpty();
        assertThat(stage.rateScale("pretraining.itm_head.weight")).isEqualTo(1);
        assertThat(stage.toJson()).containsEntry("objective", "image-text").doesNotContainKey("prompt");
        Path file = dir.resolve("again.json");
        Files.writeString(file, JsonMapper.shared().writeValueAsString(recipe.toJson()));
        assertThat(Recipe.read(file)).isEqualTo(recipe);

        Recipe usual = recipe(STAGE.replace(prompt, prompt + ", \"objective\": \"answers\""));
        assertThat(usual.stages().getFirst().toJson()).doesNotContainKey("objective");
        assertThat(usual.keys()).isEqualTo(recipe(STAGE).keys()).isNotEqualTo(recipe.keys());
    }

    @Test
    void scalesRatesByTheLongestName() {
        Stage stage = recipe(STAGE + "," + EVERYTHING).stages().getLast();
        assertThat(stage.rateScale("language_model.model.norm.weight")).isEqualTo(0.5);
        assertThat(stage.rateScale("language_model.model.embed_tokens.weight")).isZero();
        assertThat(stage.rateScale("language_modelling.weight")).isZero();
        assertThat(stage.rateScale("vision_tower.x")).isZero();
        assertThat(stage.rateScale("base_model.model.language_model.model.layers.0.self_attn.q_proj.lora_A.weight"))
                .isEqualTo(1);
        Stage.Lora lora = stage.lora();
        assertThat(lora != null && lora.adapts("language_model.model.layers.0.self_attn.q_proj"))
                .isTrue();
        assertThat(lora != null && lora.adapts("language_model.model.layers.0.self_attn.k_proj"))
                .isFalse();
        assertThat(lora != null && lora.adapts("vision_tower.language_model.q_proj"))
                .isFalse();
    }

    @Test
    void writesWhatItReads() throws IOException {
        Recipe recipe = recipe(STAGE + "," + EVERYTHING);
        Path file = dir.resolve("again.json");
        Files.writeString(file, JsonMapper.shared().writeValueAsString(recipe.toJson()));
        assertThat(Recipe.read(file)).isEqualTo(recipe);
    }

    @Test
    void knowsSharedStagesByTheirKeys() {
        Map<String, String> keys = recipe(STAGE + "," + EVERYTHING).keys();
        assertThat(keys.get("align")).matches("[0-9a-f]{64}");

        // Another name, other spellings and orders, what is usual written out.
        String same = STAGE.replace("\"align\"", "\"first\"")
                .replace(
                        "1e-3",
                        "0.001, \"schedule\": \"cosine\", \"accumulate\": 1, \"betas\": [0.9, 0.999], \"source\": \"ours\"");
        String next = EVERYTHING
                .replace("\"align\"", "\"first\"")
                .replace(
                        "\"multi_modal_projector\": 1, \"language_model\": 0.5",
                        "\"language_model\": 0.5, \"multi_modal_projector\": 1");
        Map<String, String> others = recipe(same + "," + next).keys();
        assertThat(others.get("first")).isEqualTo(keys.get("align"));
        assertThat(others.get("instruct")).isEqualTo(keys.get("instruct"));

        Map<String, String> changed =
                recipe(STAGE.replace("1e-3", "2e-3") + "," + EVERYTHING).keys();
        assertThat(changed.get("align")).isNotEqualTo(keys.get("align"));
        assertThat(changed.get("instruct")).isNotEqualTo(keys.get("instruct"));

        Map<String, String> hashed = recipe(STAGE + "," + EVERYTHING).keys(name -> name.equals("x/y") ? "5f" : name);
        assertThat(hashed.get("align")).isEqualTo(keys.get("align"));
        assertThat(hashed.get("instruct")).isNotEqualTo(keys.get("instruct"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "rate": 1e-3             | "speed": 1               | has an unknown field "speed", expected one of name, source, model
                    "rate": 1e-3             | "rate": 0                | has rate = 0, expected a number above 0
                    "rate": 1e-3             | "rate": "fast"           | has rate = "fast", expected a number
                    "rate": 1e-3             | "seed": 1                | lacks rate
                    "steps": 100             | "steps": 100, "epochs": 1 | has both steps and epochs, expected one of them
                    "steps": 100,            | ``                       | lacks steps or epochs
                    "steps": 100             | "steps": 100.5           | has steps = 100.5, expected a whole number from 1 on
                    "steps": 100             | "steps": 100, "warmup": 101 | has warmup = 101, expected at most as many as steps
                    "steps": 100             | "steps": 9, "warmup": 1, "warmup_ratio": 0.1 | has both warmup and warmup_ratio, expected one of them
                    "batch": 16              | "batch": 0               | has batch = 0, expected a whole number from 1 to 1048576
                    "batch": 16              | "batch": 4, "accumulate": 5 | has accumulate = 5, expected a whole number from 1 to 4
                    "batch": 16              | "batch": 4, "schedule": "step" | has schedule = "step", expected one of cosine, linear, constant
                    "batch": 16              | "batch": 4, "betas": [0.9] | has betas = a list of 1, expected two numbers from 0 to below 1
                    "batch": 16              | "batch": 4, "start": [{"part": "", "from": "align"}] | has stage "align" start from "align", which does not come before it
                    "batch": 16              | "batch": 4, "start": [{"part": ""}] | stage "align", start[0], lacks from
                    "batch": 16              | "batch": 4, "lora": {"rank": 4, "alpha": 4, "targets": []} | stage "align", lora, has targets = a list of 0, expected at least one layer's name
                    "batch": 16              | "batch": 4, "loss": {"end": -1} | stage "align", loss, has end = -1, expected a number from 0 on
                    "batch": 16              | "batch": 4, "mixture": "weights" | has mixture = "weights" and data without a weight, expected one for each
                    "batch": 16              | "batch": 4, "objective": "captions" | has objective = "captions", expected one of answers, image-text, pictures
                    "batch": 16              | "batch": 4, "objective": "image-text" | has both objective = "image-text" and prompt, expected one of them
                    "prompt": "alignment"    | "objective": "pictures", "pictures": "oracle" | has both objective = "pictures" and pictures, expected one of them
                    "prompt": "alignment"    | "objective": "image-text", "pictures": "oracle" | has both objective = "image-text" and pictures, expected one of them
                    "prompt": "alignment"    | "objective": "image-text", "loss": {"end": 0.1} | has both objective = "image-text" and loss, expected one of them
                    "prompt": "alignment",   | ``                       | lacks prompt
                    "mix": "bal"             | "mix": "bal", "weight": 1 | has data with a weight, expected mixture = "weights" for that
                    "mix": "bal"             | "mix": "bal", "files": ["a"] | stage "align", data[0], names 1 files, expected none
                    , "mix": "bal"           | ``                       | stage "align", data[0], lacks mix
                    "world", "mix": "bal"    | "llava"                  | stage "align", data[0], names 0 files, expected at least one
                    "world", "mix": "bal"    | "llava", "files": "a", "mix": "bal" | stage "align", data[0], has an unknown field "mix", expected one of format, files
                    "world", "mix": "bal"    | "llava", "files": "a", "limit": 1, "share": 0.5 | has both limit and share, expected one of them
                    "world", "mix": "bal"    | "llava", "files": "a", "share": 1.5 | has share = 1.5, expected a number above 0, up to 1
                    "world", "mix": "bal"    | "vsr", "files": "a", "prompts": ["Describe."] | has prompts without {q}, so that the questions of vsr would be lost
                    "world", "mix": "bal"    | "vsr", "files": "a", "wording": "QCM" | has wording = "QCM", expected one of true-false, yes-no
                    "world", "mix": "bal"    | "coco", "files": "a", "turns": "all" | has turns = "all", expected one or each, since a picture's answers in coco are no conversation
                    "world", "mix": "bal"    | "scienceqa", "files": "a" | names 1 files, expected problems.json and pid_splits.json
                    "world", "mix": "bal"    | "laion"                  | has format = "laion", expected one of llava, coco, lavis, scienceqa, vsr, minigpt4, mplug-owl, world
                    [{"format": "world", "mix": "bal"}] | []            | has no data, expected at least one source
                    "multi_modal_projector": 1 | "multi_modal_projector": 0 | trains nothing, expected a part in train with a scale above 0, or lora
                    "multi_modal_projector": 1 | "multi_modal_projector": -1 | stage "align", train, has multi_modal_projector = -1, expected a number from 0 on
                    """)
    void tellsWhatIsWrong(String there, String instead, String sentence) {
        assertThat(STAGE).contains(there);
        assertThatThrownBy(() -> recipe(STAGE.replace(there, instead)))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith(dir.resolve("recipe.json").toString())
                .hasMessageContaining("stage \"align\"")
                .hasMessageContaining(sentence);
    }

    @Test
    void tellsWhatIsWrongWithAll() {
        assertThatThrownBy(() -> recipe(""))
                .isInstanceOf(BadInput.class)
                .hasMessage(dir.resolve("recipe.json") + " has no stages, expected at least one");
        assertThatThrownBy(() -> recipe(STAGE + "," + STAGE))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("stages[1], has name = \"align\", which an earlier stage has already");
        assertThatThrownBy(() -> Recipes.find("llama-1.5"))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith("there is no recipe llama-1.5, expected the path of a .json file or one of ")
                .hasMessageContaining("llava-1.5");
    }

    static List<String> names() {
        return Recipes.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsAllThatComeWithTheSource(String name) throws IOException {
        Recipe recipe = Recipes.find(name);
        assertThat(recipe.name()).isEqualTo(name);
        assertThat(recipe.source()).isNotEmpty();
        Path copy = dir.resolve("copy.json");
        Files.writeString(copy, JsonMapper.shared().writeValueAsString(recipe.toJson()));
        assertThat(Recipes.find(copy.toString())).isEqualTo(recipe);
        for (Stage stage : recipe.stages()) {
            Schedule schedule = stage.schedule(1000);
            assertThat(schedule.rate(schedule.warmup())).isCloseTo(stage.pace().rate(), within(1e-12));
        }
    }

    @Test
    void publishedRecipesShareTheirFirstStages() {
        Map<String, String> recipes = new HashMap<>();
        for (String name : Recipes.names()) {
            recipes.put(name, Recipes.find(name).keys().values().iterator().next());
        }
        assertThat(recipes.get("llava-1.5-lora")).isEqualTo(recipes.get("llava-1.5"));
        assertThat(recipes.get("llava-scienceqa")).isEqualTo(recipes.get("llava-lightning"));
        assertThat(recipes.get("llava-lightning")).isNotEqualTo(recipes.get("llava-1.5"));
    }

    @Test
    void theDocumentTellsAllRecipesFieldsAndFormats() throws IOException {
        String document =
                Files.readString(Recipes.folder().resolveSibling("docs").resolve("training-data.md"));
        assertThat(Recipes.names())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
        assertThat(StageReader.KNOWN).allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
        for (DataSpec.Format format : DataSpec.Format.values()) {
            assertThat(document).contains("### `" + format.json() + "`");
        }
    }

    private Recipe recipe(String stages) {
        try {
            Path file = dir.resolve("recipe.json");
            Files.writeString(file, "{\"name\": \"test\", \"source\": [\"ours\"], \"stages\": [%s]}".formatted(stages));
            return Recipe.read(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
