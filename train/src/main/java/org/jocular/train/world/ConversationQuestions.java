package org.jocular.train.world;

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
