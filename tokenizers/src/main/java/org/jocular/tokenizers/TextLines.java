package org.jocular.tokenizers;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Lines of a vocabulary or a list of merges. */
final class TextLines {
    private TextLines() {}

    /** @throws IllegalArgumentException if the file cannot be read, is empty or not UTF-8 */
    static List<String> read(Path file) {
        byte[] bytes = Tokenizers.readBytes(file);
        if (bytes.length == 0) {
            throw new IllegalArgumentException(file + ": the file is empty");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(buffer)
                    .toString()
                    .lines()
                    .toList();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": not UTF-8 behind byte " + buffer.position(), e);
        }
    }
}
