package org.jocular.train.data;

/** Numbered lessons. */
public interface Source {
    /** How many. */
    int size();

    /**
     * A lesson as one visit sees it.
     *
     * @param index from 0 to below {@link #size}
     * @param visit from which everything left to chance is to be made, with {@link Draw}; another one at each visit
     */
    Lesson lesson(int index, long visit);
}
