package org.jocular.systems;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a checkpoint was taught or published to be asked: text around the pictures and the questions, exactly as it was, and how its answers were
 * generated.
 *
 * @param name as users choose it
 * @param usedBy which checkpoints, or what for
 * @param first the first turn; {@code {q}} is the question, {@code {images}} where the pictures go
 * @param next a further turn; {@code {a}} is the answer before it; empty where there is none
 * @param image what stands for one picture in {@code {images}}
 * @param stop texts that end an answer, beside the end token
 * @param decoding generation settings under Hugging Face's names; what is not here is as the checkpoint's files say
 */
public record Preset(
        String name,
        String usedBy,
        String first,
        String next,
        String image,
        List<String> stop,
        Map<String, Object> decoding) {
    private static final Pattern PLACE = Pattern.compile("\\{(?:images|q|a)}");

    /** A question that was answered. */
    public record Turn(String question, String answer) {}

    /** Whether there is a place for a question: captions are written without one. */
    public boolean asks() {
        return first.contains("{q}");
    }

    /** Whether an answer can be followed by a further question. */
    public boolean converses() {
        return !next.isEmpty();
    }

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

    /** The same with another mark for a picture. */
    Preset withImage(String mark) {
        return new Preset(name, usedBy, first, next, mark, stop, decoding);
    }

    /** In one go, so that braces in what people write stay what they are. */
    private static String filled(String template, Map<String, String> values) {
        return PLACE.matcher(template)
                .replaceAll(place -> Matcher.quoteReplacement(values.getOrDefault(place.group(), place.group())));
    }
}
