package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.jocular.eval.task.Sample;

/** Questions that got no answer, counted by the sentence that tells why. */
final class Failures {
    private static final int REASONS = 8;
    private static final int EXAMPLES = 3;

    private static final class Reason {
        int count;
        final List<String> examples = new ArrayList<>();
    }

    private final SequencedMap<String, Reason> reasons = new LinkedHashMap<>();
    private final Reason others = new Reason();
    private int count;

    /** @param failure the sentence; what it says of the sample's own picture counts as the same for all */
    void add(Sample sample, String failure) {
        String sentence = sample.picture() == null
                ? failure
                : failure.replaceAll("\\S*" + Pattern.quote(sample.picture()), "the picture");
        Reason reason = reasons.get(sentence);
        if (reason == null) {
            reason = reasons.size() < REASONS ? new Reason() : others;
            if (reason != others) {
                reasons.put(sentence, reason);
            }
        }
        reason.count++;
        count++;
        if (reason.examples.size() < EXAMPLES) {
            reason.examples.add(sample.id());
        }
    }

    int count() {
        return count;
    }

    /** One sentence each. */
    List<String> notes(int asked) {
        List<String> notes = new ArrayList<>();
        reasons.forEach((sentence, reason) -> notes.add(note(sentence, reason, asked)));
        if (others.count > 0) {
            notes.add(note("other reasons", others, asked));
        }
        return notes;
    }

    private static String note(String sentence, Reason reason, int asked) {
        return "%d of %d questions got no answer and are left out (%s%s): %s"
                .formatted(
                        reason.count,
                        asked,
                        String.join(", ", reason.examples),
                        reason.count > EXAMPLES ? ", …" : "",
                        sentence);
    }
}
