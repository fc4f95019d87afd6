package org.jocular.train.world;

import java.util.List;
import java.util.Locale;

/** Kinds of questions. */
public enum Kind {
    COLOR,
    SHAPE,
    SIZE,
    WHERE,
    /** Only the row, or only the column. */
    LINE,
    /** What there is to say of a thing, in any order. */
    THING,
    EXISTENCE,
    COUNT,
    /** A statement about two things, true or false, as in VSR. */
    VSR,
    /** A statement of left and right alone: what is learned last. */
    SIDES,
    /** Three options, as in ScienceQA. */
    CHOICE,
    /** Needs more than looking: differences, comparisons, a mirrored picture, a thing taken away. */
    COMPLEX,
    /** Everything in the picture, in reading order. */
    DETAIL,
    /** A short description. */
    CAPTION;

    public static final List<Kind> ALL = List.of(values());

    /** Those that LLaVA's data call conversation: short questions about what is to be seen. */
    public static final List<Kind> CONVERSATION = List.of(COLOR, SHAPE, SIZE, WHERE, EXISTENCE, COUNT);

    private final String word = name().toLowerCase(Locale.ROOT);

    /** One word in lower case. */
    public String word() {
        return word;
    }
}
