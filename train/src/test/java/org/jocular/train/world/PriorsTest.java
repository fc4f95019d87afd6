package org.jocular.train.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often an answer is right that was chosen without looking: the level of chance to which figures are to be compared. */
class PriorsTest {
    private final RandomGenerator random = new SplittableRandom(3);
    private final List<Scene> known =
            Stream.generate(() -> Scenes.draw(random)).limit(24_000).toList();
    private final List<Scene> asked =
            Stream.generate(() -> Scenes.draw(random)).limit(3_000).toList();

    private Stream<Question> questions(Kind kind, List<Scene> scenes) {
        return scenes.stream().map(scene -> Questions.draw(kind, scene, random)).filter(one -> one != null);
    }

    /** Options would make each question one of its own. */
    private static String withoutOptions(Question question) {
        int options = question.text().indexOf(" (a)");
        return options < 0 ? question.text() : question.text().substring(0, options);
    }

    private static String mostFrequent(Map<String, Integer> answers) {
        return Collections.max(answers.entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    /** The most frequent answer to the very words of the question, or to all of the kind where the words are new. */
    @ParameterizedTest
    @CsvSource({
        "COLOR, 15",
        "SHAPE, 21",
        "SIZE, 50",
        "WHERE, 11",
        "EXISTENCE, 50",
        "COUNT, 53",
        "VSR, 51",
        "CHOICE, 33",
        "COMPLEX, 48"
    })
    void wordsAloneTellLittle(Kind kind, double expected) {
        Map<String, Map<String, Integer>> answers = new HashMap<>();
        Map<String, Integer> all = new HashMap<>();
        questions(kind, known).forEach(question -> {
            answers.computeIfAbsent(withoutOptions(question), words -> new HashMap<>())
                    .merge(question.answer(), 1, Integer::sum);
            all.merge(question.answer(), 1, Integer::sum);
        });
        List<Question> test = questions(kind, asked).toList();

        long right = test.stream()
                .filter(question -> mostFrequent(answers.getOrDefault(withoutOptions(question), all))
                        .equals(question.answer()))
                .count();

        assertThat(100.0 * right / test.size()).isEqualTo(expected, offset(3.0));
    }

    @ParameterizedTest
    @CsvSource({"EXISTENCE, yes, .5", "VSR, true, .5", "CHOICE, (a), .333", "CHOICE, (b), .333", "CHOICE, (c), .333"})
    void answersAreBalanced(Kind kind, String answer, double share) {
        List<Question> test = questions(kind, known).toList();

        assertThat(test.stream().filter(one -> one.answer().equals(answer)).count() / (double) test.size())
                .isEqualTo(share, offset(.01));
    }

    @ParameterizedTest
    @CsvSource({"comparison", "mirror"})
    void yesIsHalfOfTheAnswersToComplexQuestions(String type) {
        List<Question> test = questions(Kind.COMPLEX, known)
                .filter(one -> one.type().equals(type))
                .toList();

        assertThat(test.stream().filter(one -> one.answer().equals("yes")).count() / (double) test.size())
                .isEqualTo(.5, offset(.02));
    }
}
