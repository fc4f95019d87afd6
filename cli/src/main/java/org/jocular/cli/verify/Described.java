package org.jocular.cli.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A check in words, before anything is run. */
public final class Described {
    private static final int MOST_CHARACTERS = 150;

    private Described() {}

    /** What stands in a row of its own, by the row's name; a name may come twice. */
    public record Row(String name, String text) {}

    /** Everything that is known of a check. */
    public static List<Row> rows(Catalogue catalogue, Check check) {
        List<Row> rows = new ArrayList<>();
        for (String picture : check.pictures()) {
            rows.add(new Row("picture", catalogue.picture(picture).sentence()));
        }
        switch (check) {
            case Check.Generation generation -> {
                rows.add(new Row("prompt", check.prompt().isEmpty() ? "none" : quoted(check.prompt())));
                rows.add(new Row("settings", settings(generation)));
                for (Check.Recorded recorded : generation.recorded()) {
                    rows.add(new Row("expected", output(recorded)));
                    rows.add(new Row("recorded", "%s; %s".formatted(recorded.precision(), recorded.source())));
                }
                rows.add(new Row(
                        "required",
                        generation.required() == null ? "all of it" : Comparison.sentence(generation.required())));
            }
            case Check.Logits logits -> {
                rows.add(new Row("prompt", quoted(check.prompt()) + ids(logits)));
                rows.add(new Row("expected", "scores of the first rows " + logits.values()));
                rows.add(new Row("recorded", "%s; %s".formatted(logits.precision(), logits.source())));
                rows.add(new Row("required", "each within %s (%s)".formatted(logits.tolerance(), logits.why())));
            }
        }
        return rows;
    }

    private static String settings(Check.Generation check) {
        List<String> settings = new ArrayList<>();
        new TreeMap<>(check.settings()).forEach((name, value) -> settings.add(name + "=" + value));
        settings.add("prompt_counts=" + check.promptCounts());
        return String.join(" ", settings);
    }

    private static String output(Check.Recorded recorded) {
        List<String> parts = new ArrayList<>();
        if (recorded.text() != null) {
            parts.add(shortened(quoted(recorded.text())));
        }
        if (!recorded.ids().isEmpty()) {
            String start = recorded.start().isEmpty() ? "" : " after " + recorded.start();
            parts.add("ids " + shortened(recorded.generated().toString()) + start);
        }
        return String.join(", ", parts);
    }

    private static String ids(Check.Logits check) {
        return (check.promptIds().isEmpty() ? "" : ", as " + check.promptIds())
                + (check.decoderIds().isEmpty() ? "" : ", the decoder given " + check.decoderIds());
    }

    /** A list is for reading: --json has all of it. */
    private static String shortened(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + " …";
    }

    /** In quotation marks, on one line. */
    public static String quoted(String text) {
        return '"' + text.replace("\n", "\\n") + '"';
    }
}
