package org.jocular.train.world;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jocular.train.world.Scene.Thing;

/** Descriptions of scenes. */
public final class Captions {
    /** How many ways there are to say it briefly. */
    public static final int WORDINGS = 5;

    private Captions() {}

    /** A scene in all five wordings; the first says how two things stand to each other, where there are two. */
    public static List<String> all(Scene scene, RandomGenerator random) {
        List<String> captions = new ArrayList<>(WORDINGS);
        for (int wording = 0; wording < WORDINGS; wording++) {
            captions.add(caption(wording, scene, random));
        }
        return captions;
    }

    /** A scene in one of the wordings. */
    public static String draw(Scene scene, RandomGenerator random) {
        return caption(Chance.below(random, WORDINGS), scene, random);
    }

    private static String caption(int wording, Scene scene, RandomGenerator random) {
        return switch (wording) {
            case 0 -> related(scene, random);
            case 1 -> listed(scene, thing -> Phrases.a(Phrases.full(thing)));
            case 2 -> (scene.things().size() == 1 ? "there is " : "there are ") + number(scene) + ": " + names(scene);
            case 3 -> "a picture of " + names(scene);
            default -> listed(scene, thing -> placed(Phrases.a(Phrases.name(thing)), thing));
        };
    }

    /** Number of things, then each with its size and place, in reading order. */
    public static String detail(Scene scene) {
        StringBuilder detail = new StringBuilder(number(scene));
        for (Thing thing : scene.things()) {
            detail.append(". ").append(placed(Phrases.a(Phrases.full(thing)), thing));
        }
        return detail.toString();
    }

    private static String related(Scene scene, RandomGenerator random) {
        List<Thing> things = new ArrayList<>(scene.things());
        Chance.shuffle(random, things);
        Thing a = things.getFirst();
        if (things.size() == 1) {
            return placed(Phrases.a(Phrases.full(a)), a);
        }
        Thing b = things.get(1);
        List<Relation> holding = Relation.DIRECTIONS.stream()
                .filter(relation -> relation.holds(a, b))
                .toList();
        return "%s %s %s"
                .formatted(
                        Phrases.a(Phrases.full(a)),
                        Chance.choice(random, holding).words(),
                        Phrases.a(Phrases.full(b)));
    }

    private static String placed(String name, Thing thing) {
        return name + " at the " + Phrases.position(thing);
    }

    private static String number(Scene scene) {
        int number = scene.things().size();
        return Phrases.number(number) + (number == 1 ? " object" : " objects");
    }

    private static String names(Scene scene) {
        return listed(scene, thing -> Phrases.a(Phrases.name(thing)));
    }

    private static String listed(Scene scene, Function<Thing, String> name) {
        return Phrases.list(scene.things().stream().map(name).toList());
    }
}
