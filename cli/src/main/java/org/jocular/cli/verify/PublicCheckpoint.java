package org.jocular.cli.verify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A published checkpoint and what is recorded of it.
 *
 * @param name as the hub has it
 * @param sizes by which it is recognised
 */
public record PublicCheckpoint(
        String name, Sizes sizes, List<Check.Generation> generations, List<Check.Logits> logits) {
    public PublicCheckpoint {
        generations = orEmpty(generations);
        logits = orEmpty(logits);
    }

    /** All checks, the scores first: they say most where something is wrong. */
    public List<Check> checks() {
        List<Check> checks = new ArrayList<>(logits);
        checks.addAll(generations);
        return checks;
    }

    /** The name without its organisation. */
    public String shortName() {
        return name.substring(name.indexOf('/') + 1);
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
