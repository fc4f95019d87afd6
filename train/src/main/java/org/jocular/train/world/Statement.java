package org.jocular.train.world;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jocular.train.world.Scene.Thing;
import org.jspecify.annotations.Nullable;

/**
 * A statement about two things, true or false, as Visual Spatial Reasoning has them (Liu et al. 2023).
 *
 * @param subject of whom it is said, without article
 * @param object  to whom the relation is
 */
public record Statement(String subject, Relation relation, String object, boolean holds) {
    private static final int ATTEMPTS = 20;

    /** Directions are asked more often: twelve draws of fourteen. */
    private static final List<Relation> RELATIONS = relations();

    private record Two(Thing a, Thing b) {}

    private static List<Relation> relations() {
        List<Relation> relations = new ArrayList<>(List.of(Relation.SAME_ROW, Relation.LARGER));
        for (int i = 0; i < 3; i++) {
            relations.addAll(Relation.DIRECTIONS);
        }
        return List.copyOf(relations);
    }

    /** True and false are equally probable; null where there are not two things. */
    public static @Nullable Statement draw(Scene scene, RandomGenerator random) {
        return draw(scene, random, RELATIONS, relation -> relation);
    }

    /** Of left and right alone; otherwise as {@link #draw}. */
    static @Nullable Statement drawSides(Scene scene, RandomGenerator random) {
        return draw(scene, random, List.of(Relation.LEFT_OF, Relation.RIGHT_OF), relation -> relation);
    }

    /** What may be said of the mirrored picture, and whether it holds there; otherwise as {@link #draw}. */
    static @Nullable Statement drawMirrored(Scene scene, RandomGenerator random) {
        return draw(scene, random, Relation.DIRECTIONS, Relation::mirrored);
    }

    /** Truth is drawn first and kept: a false statement is found more easily, and would be drawn more often. */
    private static @Nullable Statement draw(
            Scene scene, RandomGenerator random, List<Relation> relations, UnaryOperator<Relation> inPicture) {
        boolean holds = Chance.happens(random, .5);
        for (int attempt = 0; attempt < ATTEMPTS && scene.things().size() > 1; attempt++) {
            Relation relation = Chance.choice(random, relations);
            List<Two> pairs = pairs(scene, inPicture.apply(relation), holds);
            if (!pairs.isEmpty()) {
                Two two = Chance.choice(random, pairs);
                return new Statement(
                        Phrases.reference(two.a, scene, random),
                        relation,
                        Phrases.reference(two.b, scene, random),
                        holds);
            }
        }
        return null;
    }

    private static List<Two> pairs(Scene scene, Relation relation, boolean holds) {
        List<Two> pairs = new ArrayList<>();
        for (Thing a : scene.things()) {
            for (Thing b : scene.things()) {
                if (a != b && relation.holds(a, b) == holds) {
                    pairs.add(new Two(a, b));
                }
            }
        }
        return pairs;
    }

    /** "The red circle is left of the square" */
    public String text() {
        return "The " + subject + " is " + relation.words() + " the " + object;
    }

    Question asked(Kind kind) {
        return new Question(kind, relation.words(), text(), holds ? "true" : "false");
    }
}
