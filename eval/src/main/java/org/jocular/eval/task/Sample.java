package org.jocular.eval.task;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One thing that a benchmark asks.
 *
 * @param id         as the publisher has it; where those are not unique, made so
 * @param picture    name of the picture as {@link Data#picture} gave it; null where the question has none
 * @param question   the words around which the system's own prompt is put
 * @param candidates what is ranked by its likelihood; empty where an answer is generated
 * @param target     the right answer, for people to read
 * @param category   by which results are browsed; null where there is none
 * @param doc        whatever scoring needs, under the publisher's names
 */
public record Sample(
        String id,
        @Nullable String picture,
        String question,
        List<String> candidates,
        String target,
        @Nullable String category,
        ObjectNode doc) {
    public Sample {
        candidates = List.copyOf(candidates);
    }

    /** What its answer has in common with others, so that they are no independent evidence: the picture, where there is one. */
    public String cluster() {
        return picture == null ? "id " + id : picture;
    }
}
