package org.jocular.train.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jocular.train.world.Scene.Thing;
import org.junit.jupiter.api.Test;

class ScenesTest {
    private static final int COUNT = 20_000;

    private final List<Scene> training = draw(false);
    private final List<Scene> outOfDomain = draw(true);

    private static List<Scene> draw(boolean outOfDomain) {
        SplittableRandom random = new SplittableRandom(7);
        return Stream.generate(() -> outOfDomain ? Scenes.drawOutOfDomain(random) : Scenes.draw(random))
                .limit(COUNT)
                .toList();
    }

    private static boolean isHeldOut(Thing thing) {
        return Scenes.isHeldOut(thing.colour(), thing.shape());
    }

    private static double share(List<Scene> scenes, Predicate<Scene> which) {
        return scenes.stream().filter(which).count() / (double) scenes.size();
    }

    @Test
    void eightPairsAreNeverShownInTrainingAndOneIsAlwaysOutOfDomain() {
        assertThat(Scenes.HELD_OUT).hasSize(8);
        assertThat(Scenes.SEEN).hasSize(40);
        assertThat(training).allSatisfy(scene -> assertThat(scene.things()).noneMatch(ScenesTest::isHeldOut));
        assertThat(outOfDomain).allSatisfy(scene -> assertThat(scene.things()).anyMatch(ScenesTest::isHeldOut));
    }

    @Test
    void allPairsThatAreNotHeldOutAreShown() {
        assertThat(training.stream()
                        .flatMap(scene -> scene.things().stream())
                        .map(thing -> new Scenes.Pair(thing.colour(), thing.shape()))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(Scenes.SEEN);
    }

    @Test
    void thereAreOneToFourThings() {
        double[] expected = {.12, .28, .30, .30};
        for (int i = 0; i < expected.length; i++) {
            int count = i + 1;
            assertThat(share(training, scene -> scene.things().size() == count)).isEqualTo(expected[i], offset(.01));
        }
    }

    @Test
    void noTwoThingsShareACellOrBothColourAndShape() {
        assertThat(Stream.concat(training.stream(), outOfDomain.stream())).allSatisfy(scene -> {
            List<Thing> things = scene.things();
            assertThat(things.stream().map(Thing::cell)).doesNotHaveDuplicates().isSorted();
            assertThat(things.stream().map(Phrases::name)).doesNotHaveDuplicates();
        });
    }

    @Test
    void themesMakeThingsAlike() {
        Predicate<Scene> four = scene -> scene.things().size() == 4;
        // Without themes four things have four colours in 8*7*6*5 / 8^4 = 41 % of scenes, and so have two alike in 59
        // %.
        assertThat(share(
                        training.stream().filter(four).toList(),
                        scene -> scene.things().stream()
                                .noneMatch(thing -> scene.count(other -> other.colour() == thing.colour()) > 2)))
                .isBetween(.7, .87);
    }

    @Test
    void aThingIsWhereItsSizeAllows() {
        assertThat(training.stream().flatMap(scene -> scene.things().stream())).allSatisfy(thing -> {
            int most = thing.size() == Size.SMALL ? 3 : 1;
            assertThat(thing.dx()).isBetween(-most, most);
            assertThat(thing.dy()).isBetween(-most, most);
        });
    }

    /** Recorded once; with another JDK or on another machine it must be the same. */
    @Test
    void aSeedGivesTheSameSceneEverywhere() {
        assertThat(Photograph.training(2, 0).get(1))
                .isEqualTo(new Photograph(
                        2,
                        new Scene(List.of(
                                new Thing(Colour.BLUE, Shape.RING, Size.LARGE, 0, 2, 1, -1),
                                new Thing(Colour.ORANGE, Shape.SQUARE, Size.LARGE, 1, 2, 1, 1),
                                new Thing(Colour.WHITE, Shape.DIAMOND, Size.LARGE, 2, 2, 1, 1))),
                        -1839779354444815726L));
        assertThat(Photograph.training(3, 0).subList(0, 2)).isEqualTo(Photograph.training(2, 0));
        assertThat(Photograph.validation(1, 0)).isNotEqualTo(Photograph.training(1, 0));
        assertThat(Photograph.training(1, 1)).isNotEqualTo(Photograph.training(1, 0));
    }
}
