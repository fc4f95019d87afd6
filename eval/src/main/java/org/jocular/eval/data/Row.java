package org.jocular.eval.data;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One JSON object or row of a data file, read field by field; whatever is not right is told with its file, its place there, and the field. */
public final class Row {
    private static final int LONGEST_QUOTE = 80;

    private final Path file;
    private final String place;
    private final JsonNode node;

    /** @param place where in the file, for messages: {@code line 7} */
    public Row(Path file, String place, JsonNode node) {
        this.file = file;
        this.place = place;
        this.node = node;
        if (!node.isObject()) {
            throw bad("is %s, expected a JSON object".formatted(describe(node)));
        }
    }

    /** The object as it stands in the file. */
    public JsonNode node() {
        return node;
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

    @Nullable
    public String textOrNull(String name) {
        return has(name) ? text(name) : null;
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
        JsonNode value = required(name);
        boolean fits = value.isIntegralNumber()
                && value.canConvertToInt()
                && value.intValue() >= min
                && value.intValue() <= max;
        if (!fits) {
            throw wrong(name, "a whole number from %d to %d".formatted(min, max));
        }
        return value.intValue();
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

    public List<String> texts(String name) {
        List<JsonNode> values = list(name);
        if (!values.stream().allMatch(JsonNode::isString)) {
            throw wrong(name, "a list of texts");
        }
        return values.stream().map(JsonNode::stringValue).toList();
    }

    /** A list of finite numbers. */
    public List<Double> numbers(String name) {
        return numbers(name, "a list of numbers");
    }

    /** The two numbers of a list. */
    public double[] pair(String name) {
        String expected = "a list of two numbers";
        List<Double> values = numbers(name, expected);
        if (values.size() != 2) {
            throw wrong(name, expected);
        }
        return new double[] {values.get(0), values.get(1)};
    }

    private List<Double> numbers(String name, String expected) {
        List<JsonNode> values = list(name);
        if (!values.stream().allMatch(JsonNode::isNumber)) {
            throw wrong(name, expected);
        }
        List<Double> numbers =
                values.stream().map(value -> value.numberValue().doubleValue()).toList();
        if (!numbers.stream().allMatch(Double::isFinite)) {
            throw wrong(name, expected);
        }
        return numbers;
    }

    /** Bytes: as they stand in a table, or as text in Base64. */
    public byte[] bytes(String name) {
        JsonNode value = required(name);
        try {
            if (value.isBinary()) {
                return value.binaryValue();
            }
            if (value.isString()) {
                return Base64.getDecoder().decode(value.stringValue());
            }
        } catch (IllegalArgumentException e) {
            throw wrong(name, "bytes in Base64");
        }
        throw wrong(name, "bytes");
    }

    public Row object(String name) {
        return new Row(file, place + ", " + name, required(name));
    }

    public List<Row> objects(String name) {
        List<JsonNode> values = list(name);
        return IntStream.range(0, values.size())
                .mapToObj(i -> new Row(file, "%s, %s[%d]".formatted(place, name, i), values.get(i)))
                .toList();
    }

    /** @param what continues the sentence that file and place begin: {@code answers question 4 a second time} */
    public BadInput bad(String what) {
        return bad(file, place, what);
    }

    public static BadInput bad(Path file, String place, String what) {
        return new BadInput("%s, %s, %s".formatted(file, place, what));
    }

    /** Text from a file in quotes, on one line and shortened. */
    public static String quote(String text) {
        String shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return '"' + shown.replaceAll("\\p{Cntrl}", " ") + '"';
    }

    public BadInput wrong(String name, String expected) {
        return bad("has %s = %s, expected %s".formatted(name, describe(required(name)), expected));
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

    private static String describe(JsonNode value) {
        if (value.isBinary()) {
            return "bytes";
        }
        return value.isString()
                ? quote(value.stringValue())
                : value.isContainer() && value.size() > 4
                        ? value.getNodeType().name().toLowerCase(Locale.ROOT) + " of " + value.size()
                        : value.toString();
    }
}
