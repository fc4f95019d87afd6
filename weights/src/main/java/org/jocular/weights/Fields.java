package org.jocular.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One JSON object of a settings file, read by type. Fields nobody asks for are ignored, and {@code null} counts as absent, as in
 * transformers; what is asked for must be there and make sense, or the error names the file and the field's full path.
 */
public final class Fields {
    /** No size in a model's settings comes near; it keeps products of two of them within a {@code long}. */
    private static final int MAX_SIZE = 1 << 28;

    private final Path file;
    private final String path;
    private final JsonNode node;

    Fields(Path file, String path, JsonNode node) {
        this.file = file;
        this.path = path;
        this.node = node;
    }

    /** The file that was read. */
    public Path file() {
        return file;
    }

    /** A copy of the object as it stands in the file. */
    public JsonNode json() {
        return node.deepCopy();
    }

    /** Names of all fields, in the order of the file. */
    public List<String> names() {
        return List.copyOf(node.propertyNames());
    }

    /** Whether there is such a field and it is not {@code null}. */
    public boolean has(String name) {
        return node.hasNonNull(name);
    }

    /** A whole number of at least 1. */
    public int positiveInt(String name) {
        return intBetween(name, 1, MAX_SIZE);
    }

    public int positiveInt(String name, int absent) {
        return has(name) ? positiveInt(name) : absent;
    }

    /** A whole number from {@code min} to {@code max}, both allowed. */
    public int intBetween(String name, int min, int max) {
        JsonNode value = required(name);
        return asInt(name, value, min, max);
    }

    public int intBetween(String name, int min, int max, int absent) {
        return has(name) ? intBetween(name, min, max) : absent;
    }

    /** A finite number. */
    public double number(String name) {
        return asNumber(name, required(name));
    }

    public double number(String name, double absent) {
        return has(name) ? number(name) : absent;
    }

    /** A finite number above 0. */
    public double positiveNumber(String name) {
        double number = number(name);
        if (number <= 0) {
            throw wrong(name, required(name), "a number above 0");
        }
        return number;
    }

    public double positiveNumber(String name, double absent) {
        return has(name) ? positiveNumber(name) : absent;
    }

    public boolean flag(String name) {
        JsonNode value = required(name);
        if (!value.isBoolean()) {
            throw wrong(name, value, "true or false");
        }
        return value.booleanValue();
    }

    public boolean flag(String name, boolean absent) {
        return has(name) ? flag(name) : absent;
    }

    public String text(String name) {
        return asText(name, required(name));
    }

    public String text(String name, String absent) {
        return has(name) ? text(name) : absent;
    }

    /** Text that is one of {@code allowed}. */
    public String oneOf(String name, List<String> allowed) {
        String text = text(name);
        if (!allowed.contains(text)) {
            throw wrong(name, required(name), "one of " + String.join(", ", allowed));
        }
        return text;
    }

    public String oneOf(String name, List<String> allowed, String absent) {
        return has(name) ? oneOf(name, allowed) : absent;
    }

    /** A list of texts; empty where the field is absent. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list(name)) {
            texts.add(asText(name, element));
        }
        return List.copyOf(texts);
    }

    /** A list of finite numbers; empty where the field is absent. */
    public double[] numbers(String name) {
        return list(name).stream()
                .mapToDouble(element -> asNumber(name, element))
                .toArray();
    }

    /** Token ids, written as a number or as a list; empty where the field is absent or −1, which some LLaMA configs write for none. */
    public int[] ids(String name) {
        if (!has(name)) {
            return new int[0];
        }
        JsonNode value = required(name);
        IntStream ids = value.isArray()
                ? value.valueStream().mapToInt(element -> asInt(name, element, -1, MAX_SIZE))
                : IntStream.of(asInt(name, value, -1, MAX_SIZE));
        return ids.filter(id -> id >= 0).toArray();
    }

    /** The token id under {@code name}, or null; for callers that need to know which of several files says it. */
    public @Nullable Integer idOrNull(String name) {
        int[] ids = ids(name);
        if (ids.length > 1) {
            throw wrong(name, required(name), "one token id");
        }
        return ids.length == 0 ? null : ids[0];
    }

    /** The object under {@code name}. */
    public Fields object(String name) {
        JsonNode value = required(name);
        if (!value.isObject()) {
            throw wrong(name, value, "an object");
        }
        return new Fields(file, path(name), value);
    }

    /** The object under {@code name}, or null. */
    public @Nullable Fields objectOrNull(String name) {
        return has(name) ? object(name) : null;
    }

    /** Whether the field is an object, for settings that may also be a plain number. */
    public boolean isObject(String name) {
        return has(name) && required(name).isObject();
    }

    /** Whether the field is text, for settings that may also be of another type. */
    public boolean isText(String name) {
        return has(name) && required(name).isString();
    }

    /** Refuses settings that contradict each other: {@code sentence} follows the file's name. */
    public void require(boolean holds, String sentence) {
        if (!holds) {
            throw bad(sentence);
        }
    }

    /** {@code sentence} follows the file's name and, inside an object, that object's path. */
    public BadInput bad(String sentence) {
        return Bad.file(file, path.isEmpty() ? sentence : "has a " + path + " that is not right: " + sentence);
    }

    /** What a value is, for messages. */
    static String describe(JsonNode value) {
        return value.isObject()
                ? "an object"
                : value.isArray() ? "a list" : value.isMissingNode() ? "nothing" : Bad.shorten(value.toString());
    }

    private String path(String name) {
        String shown = Bad.shorten(name);
        return path.isEmpty() ? shown : path + "." + shown;
    }

    private JsonNode required(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            throw Bad.file(file, "lacks " + path(name));
        }
        return value;
    }

    private List<JsonNode> list(String name) {
        if (!has(name)) {
            return List.of();
        }
        JsonNode value = required(name);
        if (!value.isArray()) {
            throw wrong(name, value, "a list");
        }
        return value.valueStream().toList();
    }

    private int asInt(String name, JsonNode value, int min, int max) {
        boolean fits = value.isIntegralNumber()
                && value.canConvertToInt()
                && value.intValue() >= min
                && value.intValue() <= max;
        if (!fits) {
            throw wrong(name, value, "a whole number from %d to %d".formatted(min, max));
        }
        return value.intValue();
    }

    private double asNumber(String name, JsonNode value) {
        double number = value.isNumber() ? value.numberValue().doubleValue() : Double.NaN;
        if (!Double.isFinite(number)) {
            throw wrong(name, value, "a number");
        }
        return number;
    }

    private String asText(String name, JsonNode value) {
        if (!value.isString()) {
            throw wrong(name, value, "text");
        }
        return value.stringValue();
    }

    private BadInput wrong(String name, JsonNode value, String expected) {
        return Bad.file(file, "has %s = %s, expected %s".formatted(path(name), describe(value), expected));
    }
}
