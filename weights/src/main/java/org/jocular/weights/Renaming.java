package org.jocular.weights;

import java.util.List;
import java.util.function.UnaryOperator;

/** From the names that a model's code uses to those of a file; see {@link Checkpoint#root(UnaryOperator)}. */
public final class Renaming {
    private Renaming() {}

    /** Names under {@code code} stand under {@code file} in the file; both are whole names without a dot at the end. */
    public record Prefix(String code, String file) {}

    /**
     * Replaces the first prefix that fits; other names stay as they are. A prefix fits whole parts of a name only: {@code model} fits
     * {@code model.norm}, not {@code models.norm}. An empty {@code file} drops the prefix.
     */
    public static UnaryOperator<String> prefixes(Prefix... prefixes) {
        List<Prefix> ordered = List.of(prefixes);
        return name -> {
            for (Prefix prefix : ordered) {
                if (name.equals(prefix.code)) {
                    return prefix.file;
                }
                if (name.startsWith(prefix.code + ".")) {
                    String rest = name.substring(prefix.code.length() + 1);
                    return prefix.file.isEmpty() ? rest : prefix.file + "." + rest;
                }
            }
            return name;
        };
    }
}
