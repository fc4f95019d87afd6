package org.jocular.cli.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jocular.cli.verify.Check.Recorded;
import org.jocular.cli.verify.Check.Required;
import org.jocular.cli.verify.Outcome.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Compares outputs with records.
 *
 * <p>Ids must be equal from the first generated one on; what older versions of transformers put before it is cut off the record. Texts are
 * compared without spaces at their ends, as the publishers' tests do. A record of full or half precision must be met as a whole. One that was
 * made with 8-bit or 4-bit weights, or by a beam search over bfloat16, is no statement about the published weights to its last word: of these
 * the catalogue says how much is required, for a reason that it names, and the rest is shown.
 */
final class Comparison {
    private Comparison() {}

    static Outcome of(Check.Generation check, List<Integer> ids, String answer) {
        String text = answer.strip();
        Required required = check.required();
        Recorded nearest = check.recorded().stream()
                .max(Comparator.comparingDouble(recorded -> agreement(recorded, ids, text)))
                .orElseThrow();
        boolean agrees = required == null
                ? check.recorded().stream().anyMatch(recorded -> equal(recorded, ids, text))
                : begins(check, required, ids, text);
        Verdict verdict = check.onlyShown() ? Verdict.SHOWN : agrees ? Verdict.PASSED : Verdict.DIFFERS;
        String sentence = counts(nearest, ids, text) + (required == null ? "" : "; " + sentence(required));
        return new Outcome(check, verdict, sentence, output(nearest.generated(), nearest.text()), output(ids, answer));
    }

    private static boolean equal(Recorded recorded, List<Integer> ids, String text) {
        return (recorded.ids().isEmpty() || recorded.generated().equals(ids))
                && (recorded.text() == null || recorded.text().strip().equals(text));
    }

    private static boolean begins(Check.Generation check, Required required, List<Integer> ids, String text) {
        List<Integer> first = check.recorded().getFirst().generated().subList(0, required.ids());
        return ids.size() >= first.size()
                && ids.subList(0, first.size()).equals(first)
                && text.startsWith(required.text());
    }

    /** The largest where all is equal, so that an answer which goes on after a record is further from it than that record itself. */
    private static double agreement(Recorded recorded, List<Integer> ids, String text) {
        double words = recorded.text() == null
                ? 0
                : (double) common(words(recorded.text()), words(text))
                        / words(recorded.text()).size();
        double tokens = recorded.ids().isEmpty()
                ? 0
                : (double) common(recorded.generated(), ids)
                        / recorded.generated().size();
        return words + tokens + (equal(recorded, ids, text) ? 2 : 0);
    }

    private static String counts(Recorded recorded, List<Integer> ids, String text) {
        List<String> counts = new ArrayList<>();
        if (!recorded.ids().isEmpty()) {
            counts.add("%d of %d ids"
                    .formatted(
                            common(recorded.generated(), ids),
                            recorded.generated().size()));
        }
        if (recorded.text() != null) {
            List<String> words = words(recorded.text());
            counts.add("%d of %d words".formatted(common(words, words(text)), words.size()));
        }
        return String.join(" and ", counts) + " agree";
    }

    /** What must agree, and why not all. */
    static String sentence(Required required) {
        List<String> parts = new ArrayList<>();
        if (required.ids() > 0) {
            parts.add("the first %d ids must agree".formatted(required.ids()));
        }
        if (!required.text().isEmpty()) {
            parts.add("it must begin with \"%s\"".formatted(required.text()));
        }
        return "%s (%s)".formatted(parts.isEmpty() ? "only shown" : String.join(", ", parts), required.why());
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    private static <T> int common(List<T> a, List<T> b) {
        int n = 0;
        while (n < Math.min(a.size(), b.size()) && a.get(n).equals(b.get(n))) {
            n++;
        }
        return n;
    }

    private static Map<String, Object> output(List<Integer> ids, @Nullable String text) {
        Map<String, Object> output = new LinkedHashMap<>();
        if (text != null) {
            output.put("text", text);
        }
        if (!ids.isEmpty()) {
            output.put("ids", ids);
        }
        return output;
    }

    static Outcome of(Check.Logits check, List<List<Double>> found) {
        double worst = 0;
        for (int row = 0; row < check.values().size(); row++) {
            for (int i = 0; i < check.values().get(row).size(); i++) {
                double difference =
                        Math.abs(found.get(row).get(i) - check.values().get(row).get(i));
                worst = Math.max(worst, Double.isNaN(difference) ? Double.MAX_VALUE : difference);
            }
        }
        String sentence = String.format(
                Locale.ROOT, "off by at most %.4f, allowed is %s (%s)", worst, check.tolerance(), check.why());
        return new Outcome(
                check,
                worst <= check.tolerance() ? Verdict.PASSED : Verdict.DIFFERS,
                sentence,
                Map.of("logits", check.values()),
                Map.of("logits", found.stream().map(Comparison::rounded).toList()));
    }

    /** As many digits as are published. */
    private static List<Double> rounded(List<Double> row) {
        return row.stream()
                .map(value -> Double.isFinite(value) ? Math.rint(value * 1e4) / 1e4 : value)
                .toList();
    }
}
