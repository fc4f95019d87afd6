package org.jocular.train.world;

import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * One to four things on a grid of 3 x 3 cells; no two of them share a cell, or both colour and shape.
 *
 * @param things in reading order
 */
public record Scene(List<Thing> things) {
    /** Cells along each side. */
    public static final int CELLS = 3;

    /**
     * A thing.
     *
     * @param row    of its cell, from 0 at the top
     * @param column of its cell, from 0 at the left
     * @param dx     how many pixels of a 48x48 picture it is to the right of the cell's centre
     * @param dy     how many it is below
     */
    public record Thing(Colour colour, Shape shape, Size size, int row, int column, int dx, int dy) {
        int cell() {
            return row * CELLS + column;
        }

        boolean is(Colour otherColour, Shape otherShape) {
            return colour == otherColour && shape == otherShape;
        }
    }

    public Scene {
        things = things.stream().sorted(Comparator.comparingInt(Thing::cell)).toList();
    }

    int count(Predicate<Thing> which) {
        int count = 0;
        for (Thing thing : things) {
            count += which.test(thing) ? 1 : 0;
        }
        return count;
    }

    /** Whether something in it is of that colour and shape. */
    boolean has(Colour colour, Shape shape) {
        return count(thing -> thing.is(colour, shape)) > 0;
    }

    /** Whether it is the only one of its colour. */
    boolean onlyOfColour(Thing thing) {
        return count(other -> other.colour() == thing.colour()) == 1;
    }

    /** Whether it is the only one of its shape. */
    boolean onlyOfShape(Thing thing) {
        return count(other -> other.shape() == thing.shape()) == 1;
    }
}
