package org.jocular.train.world;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Several questions about one scene, with their answers, in turns. */
public record Dialogue(List<Question> turns) {
    /** What training's sequences have room for beside the picture. */
    public static final int MAX_WORDS = 64;

    private static final int ATTEMPTS = 30;
    /** The mark before the question and the one after the answer. */
    private static final int MARKS = 2;

    public Dialogue {
        turns = List.copyOf(turns);
    }

    /** As many turns of the mix as there is room for. */
    public static Dialogue draw(Scene scene, Mix mix, RandomGenerator random) {
        return draw(scene, mix, random, MAX_WORDS, Integer.MAX_VALUE);
    }

    /**
     * Turns of the mix until one finds no room any more. Nothing is asked twice: the second answer would be a copy of the first.
     *
     * @param maxWords of the normalised text, two marks a turn included; a turn that alone is longer is not drawn
     */
    public static Dialogue draw(Scene scene, Mix mix, RandomGenerator random, int maxWords, int maxTurns) {
        List<Question> turns = new ArrayList<>();
        int words = 0;
        for (int attempt = 0; attempt < ATTEMPTS && turns.size() < maxTurns; attempt++) {
            Question question = Questions.draw(mix.draw(random), scene, random);
            if (question == null || isAsked(turns, question)) {
                continue;
            }
            int more = words(question);
            if (words + more <= maxWords) {
                words += more;
                turns.add(question);
            } else if (!turns.isEmpty()) {
                break;
            }
        }
        return new Dialogue(turns);
    }

    private static boolean isAsked(List<Question> turns, Question question) {
        for (Question turn : turns) {
            if (turn.text().equals(question.text())) {
                return true;
            }
        }
        return false;
    }

    private static int words(Question question) {
        return Vocabulary.count(question.text()) + Vocabulary.count(question.answer()) + MARKS;
    }

    /** Words of all turns, two marks a turn included. */
    public int words() {
        return turns.stream().mapToInt(Dialogue::words).sum();
    }
}
