package org.jocular.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jocular.train.world.Vocabulary;

/**
 * How long the texts are that a step is measured with: made by a rule, so that they stay as they are when the world's texts change, and as long as
 * those are. What they say is nothing.
 */
final class TinyLengths {
    /** As in the world's dialogues. */
    private static final int MAX_WORDS = 64;

    private static final int MARKS = 2;

    /** A detailed description of two, three or four things. */
    private static final int[] CAPTIONS = {20, 29, 38, 29};

    private static final List<String> WORDS = Vocabulary.WORDS.stream()
            .filter(word -> word.matches("[a-z]+"))
            .limit(60)
            .toList();

    private TinyLengths() {}

    /** A question and its answer, in words. */
    record Turn(int question, int answer) {
        /** With the mark before the question and the one after the answer. */
        int words() {
            return question + answer + MARKS;
        }
    }

    /** As many turns as there is room for; about one in nine has a caption for an answer, one in four two words, the others one. */
    static List<Turn> dialogue(int number) {
        List<Turn> turns = new ArrayList<>();
        int words = 0;
        for (int i = 0; true; i++) {
            Turn turn = turn(number + i, number * 7 + i * 3);
            if (words + turn.words() > MAX_WORDS) {
                return turns;
            }
            words += turn.words();
            turns.add(turn);
        }
    }

    /** The first of a dialogue. */
    static List<Turn> single(int number) {
        return List.of(turn(number, number * 7));
    }

    static List<Turn> caption(int number) {
        return List.of(new Turn(5, CAPTIONS[number % CAPTIONS.length]));
    }

    private static Turn turn(int kind, int length) {
        int answer = kind % 9 == 8 ? 14 : kind % 4 == 3 ? 2 : 1;
        return new Turn(5 + length % 6, answer);
    }

    /** So many words. */
    static String text(int words, int seed) {
        return IntStream.range(0, words)
                .mapToObj(i -> WORDS.get((seed * 31 + i * 17) % WORDS.size()))
                .collect(Collectors.joining(" "));
    }
}
