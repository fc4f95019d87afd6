package org.jocular.train.recipe;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jocular.train.data.Entry;
import org.jocular.train.data.JsonEntries;

/**
 * How a system is made: stages of training, one after the other.
 *
 * @param source where its figures were published, and which of them nowhere
 */
public record Recipe(String name, List<String> source, List<Stage> stages) {
    /**
     * Reads a recipe strictly: an unknown field is an error as much as a missing one.
     *
     * @throws org.jocular.tensor.BadInput naming file, stage and field
     */
    public static Recipe read(Path file) {
        Entry entry = JsonEntries.whole(file);
        entry.only(List.of("name", "source", "stages"));
        String name = entry.text("name");
        List<String> source = entry.has("source") ? entry.textOrTexts("source") : List.of();
        List<Stage> stages = StageReader.all(entry, List.of());
        if (stages.isEmpty()) {
            throw entry.bad("has no stages, expected at least one");
        }
        return new Recipe(name, source, stages);
    }

    /** For manifests. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("source", source);
        json.put("stages", stages.stream().map(Stage::toJson).toList());
        return json;
    }

    /** Each stage's {@link Stage#key}, by its name. */
    public Map<String, String> keys() {
        return keys(UnaryOperator.identity());
    }

    /**
     * The same.
     *
     * @param outside what identifies a model that is no stage of this recipe, such as the hash of its files
     */
    public Map<String, String> keys(UnaryOperator<String> outside) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (Stage stage : stages) {
            keys.put(stage.name(), stage.key(from -> {
                String earlier = keys.get(from);
                return earlier == null ? outside.apply(from) : earlier;
            }));
        }
        return keys;
    }
}
