package org.jocular.train.world;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jocular.train.world.Scene.Thing;
import org.jspecify.annotations.Nullable;

/** The six kinds of short questions about what is to be seen. */
final class ConversationQuestions {
    private ConversationQuestions() {}

    /** By a shape that only one thing has; null where there is none. */
    static @Nullable Question color(Scene scene, RandomGenerator random) {
        List<Thing> unique = scene.things().stream().filter(scene::onlyOfShape).toList();
        if (unique.isEmpty()) {
            return null;
        }
        Thing thing = Chance.choice(random, unique);
        return new Question(
                Kind.COLOR,
                "What color is the " + thing.shape().word() + "?",
                thing.colour().word());
    }

    /** By a colour that only one thing has; null where there is none. */
    static @Nullable Question shape(Scene scene, RandomGenerator random) {
        List<Thing> unique = scene.things().stream().filter(scene::onlyOfColour).toList();
        if (unique.isEmpty()) {
            return null;
        }
        Thing thing = Chance.choice(random, unique);
        return new Question(
                Kind.SHAPE,
                "What shape is the " + thing.colour().word() + " object?",
                thing.shape().word());
    }

    static Question size(Scene scene, RandomGenerator random) {
        Thing thing = Chance.choice(random, scene.things());
        return new Question(
                Kind.SIZE,
                "What size is the " + Phrases.reference(thing, scene, random) + "?",
                thing.size().word());
    }

    static Question where(Scene scene, RandomGenerator random) {
        Thing thing = Chance.choice(random, scene.things());
        return new Question(
                Kind.WHERE, "Where is the " + Phrases.reference(thing, scene, random) + "?", Phrases.position(thing));
    }

    /**
     * What there is to say of a thing beside what names it, in any order. Any word may come first, so a model has to have all of them at hand where
     * the thing is named, before it knows which one is wanted; relations need that, and are not learned without: of "top left" the column is
     * only looked up after the row.
     */
    static Question thing(Scene scene, RandomGenerator random) {
        Thing thing = Chance.choice(random, scene.things());
        List<String> said = new ArrayList<>(List.of(thing.size().word(), Phrases.row(thing), Phrases.column(thing)));
        Chance.shuffle(random, said);
        return new Question(
                Kind.THING, "What about the " + Phrases.reference(thing, scene, random) + "?", String.join(" ", said));
    }

    /** In which row, or in which column. */
    static Question line(Scene scene, RandomGenerator random) {
        Thing thing = Chance.choice(random, scene.things());
        boolean row = Chance.happens(random, .5);
        return new Question(
                Kind.LINE,
                "In which %s is the %s?".formatted(row ? "row" : "column", Phrases.reference(thing, scene, random)),
                row ? Phrases.row(thing) : Phrases.column(thing));
    }

    /** Half of the answers are yes. */
    static Question existence(Scene scene, RandomGenerator random) {
        boolean there = Chance.happens(random, .5);
        String name = there ? Phrases.name(Chance.choice(random, scene.things())) : Phrases.absent(scene, random);
        return new Question(Kind.EXISTENCE, "Is there " + Phrases.a(name) + "?", there ? "yes" : "no");
    }

    static Question count(Scene scene, RandomGenerator random) {
        Attribute attribute = Chance.happens(random, .2) ? Attribute.ANY : Attribute.draw(scene, random, .2);
        return new Question(
                Kind.COUNT, "How many " + attribute.plural() + " are there?", Phrases.number(attribute.count(scene)));
    }
}
