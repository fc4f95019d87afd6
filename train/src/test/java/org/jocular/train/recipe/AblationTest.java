package org.jocular.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jocular.tensor.BadInput;
import org.jocular.train.data.Curriculum.Mixture;
import org.jocular.train.recipe.Ablation.Difference;
import org.jocular.train.recipe.Ablation.Row;
import org.jocular.train.recipe.Ablation.Table;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AblationTest {
    private static final String RECIPE = """
            {"name": "base", "stages": [
             {"name": "align", "source": "ours", "model": "tiny:llava", "train": {"multi_modal_projector": 1}, "prompt": "alignment",
              "data": [{"format": "world", "mix": "bal", "weight": 1}], "mixture": "weights",
              "batch": 16, "steps": 100, "warmup": 10, "rate": 1e-3, "seed": 5, "lora": {"rank": 2, "alpha": 4, "targets": ["x"]}}]}""";

    private static final String ABLATION = """
            {"name": "test", "recipe": "base.json",
             "stages": [
              {"name": "short", "like": "align", "epochs": 0.5, "warmup_ratio": 0.1, "lora": null},
              {"name": "other", "like": "short", "start": [{"part": "", "from": "align"}], "data": [{"format": "world", "mix": "easy"}]},
              {"name": "unused", "like": "short"}],
             "tables": [
              {"name": "length", "title": "Length", "question": "Is longer better?", "equal": "nothing",
               "rows": [{"name": "long", "stage": "align"}, {"name": "both", "stage": "other"}, {"name": "theirs", "model": "llava-hf/llava-1.5-7b-hf"}],
               "differences": [{"row": "long", "minus": "both"}]},
              {"name": "second", "title": "Second", "question": "Again?", "equal": "all",
               "rows": [{"name": "a", "stage": "short"}, {"name": "b", "stage": "unused"}], "differences": []}]}""";

    @TempDir
    Path dir;

    @BeforeEach
    void writeRecipe() throws IOException {
        Files.writeString(dir.resolve("base.json"), RECIPE);
    }

    @Test
    void readsTablesAndTheirStages() {
        Ablation ablation = ablation(ABLATION);

        assertThat(ablation.recipe().stages())
                .extracting(Stage::name)
                .containsExactly("align", "short", "other", "unused");
        Table table = ablation.tables().getFirst();
        assertThat(table.question()).isEqualTo("Is longer better?");
        assertThat(table.rows())
                .containsExactly(
                        new Row("long", "align", null),
                        new Row("both", "other", null),
                        new Row("theirs", null, "llava-hf/llava-1.5-7b-hf"));
        assertThat(table.differences()).containsExactly(new Difference("long", "both"));
        assertThat(table.stages()).containsExactly("align", "other");
    }

    @Test
    void aStageHasTheFieldsOfTheOneThatItIsLike() {
        List<Stage> stages = ablation(ABLATION).recipe().stages();
        Stage align = stages.getFirst();
        Stage half = stages.get(1);
        Stage other = stages.get(2);

        assertThat(half.duration()).isEqualTo(new Stage.Duration(0, 0.5));
        assertThat(half.pace().warmup()).isZero();
        assertThat(half.pace().warmupRatio()).isEqualTo(0.1);
        assertThat(half.lora()).isNull();
        assertThat(half.source()).isEmpty();
        assertThat(half.data()).isEqualTo(align.data());
        assertThat(half.mixture()).isEqualTo(Mixture.WEIGHTS);
        assertThat(half.seed()).isEqualTo(5);
        assertThat(other.mixture()).isEqualTo(Mixture.SIZE);
        assertThat(other.duration()).isEqualTo(half.duration());
        assertThat(other.start()).containsExactly(new Stage.Start("", "align", ""));
    }

    @Test
    void aTableIsARecipeOfItsOwn() {
        Ablation ablation = ablation(ABLATION);
        Recipe length = ablation.recipe(ablation.tables().getFirst());

        assertThat(length.name()).isEqualTo("test-length");
        assertThat(length.stages()).extracting(Stage::name).containsExactly("align", "other");
        assertThat(Objects.requireNonNull(length.keys().get("other")))
                .isEqualTo(ablation.recipe().keys().get("other"));
    }

    @Test
    void choosesTables() {
        Ablation ablation = ablation(ABLATION);
        assertThat(ablation.tables(List.of("second", "length", "second"))).isEqualTo(ablation.tables());
        assertThat(ablation.tables(List.of("all"))).isEqualTo(ablation.tables());
        assertThat(ablation.tables(List.of("second"))).extracting(Table::name).containsExactly("second");
        assertThatThrownBy(() -> ablation.tables(List.of("third")))
                .isInstanceOf(BadInput.class)
                .hasMessage("there is no table third in test, expected all or some of length, second");
    }

    @Test
    void publishedModelsNeedNoStages() {
        Ablation ablation = ablation("""
                {"name": "published", "tables": [{"name": "encoder", "title": "Encoder", "question": "?", "equal": "all else",
                 "rows": [{"name": "L", "model": "a/l"}, {"name": "g", "model": "a/g"}], "differences": [{"row": "g", "minus": "L"}]}]}""");
        assertThat(ablation.recipe().stages()).isEmpty();
        assertThat(ablation.tables().getFirst().stages()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "name": "test", "recipe" | "name": "test", "seeds": 1, "recipe" | has an unknown field "seeds", expected one of name, source, recipe, stages, tables
            "like": "align"          | "like": "unused"       | stage "short", has like = "unused", expected one of the stages before it: align
            "name": "short"          | "name": "align"        | stages[0], has name = "align", which an earlier stage has already
            "from": "align"          | "from": "other"        | has stage "other" start from "other", which does not come before it
            "name": "length"         | "name": "all"          | tables[0], has name = "all", expected small letters, digits and hyphens, and not "all"
            "name": "length"         | "name": "a/b"          | tables[0], has name = "a/b", expected small letters
            "name": "second"         | "name": "length"       | tables[1], has name = "length", which an earlier table has already
            "equal": "nothing"       | "same": "nothing"      | table "length", has an unknown field "same", expected one of name, title, question, equal, rows, differences
            "equal": "nothing",      | ``                     | table "length", lacks equal
            "stage": "other"         | "stage": "what"        | table "length", rows[1], has stage = "what", expected one of align, short, other, unused
            "stage": "other"         | "stage": "other", "model": "x" | table "length", rows[1], has both stage and model, expected one of them
            "name": "both", "stage": "other" | "name": "both" | table "length", rows[1], lacks stage or model
            "name": "both"           | "name": "long"         | table "length", rows[1], has name = "long", which an earlier row has already
            , {"name": "b", "stage": "unused"} | ``           | table "second", has rows = a list of 1, expected at least two
            "minus": "both"          | "minus": "neither"     | table "length", differences[0], has minus = "neither", expected one of long, both, theirs
            "minus": "both"          | "minus": "long"        | table "length", differences[0], has minus = "long", expected another row than long
            """)
    void tellsWhatIsWrong(String there, String instead, String sentence) {
        assertThat(ABLATION).contains(there);
        assertThatThrownBy(() -> ablation(ABLATION.replace(there, instead)))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith(dir.resolve("ablation.json").toString())
                .hasMessageContaining(sentence);
    }

    static List<String> names() {
        return Ablation.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsAllThatComeWithTheSource(String name) throws IOException {
        Ablation ablation = Ablation.find(name);
        assertThat(ablation.recipe().name()).isEqualTo(name);
        String document =
                Files.readString(Recipes.folder().resolveSibling("docs").resolve("ablations.md"));
        for (Table table : ablation.tables()) {
            assertThat(table.differences()).as(table.name()).isNotEmpty();
            assertThat(document).contains("`" + table.name() + "`");
            List<Stage> rows = ablation.recipe().stages().stream()
                    .filter(stage -> table.stages().contains(stage.name()))
                    .toList();
            assertThat(rows)
                    .extracting(Stage::seed)
                    .as(table.name())
                    .containsOnly(rows.getFirst().seed());
        }
    }

    private Ablation ablation(String text) {
        try {
            Path file = dir.resolve("ablation.json");
            Files.writeString(file, text);
            return Ablation.read(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
