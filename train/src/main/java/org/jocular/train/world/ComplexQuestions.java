package org.jocular.train.world;

import java.util.random.RandomGenerator;
import org.jocular.train.world.Scene.Thing;
import org.jspecify.annotations.Nullable;

/** Questions that need counting twice, or a picture that is not there. */
final class ComplexQuestions {
    private static final int ATTEMPTS = 20;

    private ComplexQuestions() {}

    /** One of the four types, or null where none was found for the scene. */
    static @Nullable Question draw(Scene scene, RandomGenerator random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Question question = switch (Chance.below(random, 4)) {
                case 0 -> difference(scene, random);
                case 1 -> mirror(scene, random);
                case 2 -> removal(scene, random);
                default -> comparison(scene, random);
            };
            if (question != null) {
                return question;
            }
        }
        return null;
    }

    private static Question question(String type, String text, String answer) {
        return new Question(Kind.COMPLEX, type, text, answer);
    }

    private static @Nullable Question difference(Scene scene, RandomGenerator random) {
        Attribute more = Attribute.draw(scene, random, 0);
        Attribute less = Attribute.draw(scene, random, .4);
        int difference = more.count(scene) - less.count(scene);
        return more.equals(less) || difference < 0
                ? null
                : question(
                        "difference",
                        "How many more " + more.plural() + " than " + less.plural() + " are there?",
                        Phrases.number(difference));
    }

    private static @Nullable Question mirror(Scene scene, RandomGenerator random) {
        Statement said = Statement.drawMirrored(scene, random);
        return said == null
                ? null
                : question(
                        "mirror",
                        "If the picture was mirrored would the %s be %s the %s?"
                                .formatted(said.subject(), said.relation().words(), said.object()),
                        said.holds() ? "yes" : "no");
    }

    private static Question removal(Scene scene, RandomGenerator random) {
        Thing removed = Chance.choice(random, scene.things());
        Attribute counted = Chance.happens(random, .5) ? Attribute.ANY : Attribute.draw(scene, random, 0);
        int remaining = counted.count(scene) - (counted.of(removed) ? 1 : 0);
        return question(
                "removal",
                "If the %s was removed how many %s would remain?"
                        .formatted(Phrases.reference(removed, scene, random), counted.plural()),
                Phrases.number(remaining));
    }

    /** Whether the answer is to be yes is drawn first and kept: no is found more easily, and would be drawn more often. */
    private static @Nullable Question comparison(Scene scene, RandomGenerator random) {
        boolean yes = Chance.happens(random, .5);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Attribute more = Attribute.draw(scene, random, .2);
            Attribute less = Attribute.draw(scene, random, .3);
            if (!more.equals(less) && more.count(scene) > less.count(scene) == yes) {
                return question(
                        "comparison",
                        "Are there more " + more.plural() + " than " + less.plural() + "?",
                        yes ? "yes" : "no");
            }
        }
        return null;
    }
}
