package org.jocular.train.world;

import java.util.List;
import java.util.Locale;

/** Colours of things: red, green and blue in 0..1, before each thing's own small deviation. */
public enum Colour {
    RED(.9, .12, .12),
    GREEN(.1, .7, .15),
    BLUE(.15, .25, .95),
    YELLOW(.95, .9, .15),
    PURPLE(.6, .15, .75),
    ORANGE(1, .55, .05),
    CYAN(.1, .85, .9),
    WHITE(.97, .97, .97);

    public static final List<Colour> ALL = List.of(values());

    final double red;
    final double green;
    final double blue;
    private final String word = name().toLowerCase(Locale.ROOT);

    Colour(double red, double green, double blue) {
        this.red = red;
        this.green = green;
        this.blue = blue;
    }

    /** As texts call it. */
    public String word() {
        return word;
    }
}
