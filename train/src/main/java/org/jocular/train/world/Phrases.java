package org.jocular.train.world;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jocular.train.world.Scene.Thing;

/** How texts name things, places and numbers. */
final class Phrases {
    private static final List<String> NUMBERS = List.of("zero", "one", "two", "three", "four");
    private static final List<String> ROWS = List.of("top", "middle", "bottom");
    private static final List<String> COLUMNS = List.of("left", "center", "right");
    private static final double SHORT_REFERENCE = .6;

    private Phrases() {}

    static String number(int number) {
        return NUMBERS.get(number);
    }

    static List<String> numbers() {
        return NUMBERS;
    }

    static String name(Colour colour, Shape shape) {
        return colour.word() + " " + shape.word();
    }

    /** "red circle" */
    static String name(Thing thing) {
        return name(thing.colour(), thing.shape());
    }

    /** "small red circle" */
    static String full(Thing thing) {
        return thing.size().word() + " " + name(thing);
    }

    /** "top left" */
    static String position(Thing thing) {
        return row(thing) + " " + column(thing);
    }

    static String row(Thing thing) {
        return ROWS.get(thing.row());
    }

    static String column(Thing thing) {
        return COLUMNS.get(thing.column());
    }

    /** With its article; orange is the only word of the world that wants another one. */
    static String a(String name) {
        return (name.startsWith("orange") ? "an " : "a ") + name;
    }

    /** "a, b and c" */
    static String list(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.getFirst() : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    /** What tells the thing from all others in the scene: mostly its colour or its shape alone, where either does. */
    static String reference(Thing thing, Scene scene, RandomGenerator random) {
        List<String> names = new ArrayList<>(2);
        if (scene.onlyOfColour(thing)) {
            names.add(thing.colour().word() + " object");
        }
        if (scene.onlyOfShape(thing)) {
            names.add(thing.shape().word());
        }
        return !names.isEmpty() && Chance.happens(random, SHORT_REFERENCE) ? Chance.choice(random, names) : name(thing);
    }

    /**
     * A colour and shape that nothing in the scene has, and that are not held out. Mostly both are there, on different things: whoever
     * looks for colour and shape one by one is misled.
     */
    static String absent(Scene scene, RandomGenerator random) {
        List<String> recombined = new ArrayList<>();
        for (Thing a : scene.things()) {
            for (Thing b : scene.things()) {
                if (isAbsent(scene, a.colour(), b.shape())) {
                    recombined.add(name(a.colour(), b.shape()));
                }
            }
        }
        if (Chance.happens(random, .6) && !recombined.isEmpty()) {
            return Chance.choice(random, recombined);
        }
        while (true) {
            Thing thing = Chance.choice(random, scene.things());
            boolean sameColour = Chance.happens(random, .5);
            Colour colour = sameColour ? thing.colour() : Chance.choice(random, Colour.ALL);
            Shape shape = sameColour ? Chance.choice(random, Shape.ALL) : thing.shape();
            if (isAbsent(scene, colour, shape)) {
                return name(colour, shape);
            }
        }
    }

    private static boolean isAbsent(Scene scene, Colour colour, Shape shape) {
        return !scene.has(colour, shape) && !Scenes.isHeldOut(colour, shape);
    }
}
