package org.jocular.weights;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /**
     * A name that matches {@code code} as a whole becomes {@code file}.
     *
     * @param code a regular expression over names of the code: {@code vision_model\\.layers\\.(\\d+)\\.norm1(.*)}
     * @param file its groups inserted: {@code visual_encoder.blocks.$1.norm1$2}
     */
    public record Rule(Pattern code, String file) {
        public static Rule of(String code, String file) {
            return new Rule(Pattern.compile(code), file);
        }
    }

    /** Applies the first rule whose expression matches; other names stay as they are. */
    public static UnaryOperator<String> patterns(Rule... rules) {
        List<Rule> ordered = List.of(rules);
        return name -> {
            for (Rule rule : ordered) {
                Matcher matcher = rule.code.matcher(name);
                if (matcher.matches()) {
                    return matcher.replaceFirst(rule.file);
                }
            }
            return name;
        };
    }
}
