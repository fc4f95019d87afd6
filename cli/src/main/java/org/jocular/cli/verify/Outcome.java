package org.jocular.cli.verify;

import java.util.Map;

/**
 * How a check went.
 *
 * @param sentence how far it agrees, or why it was not run
 * @param expected the record, by {@code ids}, {@code text} or {@code logits}; empty where it was not run
 * @param found the same of the model
 */
public record Outcome(
        Check check, Verdict verdict, String sentence, Map<String, Object> expected, Map<String, Object> found) {

    /** What became of a check. */
    public enum Verdict {
        PASSED,
        DIFFERS,
        /** It ran, but the record is not of a kind that a difference from it would mean something. */
        SHOWN,
        NOT_RUN;

        /** As it is printed. */
        public String label() {
            return name().replace('_', ' ');
        }
    }

    public static Outcome notRun(Check check, String why) {
        return new Outcome(check, Verdict.NOT_RUN, why, Map.of(), Map.of());
    }
}
