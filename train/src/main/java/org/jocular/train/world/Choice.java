package org.jocular.train.world;

import java.util.List;

/**
 * A question with three options.
 *
 * @param type     what it asks about: color, relation, count, extreme, presence or size
 * @param question without the options
 * @param right    index of the right one; each place is equally probable
 */
public record Choice(String type, String question, List<String> options, int right) {
    static final int OPTIONS = 3;

    public Choice {
        options = List.copyOf(options);
    }

    /** "(a)" and so on. */
    public static String letter(int option) {
        return "(" + (char) ('a' + option) + ")";
    }

    Question asked() {
        StringBuilder text = new StringBuilder(question);
        for (int i = 0; i < options.size(); i++) {
            text.append(' ').append(letter(i)).append(' ').append(options.get(i));
        }
        return new Question(Kind.CHOICE, type, text.toString(), letter(right));
    }
}
