package org.jocular.eval.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run was made from: manifest.json. All of it but the machines must be the same for a run to go on, or for shards to be one run.
 *
 * @param version   of this program
 * @param model     system, layout, dtype, and every file by name, size and hash
 * @param tasks     in the order of the run
 * @param questions hash of questions.jsonl
 * @param batch     how many questions were asked together, which may show in the last digits of likelihoods
 * @param seed      of what was drawn
 * @param judge     settings of the judge who reviewed free answers; null without one
 * @param judgeNotes what became of his reviews, one sentence each
 * @param machines  what it was computed on: executor, vectors, JDK, processor
 */
public record Manifest(
        String version,
        SequencedMap<String, Object> model,
        List<TaskPart> tasks,
        String questions,
        int batch,
        long seed,
        @Nullable SequencedMap<String, Object> judge,
        List<String> judgeNotes,
        List<SequencedMap<String, Object>> machines) {
    static final String FILE = "manifest.json";

    private static final JsonMapper MAPPER = JsonMapper.shared();

    /**
     * A benchmark of the run.
     *
     * @param source   where its wording was published
     * @param preset   name of the system's prompt around the question
     * @param template that prompt
     * @param decoding generation settings under Hugging Face's names
     * @param samples  how many questions, from {@code offset} on
     * @param files    annotation files by name, size and hash
     */
    public record TaskPart(
            String task,
            String wording,
            String source,
            String preset,
            String template,
            SequencedMap<String, Object> decoding,
            int offset,
            int samples,
            List<DataPart> files) {}

    /** A file. */
    public record DataPart(String file, long bytes, String sha256) {}

    /** The manifest of a run's folder, or null if it has none. */
    static @Nullable Manifest readOrNull(Path dir) {
        Path file = dir.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return MAPPER.readValue(file, Manifest.class);
        } catch (JacksonException e) {
            throw new BadInput("%s is no manifest of a run: %s".formatted(file, e.getOriginalMessage()), e);
        }
    }

    void write(Path dir) {
        Atomically.writeJson(dir.resolve(FILE), this);
    }

    /** The same run, computed on a further machine. */
    Manifest on(List<SequencedMap<String, Object>> further) {
        List<SequencedMap<String, Object>> all = new ArrayList<>(machines);
        further.stream().filter(machine -> !all.contains(machine)).forEach(all::add);
        return new Manifest(version, model, tasks, questions, batch, seed, judge, judgeNotes, all);
    }

    /** The same run, reviewed by this judge. */
    Manifest judgedBy(SequencedMap<String, Object> by, List<String> notes) {
        return new Manifest(version, model, tasks, questions, batch, seed, by, notes, machines);
    }

    /** How many questions, over all tasks. */
    int samples() {
        return tasks.stream().mapToInt(TaskPart::samples).sum();
    }

    public TaskPart task(String name) {
        return tasks.stream()
                .filter(part -> part.task.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no task " + name));
    }

    /** The first thing in which two runs differ that must not, in words; null if there is none. */
    @Nullable
    String difference(Manifest other) {
        return difference("", identity(), other.identity());
    }

    private JsonNode identity() {
        // Through text, because numbers that were read and numbers that were set are nodes of different classes.
        ObjectNode tree = (ObjectNode) MAPPER.readTree(MAPPER.writeValueAsString(this));
        tree.remove(List.of("machines", "judge", "judgeNotes"));
        return tree;
    }

    private static @Nullable String difference(String place, JsonNode a, JsonNode b) {
        if (a.equals(b)) {
            return null;
        }
        if (a.isObject() && b.isObject()) {
            TreeSet<String> names = new TreeSet<>(a.propertyNames());
            names.addAll(b.propertyNames());
            for (String name : names) {
                String inside = difference(place.isEmpty() ? name : place + "." + name, a.path(name), b.path(name));
                if (inside != null) {
                    return inside;
                }
            }
        }
        if (a.isArray() && b.isArray() && a.size() == b.size()) {
            for (int i = 0; i < a.size(); i++) {
                String inside = difference("%s[%d]".formatted(place, i), a.get(i), b.get(i));
                if (inside != null) {
                    return inside;
                }
            }
        }
        return "%s = %s, not %s".formatted(place, brief(a), brief(b));
    }

    private static String brief(JsonNode node) {
        String text = node.isMissingNode() ? "nothing" : node.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
