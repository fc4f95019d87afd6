package org.jocular.train.world;

import java.util.List;
import org.jocular.train.world.Scene.Thing;

/** What one thing may be to another; positions are cells of the grid, not pixels. */
public enum Relation {
    LEFT_OF("left of") {
        @Override
        boolean holds(Thing a, Thing b) {
            return a.column() < b.column();
        }
    },
    RIGHT_OF("right of") {
        @Override
        boolean holds(Thing a, Thing b) {
            return a.column() > b.column();
        }
    },
    ABOVE("above") {
        @Override
        boolean holds(Thing a, Thing b) {
            return a.row() < b.row();
        }
    },
    BELOW("below") {
        @Override
        boolean holds(Thing a, Thing b) {
            return a.row() > b.row();
        }
    },
    SAME_ROW("in the same row as") {
        @Override
        boolean holds(Thing a, Thing b) {
            return a.row() == b.row();
        }
    },
    LARGER("larger than") {
        @Override
        boolean holds(Thing a, Thing b) {
            return a.size().compareTo(b.size()) > 0;
        }
    };

    /** The four that only ask where things are to each other. */
    static final List<Relation> DIRECTIONS = List.of(LEFT_OF, RIGHT_OF, ABOVE, BELOW);

    private final String words;

    Relation(String words) {
        this.words = words;
    }

    abstract boolean holds(Thing a, Thing b);

    /** What must hold for this to hold in the mirrored picture. */
    Relation mirrored() {
        return switch (this) {
            case LEFT_OF -> RIGHT_OF;
            case RIGHT_OF -> LEFT_OF;
            default -> this;
        };
    }

    /** As texts say it between the two things. */
    public String words() {
        return words;
    }
}
