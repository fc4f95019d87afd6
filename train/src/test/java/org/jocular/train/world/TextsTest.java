package org.jocular.train.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.train.world.Scene.Thing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions about one scene that is known, and dialogues and words of many. */
class TextsTest {
    /** No evaluation asks them. */
    private static final List<Kind> FOR_LANGUAGE_MODELS = List.of(Kind.LINE, Kind.THING, Kind.SIDES);

    private static final Scene SCENE = new Scene(List.of(
            new Thing(Colour.RED, Shape.SQUARE, Size.LARGE, 0, 0, 0, 0),
            new Thing(Colour.ORANGE, Shape.RING, Size.SMALL, 0, 2, 0, 0),
            new Thing(Colour.RED, Shape.TRIANGLE, Size.SMALL, 2, 1, 0, 0)));

    private final RandomGenerator random = new SplittableRandom(11);

    private Map<String, Set<String>> asked(Kind kind) {
        Map<String, Set<String>> asked = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            Question question = Objects.requireNonNull(Questions.draw(kind, SCENE, random));
            asked.computeIfAbsent(question.text(), text -> new HashSet<>()).add(question.answer());
        }
        return asked;
    }

    /** Each of these texts is asked, and has this answer alone. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    COLOR     | What color is the ring?                  | orange
                    SHAPE     | What shape is the orange object?         | ring
                    SIZE      | What size is the square?                 | large
                    SIZE      | What size is the red triangle?           | small
                    WHERE     | Where is the orange object?              | top right
                    WHERE     | Where is the red triangle?               | bottom center
                    LINE      | In which row is the red triangle?        | bottom
                    LINE      | In which column is the orange object?    | right
                    EXISTENCE | Is there an orange ring?                 | yes
                    EXISTENCE | Is there a red ring?                     | no
                    COUNT     | How many objects are there?              | three
                    COUNT     | How many red objects are there?          | two
                    COUNT     | How many small objects are there?        | two
                    COUNT     | How many crosses are there?              | zero
                    VSR       | The square is left of the ring           | true
                    VSR       | The red triangle is above the ring       | false
                    VSR       | The orange object is in the same row as the square | true
                    VSR       | The ring is larger than the square       | false
                    COMPLEX   | How many more red objects than rings are there?    | one
                    COMPLEX   | If the picture was mirrored would the square be left of the ring? | no
                    COMPLEX   | If the picture was mirrored would the square be above the triangle? | yes
                    COMPLEX   | If the ring was removed how many objects would remain? | two
                    COMPLEX   | If the ring was removed how many red objects would remain? | two
                    COMPLEX   | Are there more small objects than large objects? | yes
                    COMPLEX   | Are there more rings than triangles?     | no
                    DETAIL    | Describe the picture in detail.          | three objects. a large red square at the top left. \
                    a small orange ring at the top right. a small red triangle at the bottom center
                    """)
    void aQuestionHasItsOnlyAnswer(Kind kind, String text, String answer) {
        assertThat(asked(kind).get(text)).containsExactly(answer);
    }

    @Test
    void whatThereIsToSayOfAThingComesInAnyOrder() {
        assertThat(asked(Kind.THING).get("What about the square?"))
                .containsExactlyInAnyOrder(
                        "large top left",
                        "large left top",
                        "top large left",
                        "top left large",
                        "left large top",
                        "left top large");
    }

    @Test
    void noQuestionHasTwoAnswers() {
        for (Kind kind : Kind.ALL) {
            if (kind != Kind.CAPTION && kind != Kind.THING) {
                assertThat(asked(kind).values())
                        .as(kind.word())
                        .isNotEmpty()
                        .allSatisfy(answers -> assertThat(answers).hasSize(1));
            }
        }
    }

    @Test
    void captionsComeInFiveWordings() {
        assertThat(Captions.all(SCENE, random).subList(1, 5))
                .containsExactly(
                        "a large red square, a small orange ring and a small red triangle",
                        "there are three objects: a red square, an orange ring and a red triangle",
                        "a picture of a red square, an orange ring and a red triangle",
                        "a red square at the top left, an orange ring at the top right and a red triangle at the bottom center");
        assertThat(asked(Kind.CAPTION).get(Questions.BRIEFLY))
                .hasSize(14) // three pairs in two orders, two of them related in two ways and one in one; four more
                .contains("a small red triangle below a large red square");
    }

    @Test
    void optionsAreThreeAndOneIsRight() {
        Set<String> types = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            Choice choice = Objects.requireNonNull(Choices.draw(SCENE, random));
            types.add(choice.type());
            assertThat(choice.options()).hasSize(3).doesNotHaveDuplicates();
            String right = choice.options().get(choice.right());
            if (choice.question().equals("Which object is above the triangle?")) {
                assertThat(right).isIn("red square", "orange ring");
                assertThat(choice.options())
                        .filteredOn(Set.of("red square", "orange ring")::contains)
                        .hasSize(1);
            } else if (choice.question().equals("Which object is the lowest?")) {
                assertThat(right).isEqualTo("red triangle");
                assertThat(choice.asked().text())
                        .startsWith("Which object is the lowest? (a) ")
                        .contains(" (b) ", " (c) ");
            }
        }
        assertThat(types).containsExactlyInAnyOrder("color", "relation", "count", "extreme", "presence", "size");
    }

    private Stream<Question> many() {
        return Stream.generate(() -> Scenes.draw(random))
                .limit(4_000)
                .flatMap(scene -> Kind.ALL.stream().map(kind -> Questions.draw(kind, scene, random)))
                .filter(question -> question != null);
    }

    @Test
    void theVocabularyIsClosedAndNoWordUnused() {
        assertThat(Vocabulary.WORDS).doesNotHaveDuplicates();
        assertThat(many().flatMap(question -> Stream.of(question.text(), question.answer())
                                .flatMap(text -> Vocabulary.words(text).stream()))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(Vocabulary.WORDS);
    }

    @Test
    void aTextIsCutIntoWords() {
        assertThat(Vocabulary.words("Which object is large? (a) red ring (b) blue cross"))
                .containsExactly("which", "object", "is", "large", "(a)", "red", "ring", "(b)", "blue", "cross");
        assertThat(Vocabulary.words("two objects. a ring, a cross:"))
                .containsExactly("two", "objects", ".", "a", "ring", ",", "a", "cross", ":");
        assertThat(many()).allSatisfy(question -> {
            assertThat(Vocabulary.count(question.text()))
                    .isEqualTo(Vocabulary.words(question.text()).size());
            assertThat(Vocabulary.count(question.answer()))
                    .isEqualTo(Vocabulary.words(question.answer()).size());
        });
    }

    /** A pair is named by its words side by side. */
    @Test
    void noTextOfTrainingNamesAPairThatIsHeldOut() {
        List<String> heldOut = Scenes.HELD_OUT.stream()
                .map(pair -> Phrases.name(pair.colour(), pair.shape()))
                .toList();
        assertThat(many())
                .allSatisfy(question -> assertThat(heldOut)
                        .noneMatch(name -> question.text().contains(name)
                                || question.answer().contains(name)));
    }

    @Test
    void aDialogueAsksWhatThereIsRoomForAndNothingTwice() {
        Mix full = Mix.named("full");
        double turns = 0;
        for (int i = 0; i < 2_000; i++) {
            Dialogue dialogue = Dialogue.draw(Scenes.draw(random), full, random);
            assertThat(dialogue.words()).isBetween(5, Dialogue.MAX_WORDS);
            assertThat(dialogue.turns().stream().map(Question::text)).doesNotHaveDuplicates();
            turns += dialogue.turns().size();
        }
        assertThat(turns / 2_000).isEqualTo(4.5, offset(.2));
        assertThat(Dialogue.draw(SCENE, full, random, 64, 1).turns()).hasSize(1);
        assertThat(Dialogue.draw(SCENE, Mix.named("detail"), random, 10, 3).turns())
                .isEmpty();
    }

    @Test
    void mixesHaveNames() {
        assertThat(Mix.named("full").kinds())
                .hasSize(17)
                .doesNotContainAnyElementsOf(FOR_LANGUAGE_MODELS)
                .containsAll(Kind.ALL.stream()
                        .filter(kind -> !FOR_LANGUAGE_MODELS.contains(kind))
                        .toList());
        assertThat(Mix.named("three").kinds()).hasSize(18);
        assertThat(Mix.named("vsr").kinds()).containsExactly(Kind.VSR);
        assertThat(Mix.named("bal").kinds())
                .hasSize(28)
                .containsAll(FOR_LANGUAGE_MODELS)
                .filteredOn(Kind.VSR::equals)
                .hasSize(4);
        assertThatThrownBy(() -> Mix.named("half"))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith(
                        "There is no mix half, expected one of full, easy, bal, al, conversation, three,");
    }
}
