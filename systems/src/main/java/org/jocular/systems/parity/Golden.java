package org.jocular.systems.parity;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder with a checkpoint and {@code cases.json}: what the reference implementation computed with it.
 *
 * @param promptCounts whether the prompt's ids count for penalties
 */
record Golden(Path directory, String system, boolean promptCounts, List<Case> cases) {

    /**
     * One prompt.
     *
     * @param inputIds one a row, pictures' rows included
     * @param qformerIds what the Q-Former reads of the prompt; empty where it reads none
     * @param newOnly generated without counting the prompt's ids
     * @param decoderIds with an encoder: the decoder's ids of the trace; empty for the start token alone
     * @param trace file with the intermediates, or null
     */
    record Case(
            String id,
            List<String> images,
            String text,
            int[] inputIds,
            int[] qformerIds,
            List<Generation> generations,
            List<Generation> newOnly,
            List<Candidate> candidates,
            int[] decoderIds,
            @Nullable String trace,
            List<String> names) {}

    /** What was generated with some settings. */
    record Generation(JsonNode settings, int[] ids, String text) {}

    /** A candidate answer and its summed negative log-likelihood. */
    record Candidate(String text, int[] ids, double nll) {}

    static Golden read(Path directory) {
        Path file = directory.resolve("cases.json");
        if (!Files.isRegularFile(file)) {
            throw new BadInput("%s is no golden folder: expected a cases.json in it".formatted(directory));
        }
        try {
            JsonNode root = JsonMapper.shared().readTree(file);
            List<Case> cases = new ArrayList<>();
            for (JsonNode node : root.path("cases")) {
                cases.add(readCase(node));
            }
            return new Golden(
                    directory,
                    root.path("system").asString(),
                    root.path("prompt_counts").asBoolean(),
                    cases);
        } catch (JacksonException e) {
            throw new BadInput("%s cannot be read as cases of a golden: %s".formatted(file, e.getOriginalMessage()), e);
        }
    }

    private static Case readCase(JsonNode node) {
        List<Candidate> candidates = new ArrayList<>();
        for (JsonNode c : node.path("candidates")) {
            candidates.add(new Candidate(
                    c.path("text").asString(),
                    ints(c.path("ids")),
                    c.path("nll").asDouble()));
        }
        return new Case(
                node.path("id").asString(),
                strings(node.path("images")),
                node.path("text").asString(),
                ints(node.path("input_ids")),
                ints(node.path("qformer_input_ids")),
                generations(node.path("generate")),
                generations(node.path("generate_new_only")),
                candidates,
                ints(node.path("teacher_forced")),
                node.hasNonNull("trace") ? node.path("trace").asString() : null,
                strings(node.path("names")));
    }

    private static List<Generation> generations(JsonNode list) {
        List<Generation> generations = new ArrayList<>();
        for (JsonNode g : list) {
            generations.add(new Generation(
                    g.path("settings"), ints(g.path("ids")), g.path("text").asString()));
        }
        return generations;
    }

    private static int[] ints(JsonNode list) {
        return list.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private static List<String> strings(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }
}
