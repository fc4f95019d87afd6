package org.jocular.train.world;

import java.util.List;
import java.util.Locale;

/** Shapes of things, as inequalities: what a rasteriser makes of a curve differs between platforms, what these say does not. */
public enum Shape {
    CIRCLE("circles") {
        @Override
        boolean covers(double x, double y, double r) {
            return x * x + y * y <= r * r;
        }
    },
    SQUARE("squares") {
        @Override
        boolean covers(double x, double y, double r) {
            return Math.max(Math.abs(x), Math.abs(y)) <= .88 * r;
        }
    },
    TRIANGLE("triangles") {
        @Override
        boolean covers(double x, double y, double r) {
            return y <= .8 * r && y >= -.95 * r + 1.8 * Math.abs(x);
        }
    },
    CROSS("crosses") {
        @Override
        boolean covers(double x, double y, double r) {
            double far = Math.max(Math.abs(x), Math.abs(y));
            double near = Math.min(Math.abs(x), Math.abs(y));
            return far <= r && near <= .3 * r;
        }
    },
    RING("rings") {
        @Override
        boolean covers(double x, double y, double r) {
            double squared = x * x + y * y;
            return squared <= r * r && squared >= .55 * r * (.55 * r);
        }
    },
    DIAMOND("diamonds") {
        @Override
        boolean covers(double x, double y, double r) {
            return Math.abs(x) + Math.abs(y) <= 1.1 * r;
        }
    };

    public static final List<Shape> ALL = List.of(values());

    private final String word = name().toLowerCase(Locale.ROOT);
    private final String plural;

    Shape(String plural) {
        this.plural = plural;
    }

    /** Whether a point belongs to the shape of this radius around (0, 0); y grows downwards. */
    abstract boolean covers(double x, double y, double r);

    /** As texts call one. */
    public String word() {
        return word;
    }

    /** As texts call several. */
    public String plural() {
        return plural;
    }
}
