package org.jocular.train.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
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
        List<Stage> stages = new ArrayList<>();
        for (Entry stage : entry.objects("stages")) {
            String stageName = stage.text("name");
            Stage read = StageReader.read(stage.called("stage \"%s\"".formatted(stageName)));
            if (stages.stream().anyMatch(earlier -> earlier.name().equals(stageName))) {
                throw stage.bad("has name = \"%s\", which an earlier stage has already".formatted(stageName));
            }
            stages.add(read);
        }
        if (stages.isEmpty()) {
            throw entry.bad("has no stages, expected at least one");
        }
        Recipe recipe = new Recipe(name, source, List.copyOf(stages));
        recipe.checkOrder(entry);
        return recipe;
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

    private void checkOrder(Entry entry) {
        List<String> names = stages.stream().map(Stage::name).toList();
        for (int i = 0; i < stages.size(); i++) {
            for (Stage.Start start : stages.get(i).start()) {
                if (names.indexOf(start.from()) >= i) {
                    throw entry.bad("has stage \"%s\" start from \"%s\", which does not come before it"
                            .formatted(names.get(i), start.from()));
                }
            }
        }
    }
}
