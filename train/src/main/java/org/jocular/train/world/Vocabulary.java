package org.jocular.train.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The words of the world, and how its texts are cut into them. */
public final class Vocabulary {
    /** All words, in the order of their ids. */
    public static final List<String> WORDS = Stream.of(
                    Colour.ALL.stream().map(Colour::word),
                    Shape.ALL.stream().map(Shape::word),
                    Shape.ALL.stream().map(Shape::plural),
                    Size.ALL.stream().map(Size::word),
                    Stream.of("top", "middle", "bottom", "left", "center", "right"),
                    Phrases.numbers().stream(),
                    Stream.of("(a)", "(b)", "(c)", ".", ",", ":"),
                    Stream.of("a", "an", "the", "is", "are", "there", "of", "in", "at", "and"),
                    Stream.of("above", "below", "same", "row", "column", "as", "larger", "than"),
                    Stream.of("object", "objects", "picture", "what", "which", "where", "how", "many"),
                    Stream.of("color", "shape", "size", "true", "false", "yes", "no"),
                    Stream.of("leftmost", "rightmost", "highest", "lowest"),
                    Stream.of("more", "if", "was", "mirrored", "would", "be", "removed", "remain"),
                    Stream.of("describe", "briefly", "detail", "about"))
            .flatMap(words -> words)
            .toList();

    private static final String ALONE = ".,:";

    private Vocabulary() {}

    /** A text's words: in lower case, without question marks, full stops, commas and colons as words of their own. */
    public static List<String> words(String text) {
        StringBuilder spaced = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (ALONE.indexOf(c) >= 0) {
                spaced.append(' ').append(c).append(' ');
            } else if (c != '?') {
                spaced.append(c);
            }
        }
        List<String> words = new ArrayList<>();
        for (String word : spaced.toString().toLowerCase(Locale.ROOT).split("\\s+", -1)) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    /** How many words a text has, without making them. */
    static int count(String text) {
        int count = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean alone = ALONE.indexOf(c) >= 0;
            boolean letter = !alone && c != '?' && !Character.isWhitespace(c);
            count += alone || (letter && !inside) ? 1 : 0;
            // A question mark vanishes and parts nothing.
            inside = letter || (inside && c == '?');
        }
        return count;
    }
}
