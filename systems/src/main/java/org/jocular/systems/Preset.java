package org.jocular.systems;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a checkpoint was taught to be asked: text around the pictures and the questions, exactly as it was published.
 *
 * @param name as users choose it
 * @param usedBy which checkpoints
 * @param first the first turn; {@code {q}} is the question, {@code {images}} where the pictures go
 * @param next a further turn; {@code {a}} is the answer before it
 * @param image what stands for one picture in {@code {images}}
 * @param stop texts that end an answer, beside the end token
 */
public record Preset(String name, String usedBy, String first, String next, String image, List<String> stop) {
    private static final Pattern PLACE = Pattern.compile("\\{(?:images|q|a)}");

    /** A question that was answered. */
    public record Turn(String question, String answer) {}

    /** The whole prompt: all pictures belong to the first turn. */
    public String prompt(int pictures, List<Turn> history, String question) {
        String opening = history.isEmpty() ? question : history.getFirst().question();
        StringBuilder text =
                new StringBuilder(filled(first, Map.of("{images}", image.repeat(pictures), "{q}", opening)));
        for (int i = 0; i < history.size(); i++) {
            String asked = i + 1 < history.size() ? history.get(i + 1).question() : question;
            text.append(filled(next, Map.of("{a}", history.get(i).answer(), "{q}", asked)));
        }
        return text.toString();
    }

    /** In one go, so that braces in what people write stay what they are. */
    private static String filled(String template, Map<String, String> values) {
        return PLACE.matcher(template)
                .replaceAll(place -> Matcher.quoteReplacement(values.getOrDefault(place.group(), place.group())));
    }
}
