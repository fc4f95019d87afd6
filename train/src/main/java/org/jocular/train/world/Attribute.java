package org.jocular.train.world;

import java.util.random.RandomGenerator;
import org.jocular.train.world.Scene.Thing;
import org.jspecify.annotations.Nullable;

/** What some things share, so that they can be counted: a colour, a shape, a size, or nothing but being there. */
record Attribute(
        @Nullable Colour colour,
        @Nullable Shape shape,
        @Nullable Size size) {
    static final Attribute ANY = new Attribute(null, null, null);

    /** @param elsewhere how probable it is that colour or shape are drawn from all, and not from those in the scene */
    static Attribute draw(Scene scene, RandomGenerator random, double elsewhere) {
        double which = Chance.unit(random);
        if (which < .8) {
            boolean here = !Chance.happens(random, elsewhere);
            Thing thing = Chance.choice(random, scene.things());
            return which < .4
                    ? new Attribute(here ? thing.colour() : Chance.choice(random, Colour.ALL), null, null)
                    : new Attribute(null, here ? thing.shape() : Chance.choice(random, Shape.ALL), null);
        }
        return new Attribute(null, null, Chance.choice(random, Size.ALL));
    }

    boolean of(Thing thing) {
        return (colour == null || colour == thing.colour())
                && (shape == null || shape == thing.shape())
                && (size == null || size == thing.size());
    }

    /** How many things in the scene have it. */
    int count(Scene scene) {
        return scene.count(this::of);
    }

    /** "red objects", "circles", "small objects", "objects" */
    String plural() {
        if (shape != null) {
            return shape.plural();
        }
        String which = colour != null ? colour.word() + " " : size != null ? size.word() + " " : "";
        return which + "objects";
    }
}
