package org.jocular.systems;

import java.util.List;

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
    /** A question that was answered. */
    public record Turn(String question, String answer) {}

    /** The whole prompt: all pictures belong to the first turn. */
    public String prompt(int pictures, List<Turn> history, String question) {
        String opening = history.isEmpty() ? question : history.getFirst().question();
        StringBuilder text = new StringBuilder(
                first.replace("{images}", image.repeat(pictures)).replace("{q}", opening));
        for (int i = 0; i < history.size(); i++) {
            String asked = i + 1 < history.size() ? history.get(i + 1).question() : question;
            text.append(next.replace("{a}", history.get(i).answer()).replace("{q}", asked));
        }
        return text.toString();
    }
}
