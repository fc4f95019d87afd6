package org.jocular.weights;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;

/** Sentences about a file: its path, then what is wrong with it, always on one line whatever the file holds. */
final class Bad {
    private static final int LONGEST_QUOTE = 120;

    private Bad() {}

    /** @param what continues the sentence that the path begins: {@code has no header} */
    static BadInput file(Path file, String what) {
        return new BadInput(oneLine(file + " " + what));
    }

    static BadInput file(Path file, String what, Throwable cause) {
        return new BadInput(oneLine(file + " " + what), cause);
    }

    /** A sentence about something else than a file. */
    static BadInput sentence(String sentence) {
        return new BadInput(oneLine(sentence));
    }

    /** @param deed {@code read} or {@code written} */
    static BadInput io(Path file, String deed, IOException e) {
        String reason = e instanceof NoSuchFileException
                ? (deed.equals("read") ? "there is no such file" : "its folder is missing")
                : e instanceof AccessDeniedException ? "access is denied" : String.valueOf(e.getMessage());
        return file(file, "cannot be %s: %s".formatted(deed, reason), e);
    }

    /** Text from a file in quotes, shortened where it is long: a hostile file chooses its own names. */
    static String quote(String text) {
        return '"' + shorten(text) + '"';
    }

    static String shorten(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean breaks = type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE;
            if (breaks) {
                line.append("\\u%04x".formatted(c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return line.toString();
    }
}
