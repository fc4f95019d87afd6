package org.jocular.train.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jocular.train.world.Scene.Thing;
import org.jspecify.annotations.Nullable;

/**
 * Draws scenes. Eight pairs of colour and shape are held out: training and validation never show or name one, an out-of-domain scene shows
 * at least one. Many scenes have a theme, a colour or a shape that things tend to share: counting would only ever find zero or one without.
 */
public final class Scenes {
    /** Cumulative: one thing in 12 % of scenes, two in 28 %, three in 30 %, four in the rest. */
    private static final double[] THINGS = {.12, .40, .70, 1};

    private static final double THEME_COLOUR = .35;
    private static final double THEME_SHAPE = .35;
    private static final double ADOPTED = .6;

    /** A colour with a shape. */
    record Pair(Colour colour, Shape shape) {}

    static final List<Pair> HELD_OUT = pairs(true);
    static final List<Pair> SEEN = pairs(false);

    private Scenes() {}

    private static List<Pair> pairs(boolean heldOut) {
        return Colour.ALL.stream()
                .flatMap(colour -> Shape.ALL.stream().map(shape -> new Pair(colour, shape)))
                .filter(pair -> isHeldOut(pair.colour, pair.shape) == heldOut)
                .toList();
    }

    /** Whether training never shows or names this pair: each colour is kept from one shape. */
    public static boolean isHeldOut(Colour colour, Shape shape) {
        return shape.ordinal() == colour.ordinal() % Shape.ALL.size();
    }

    /** A scene as training and validation have them. */
    public static Scene draw(RandomGenerator random) {
        return draw(random, false);
    }

    /** A scene with at least one thing of a pair that is held out. */
    public static Scene drawOutOfDomain(RandomGenerator random) {
        return draw(random, true);
    }

    private static Scene draw(RandomGenerator random, boolean outOfDomain) {
        int count = count(random);
        List<Integer> cells = new ArrayList<>(
                IntStream.range(0, Scene.CELLS * Scene.CELLS).boxed().toList());
        Chance.shuffle(random, cells);
        double theme = Chance.unit(random);
        Colour colour = theme < THEME_COLOUR ? Chance.choice(random, Colour.ALL) : null;
        Shape shape = colour == null && theme < THEME_COLOUR + THEME_SHAPE ? Chance.choice(random, Shape.ALL) : null;
        List<Pair> used = new ArrayList<>();
        List<Thing> things = new ArrayList<>();
        while (things.size() < count) {
            boolean strange = outOfDomain && things.isEmpty();
            Pair pair = strange
                    ? Chance.choice(random, HELD_OUT)
                    : themed(random, Chance.choice(random, SEEN), colour, shape);
            if (!used.contains(pair) && (strange || !isHeldOut(pair.colour, pair.shape))) {
                used.add(pair);
                things.add(thing(random, pair, cells.get(things.size())));
            }
        }
        return new Scene(things);
    }

    private static int count(RandomGenerator random) {
        double at = Chance.unit(random);
        int index = 0;
        while (at >= THINGS[index]) {
            index++;
        }
        return index + 1;
    }

    private static Pair themed(RandomGenerator random, Pair pair, @Nullable Colour colour, @Nullable Shape shape) {
        if ((colour == null && shape == null) || !Chance.happens(random, ADOPTED)) {
            return pair;
        }
        return new Pair(Objects.requireNonNullElse(colour, pair.colour), Objects.requireNonNullElse(shape, pair.shape));
    }

    private static Thing thing(RandomGenerator random, Pair pair, int cell) {
        Size size = Chance.choice(random, Size.ALL);
        return new Thing(
                pair.colour,
                pair.shape,
                size,
                cell / Scene.CELLS,
                cell % Scene.CELLS,
                jitter(random, size),
                jitter(random, size));
    }

    private static int jitter(RandomGenerator random, Size size) {
        return Chance.below(random, 2 * size.jitter + 1) - size.jitter;
    }
}
