package org.jocular.train.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A JSON object, read field by field; whatever is not right is told with its file, its place there, and the field. */
public final class Entry {
    private static final int LONGEST_QUOTE = 80;

    private final Path file;
    private final String place;
    private final JsonNode node;

    /** @param place where in the file, for messages: {@code entry 7}; empty for the whole file */
    public Entry(Path file, String place, JsonNode node) {
        this.file = file;
        this.place = place;
        this.node = node;
        if (!node.isObject()) {
            throw bad("is %s, expected a JSON object".formatted(describe(node)));
        }
    }

    /** The same under another name for messages. */
    public Entry called(String name) {
        return new Entry(file, name, node);
    }

    /** The same with other fields where it has none of its own; one that is {@code null} here counts as its own. */
    public Entry over(Map<String, Object> others) {
        ObjectNode all = JsonMapper.shared().valueToTree(others);
        node.properties().forEach(field -> all.set(field.getKey(), field.getValue()));
        return new Entry(file, place, all);
    }

    /** Refuses fields that nobody would read. */
    public void only(List<String> known) {
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw bad(
                        "has an unknown field %s, expected one of %s".formatted(quote(name), String.join(", ", known)));
            }
        }
    }

    /** Whether there is such a field and it is not {@code null}. */
    public boolean has(String name) {
        return node.hasNonNull(name);
    }

    /** Names of all fields, in the order of the file. */
    public List<String> names() {
        return List.copyOf(node.propertyNames());
    }

    public String text(String name) {
        JsonNode value = required(name);
        if (!value.isString()) {
            throw wrong(name, "text");
        }
        return value.stringValue();
    }

    public @Nullable String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    public String text(String name, String absent) {
        return has(name) ? text(name) : absent;
    }

    /** Text that is one of {@code allowed}. */
    public String oneOf(String name, List<String> allowed) {
        String text = text(name);
        if (!allowed.contains(text)) {
            throw wrong(name, "one of " + String.join(", ", allowed));
        }
        return text;
    }

    public String oneOf(String name, List<String> allowed, String absent) {
        return has(name) ? oneOf(name, allowed) : absent;
    }

    /** An identifier: text, or a whole number as its decimal digits, since publishers write both. */
    public String id(String name) {
        JsonNode value = required(name);
        if (!value.isString() && !value.isIntegralNumber()) {
            throw wrong(name, "text or a whole number");
        }
        return value.asString();
    }

    /** A whole number from {@code min} to {@code max}, both allowed. */
    public int whole(String name, int min, int max) {
        return (int) whole(name, (long) min, max);
    }

    public int whole(String name, int min, int max, int absent) {
        return has(name) ? whole(name, min, max) : absent;
    }

    public long whole(String name, long min, long max) {
        JsonNode value = required(name);
        boolean fits = value.isIntegralNumber()
                && value.canConvertToLong()
                && value.longValue() >= min
                && value.longValue() <= max;
        if (!fits) {
            String limits = max == Integer.MAX_VALUE || max == Long.MAX_VALUE ? "from %d on".formatted(min) : null;
            throw wrong(name, "a whole number " + (limits == null ? "from %d to %d".formatted(min, max) : limits));
        }
        return value.longValue();
    }

    /** A finite number. */
    public double number(String name) {
        JsonNode value = required(name);
        double number = value.isNumber() ? value.numberValue().doubleValue() : Double.NaN;
        if (!Double.isFinite(number)) {
            throw wrong(name, "a number");
        }
        return number;
    }

    /** A finite number from {@code min} to {@code max}, both allowed. */
    public double between(String name, double min, double max) {
        double number = number(name);
        if (number < min || number > max) {
            throw wrong(
                    name,
                    max == Double.MAX_VALUE
                            ? "a number from %s on".formatted(shown(min))
                            : "a number from %s to %s".formatted(shown(min), shown(max)));
        }
        return number;
    }

    public double between(String name, double min, double max, double absent) {
        return has(name) ? between(name, min, max) : absent;
    }

    /** A finite number above 0. */
    public double positive(String name) {
        double number = number(name);
        if (number <= 0) {
            throw wrong(name, "a number above 0");
        }
        return number;
    }

    public boolean flag(String name, boolean absent) {
        if (!has(name)) {
            return absent;
        }
        JsonNode value = required(name);
        if (!value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.booleanValue();
    }

    /** A list of texts, or one text. */
    public List<String> textOrTexts(String name) {
        return required(name).isString() ? List.of(text(name)) : texts(name);
    }

    public List<String> texts(String name) {
        List<JsonNode> values = list(name);
        if (!values.stream().allMatch(JsonNode::isString)) {
            throw wrong(name, "a list of texts");
        }
        return values.stream().map(JsonNode::stringValue).toList();
    }

    /** A list of finite numbers. */
    public double[] numbers(String name) {
        List<JsonNode> values = list(name);
        if (!values.stream().allMatch(JsonNode::isNumber)) {
            throw wrong(name, "a list of numbers");
        }
        return values.stream()
                .mapToDouble(value -> value.numberValue().doubleValue())
                .toArray();
    }

    public Entry object(String name) {
        JsonNode value = required(name);
        if (!value.isObject()) {
            throw wrong(name, "an object");
        }
        return new Entry(file, inside(name), value);
    }

    public List<Entry> objects(String name) {
        List<JsonNode> values = list(name);
        return IntStream.range(0, values.size())
                .mapToObj(i -> new Entry(file, inside("%s[%d]".formatted(name, i)), values.get(i)))
                .toList();
    }

    /**
     * An error about this entry.
     *
     * @param what continues the sentence that file and place begin: {@code names no picture}
     */
    public BadInput bad(String what) {
        return place.isEmpty()
                ? new BadInput(file + " " + what)
                : new BadInput("%s, %s, %s".formatted(file, place, what));
    }

    public BadInput wrong(String name, String expected) {
        return bad("has %s = %s, expected %s".formatted(name, describe(required(name)), expected));
    }

    /** Text from a file in quotes, on one line and shortened. */
    static String quote(String text) {
        String shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return '"' + shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", " ") + '"';
    }

    private String inside(String name) {
        return place.isEmpty() ? name : place + ", " + name;
    }

    private JsonNode required(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            throw bad("lacks " + name);
        }
        return value;
    }

    private List<JsonNode> list(String name) {
        JsonNode value = required(name);
        if (!value.isArray()) {
            throw wrong(name, "a list");
        }
        return value.valueStream().toList();
    }

    private static String shown(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }

    private static String describe(JsonNode value) {
        if (value.isString()) {
            return quote(value.stringValue());
        }
        return value.isObject() ? "an object" : value.isArray() ? "a list of " + value.size() : value.toString();
    }
}
