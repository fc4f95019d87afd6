package org.jocular.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The small JSON files beside a model's weights. */
public final class JsonFile {
    /** The largest index on the hub has a few megabytes; anything far beyond is no settings file. */
    private static final long MAX_BYTES = 256L << 20;

    // Python's json module writes NaN and Infinity as bare words.
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private JsonFile() {}

    /**
     * The object that the file holds.
     *
     * @throws BadInput if it cannot be read, is not JSON, or is no object
     */
    public static Fields read(Path file) {
        JsonNode root;
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw Bad.file(file, "has %d bytes, expected at most %d of JSON".formatted(size, MAX_BYTES));
            }
            root = MAPPER.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw Bad.io(file, "read", e);
        } catch (JacksonException e) {
            throw Bad.file(file, "is not valid JSON: " + Bad.shorten(String.valueOf(e.getOriginalMessage())), e);
        }
        if (!root.isObject()) {
            throw Bad.file(file, "holds %s, expected a JSON object".formatted(Fields.describe(root)));
        }
        return new Fields(file, "", root);
    }
}
