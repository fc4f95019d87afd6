package org.jocular.train.world;

import java.util.List;
import java.util.Locale;

/** Sizes of things, in pixels of a 48x48 picture. */
public enum Size {
    SMALL(4.0, 3),
    LARGE(6.6, 1);

    public static final List<Size> ALL = List.of(values());

    final double radius;
    /** How far a thing may be off its cell's centre, along each axis. */
    final int jitter;

    private final String word = name().toLowerCase(Locale.ROOT);

    Size(double radius, int jitter) {
        this.radius = radius;
        this.jitter = jitter;
    }

    /** As texts call it. */
    public String word() {
        return word;
    }
}
