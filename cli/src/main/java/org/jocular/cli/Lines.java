package org.jocular.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8, counted; what is not UTF-8 is an error that names its line instead of a character that nobody wrote. */
final class Lines {
    private final InputStream in;
    private int number;

    Lines(InputStream in) {
        this.in = in;
    }

    /** The number of the last line, from 1. */
    int number() {
        return number;
    }

    /** Whether more can be read without waiting: if not, whoever writes the lines may be waiting for an answer. */
    boolean isMoreThere() {
        try {
            return in.available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The next line without its end, or null after the last. */
    @Nullable
    String next() {
        try {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            number++;
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (; b >= 0 && b != '\n'; b = in.read()) {
                line.write(b);
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException e) {
            throw new BadInput("line %d of the standard input is not UTF-8".formatted(number), e);
        } catch (IOException e) {
            throw new BadInput("the standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
