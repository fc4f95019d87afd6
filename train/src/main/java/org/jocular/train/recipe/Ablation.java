package org.jocular.train.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jocular.tensor.BadInput;
import org.jocular.train.data.Entry;
import org.jocular.train.data.JsonEntries;
import org.jspecify.annotations.Nullable;

/**
 * A recipe whose stages differ in one thing at a time, and tables that set their ends side by side; docs/ablations.md tells the fields of its file.
 *
 * @param recipe the stages of the recipe that it builds on, then its own; without any where published models are all that is compared
 */
public record Ablation(Recipe recipe, List<Table> tables) {
    private static final Shipped SHIPPED = new Shipped("ablations", "ablation file");

    /** What a table may be called: it is a folder too, and not the word for all of them. */
    private static final Pattern NAME = Pattern.compile("(?!all$)[a-z0-9][a-z0-9-]{0,49}");

    /**
     * Rows that answer one question.
     *
     * @param question that the table answers
     * @param equal what is the same for all rows: steps, epochs, data
     */
    public record Table(
            String name, String title, String question, String equal, List<Row> rows, List<Difference> differences) {
        /** The stages that its rows are the ends of. */
        public List<String> stages() {
            List<String> stages = new ArrayList<>();
            for (Row row : rows) {
                if (row.stage != null) {
                    stages.add(row.stage);
                }
            }
            return List.copyOf(stages);
        }
    }

    /**
     * A model: what a stage makes of it, or one that is there.
     *
     * @param stage the last one; null where {@code model} is named
     * @param model a directory or an id on the hub; null where {@code stage} is named
     */
    public record Row(
            String name, @Nullable String stage, @Nullable String model) {}

    /** Of two rows, seed by seed. */
    public record Difference(String row, String minus) {}

    /** By its name, or by the path of its file. */
    public static Ablation find(String nameOrPath) {
        return read(SHIPPED.find(nameOrPath));
    }

    /** Names of all that come with the source, sorted. */
    public static List<String> names() {
        return SHIPPED.names();
    }

    /**
     * Reads a file strictly: an unknown field is an error as much as a missing one.
     *
     * @throws BadInput naming file, place and field
     */
    public static Ablation read(Path file) {
        Entry entry = JsonEntries.whole(file);
        entry.only(List.of("name", "source", "recipe", "stages", "tables"));
        List<Stage> before =
                entry.has("recipe") ? base(file, entry.text("recipe")).stages() : List.of();
        Recipe recipe = new Recipe(
                entry.text("name"),
                entry.has("source") ? entry.textOrTexts("source") : List.of(),
                entry.has("stages") ? StageReader.all(entry, before) : before);
        List<Table> tables = new ArrayList<>();
        for (Entry table : entry.objects("tables")) {
            String name = table.text("name");
            if (!NAME.matcher(name).matches()) {
                throw table.wrong("name", "small letters, digits and hyphens, and not \"all\"");
            }
            if (tables.stream().anyMatch(earlier -> earlier.name.equals(name))) {
                throw table.bad("has name = \"%s\", which an earlier table has already".formatted(name));
            }
            tables.add(table(table.called("table \"%s\"".formatted(name)), recipe));
        }
        if (tables.isEmpty()) {
            throw entry.bad("has no tables, expected at least one");
        }
        return new Ablation(recipe, List.copyOf(tables));
    }

    /** Paths begin at the file that names them. */
    private static Recipe base(Path file, String nameOrPath) {
        return nameOrPath.endsWith(".json") ? Recipe.read(file.resolveSibling(nameOrPath)) : Recipes.find(nameOrPath);
    }

    private static Table table(Entry entry, Recipe recipe) {
        entry.only(List.of("name", "title", "question", "equal", "rows", "differences"));
        List<Row> rows = new ArrayList<>();
        for (Entry row : entry.objects("rows")) {
            rows.add(row(row, rows, recipe));
        }
        if (rows.size() < 2) {
            throw entry.wrong("rows", "at least two");
        }
        List<String> names = rows.stream().map(Row::name).toList();
        List<Difference> differences = new ArrayList<>();
        for (Entry difference : entry.objects("differences")) {
            difference.only(List.of("row", "minus"));
            String row = difference.oneOf("row", names);
            String minus = difference.oneOf("minus", names);
            if (row.equals(minus)) {
                throw difference.wrong("minus", "another row than " + row);
            }
            differences.add(new Difference(row, minus));
        }
        return new Table(
                entry.text("name"),
                entry.text("title"),
                entry.text("question"),
                entry.text("equal"),
                List.copyOf(rows),
                List.copyOf(differences));
    }

    private static Row row(Entry entry, List<Row> earlier, Recipe recipe) {
        entry.only(List.of("name", "stage", "model"));
        String name = entry.text("name");
        if (earlier.stream().anyMatch(other -> other.name.equals(name))) {
            throw entry.bad("has name = \"%s\", which an earlier row has already".formatted(name));
        }
        if (entry.has("stage") == entry.has("model")) {
            throw entry.bad(
                    entry.has("stage") ? "has both stage and model, expected one of them" : "lacks stage or model");
        }
        String stage = entry.has("stage")
                ? entry.oneOf("stage", recipe.stages().stream().map(Stage::name).toList())
                : null;
        return new Row(name, stage, entry.textOrNull("model"));
    }

    /**
     * The tables of these names, in the file's order.
     *
     * @param names {@code all} among them stands for all
     */
    public List<Table> tables(List<String> names) {
        List<String> known = tables.stream().map(Table::name).toList();
        for (String name : names) {
            if (!name.equals("all") && !known.contains(name)) {
                throw new BadInput("there is no table %s in %s, expected all or some of %s"
                        .formatted(name, recipe.name(), String.join(", ", known)));
            }
        }
        return tables.stream()
                .filter(table -> names.contains("all") || names.contains(table.name))
                .toList();
    }

    /** The stages that a table's rows come from, as a recipe of its own, so that a change of another table is none of this one. */
    public Recipe recipe(Table table) {
        Set<String> needed = new LinkedHashSet<>(table.stages());
        for (Stage stage : recipe.stages().reversed()) {
            if (needed.contains(stage.name())) {
                stage.start().forEach(start -> needed.add(start.from()));
            }
        }
        return new Recipe(
                recipe.name() + "-" + table.name(),
                recipe.source(),
                recipe.stages().stream()
                        .filter(stage -> needed.contains(stage.name()))
                        .toList());
    }

    /** For manifests. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = recipe.toJson();
        json.put("tables", tables.stream().map(Ablation::json).toList());
        return json;
    }

    private static Map<String, Object> json(Table table) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", table.name);
        json.put("title", table.title);
        json.put("question", table.question);
        json.put("equal", table.equal);
        json.put("rows", table.rows.stream().map(Ablation::json).toList());
        json.put("differences", table.differences.stream().map(Ablation::json).toList());
        return json;
    }

    private static Map<String, Object> json(Difference difference) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("row", difference.row);
        json.put("minus", difference.minus);
        return json;
    }

    private static Map<String, Object> json(Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", row.name);
        if (row.stage != null) {
            json.put("stage", row.stage);
        }
        if (row.model != null) {
            json.put("model", row.model);
        }
        return json;
    }
}
