package org.jocular.tokenizers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A value in a JSON file that knows where it stands, so that what is wrong with it can be told in one sentence. A value
 * that is not there and {@code null} are the same, as in Python's {@code dict.get}.
 *
 * @param path as in {@code normalizer.normalizers[2]}; empty for the whole file
 */
record JsonPart(Path file, String path, JsonNode node) {
    /** An id beyond this is taken for a broken file, not for a reason to reserve memory. */
    static final int MAX_ID = 1 << 24;

    private static final int SHOWN = 60;
    private static final JsonMapper JSON = new JsonMapper();

    /** @throws IllegalArgumentException if the file is not a JSON object */
    static JsonPart read(Path file) {
        try {
            JsonNode node = JSON.readTree(Tokenizers.readBytes(file));
            if (node.isObject()) {
                return new JsonPart(file, "", node);
            }
            throw new IllegalArgumentException(file + ": expected a JSON object, found " + node.getNodeType());
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + ": not JSON: " + oneLine(e.getOriginalMessage()), e);
        }
    }

    /** An empty object where there is no such file. */
    static JsonPart readIfThere(Path file) {
        return Files.exists(file) ? read(file) : new JsonPart(file, "", JSON.createObjectNode());
    }

    JsonPart at(String field) {
        return new JsonPart(file, path.isEmpty() ? field : path + "." + field, node.path(field));
    }

    JsonPart at(int index) {
        return new JsonPart(file, path + "[" + index + "]", node.path(index));
    }

    boolean isThere() {
        return !node.isMissingNode() && !node.isNull();
    }

    /** The {@code type} by which tokenizer.json tells its components apart; empty where there is none. */
    String type() {
        return isThere() ? at("type").string("") : "";
    }

    /** Elements of an array; none where it is not there. */
    List<JsonPart> items() {
        if (!isThere()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw expected("an array");
        }
        List<JsonPart> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(at(i));
        }
        return items;
    }

    /** Fields of an object in the order of the file; none where it is not there. */
    List<Map.Entry<String, JsonPart>> fields() {
        if (!isThere()) {
            return List.of();
        }
        if (!node.isObject()) {
            throw expected("an object");
        }
        List<Map.Entry<String, JsonPart>> fields = new ArrayList<>(node.size());
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            fields.add(Map.entry(entry.getKey(), at(entry.getKey())));
        }
        return fields;
    }

    String string() {
        if (!node.isString()) {
            throw expected("a string");
        }
        return node.asString();
    }

    String string(String byDefault) {
        return isThere() ? string() : byDefault;
    }

    boolean flag(boolean byDefault) {
        if (isThere() && !node.isBoolean()) {
            throw expected("true or false");
        }
        return isThere() ? node.booleanValue() : byDefault;
    }

    int number(int least, int most) {
        if (!node.isInt() || node.intValue() < least || node.intValue() > most) {
            throw expected("a whole number from " + least + " to " + most);
        }
        return node.intValue();
    }

    int id() {
        return number(0, MAX_ID);
    }

    /** Pieces with their ids, as in {@code vocab.json}; ids may leave holes, but no two pieces share one. */
    Map<String, Integer> vocabulary() {
        Map<String, Integer> vocabulary = new HashMap<>();
        Map<Integer, String> byId = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String piece = entry.getKey();
            int id = entry.getValue().isInt() ? entry.getValue().intValue() : -1;
            if (id < 0 || id > MAX_ID) {
                throw at(piece).expected("an id from 0 to " + MAX_ID);
            }
            String other = byId.put(id, piece);
            if (other != null) {
                throw at(piece).expected("an id of its own, not that of '" + shortened(other) + "'");
            }
            vocabulary.put(piece, id);
        }
        if (vocabulary.isEmpty()) {
            throw expected("an object with pieces and their ids");
        }
        return vocabulary;
    }

    /** To be thrown: says what stands here and what should. */
    IllegalArgumentException expected(String what) {
        return expected(what, null);
    }

    IllegalArgumentException expected(String what, @Nullable Exception cause) {
        String found = isThere() ? shortened(node.toString()) : node.isNull() ? "null" : "not there";
        String where = path.isEmpty() ? "" : shortened(path) + " is ";
        return new IllegalArgumentException(file + ": " + where + found + ", expected " + what, cause);
    }

    /** On one line, for a message. */
    static String shortened(String text) {
        String line = oneLine(text);
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
