package org.jocular.train.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jocular.tensor.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON files of any size, one entry at a time: as a tree, LLaVA's gigabyte would need several. */
public final class JsonEntries {
    // Python's json module writes NaN and Infinity as bare words.
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private JsonEntries() {}

    /** The object that is the whole of a small file. */
    public static Entry whole(Path file) {
        JsonNode[] root = new JsonNode[1];
        stream(file, parser -> root[0] = parser.readValueAsTree());
        return new Entry(file, "", root[0]);
    }

    /** Every element of the list that is the whole file. */
    public static void list(Path file, Consumer<Entry> each) {
        stream(file, parser -> elements(file, parser, "", each));
    }

    /** Every element of the lists under some fields of the object that the file holds; other fields are not looked at. */
    public static void lists(Path file, Map<String, Consumer<Entry>> fields) {
        Set<String> missing = new HashSet<>(fields.keySet());
        stream(file, parser -> {
            expect(file, parser, JsonToken.START_OBJECT, "a JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                Consumer<Entry> each = fields.get(name);
                parser.nextToken();
                if (each == null) {
                    parser.skipChildren();
                } else {
                    missing.remove(name);
                    elements(file, parser, name, each);
                }
            }
        });
        if (!missing.isEmpty()) {
            throw new BadInput("%s lacks %s"
                    .formatted(file, missing.stream().sorted().findFirst().orElseThrow()));
        }
    }

    /** Every field of the object that is the whole file: an identifier and an object. */
    public static void fields(Path file, BiConsumer<String, Entry> each) {
        stream(file, parser -> {
            expect(file, parser, JsonToken.START_OBJECT, "a JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                JsonNode value = parser.readValueAsTree();
                each.accept(name, new Entry(file, "entry " + Entry.quote(name), value));
            }
        });
    }

    /** Every line of a file of JSON lines; empty lines are passed over. */
    public static void lines(Path file, Consumer<Entry> each) {
        requireFile(file);
        int number = 0;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    each.accept(new Entry(file, "line " + number, parse(file, number, line)));
                }
            }
        } catch (CharacterCodingException e) {
            throw new BadInput("%s, line %d or soon after, is not UTF-8".formatted(file, number + 1), e);
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static void elements(Path file, JsonParser parser, String field, Consumer<Entry> each) {
        expect(file, parser, JsonToken.START_ARRAY, field.isEmpty() ? "a JSON list" : "a list as " + field);
        int number = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String place = field.isEmpty() ? "entry " + number : "%s[%d]".formatted(field, number);
            number++;
            JsonNode value = parser.readValueAsTree();
            each.accept(new Entry(file, place, value));
        }
    }

    /** Calls {@code read} with a parser that stands on the first token. */
    private static void stream(Path file, Consumer<JsonParser> read) {
        requireFile(file);
        try (JsonParser parser = MAPPER.createParser(file)) {
            if (parser.nextToken() == null) {
                throw new BadInput(file + " is empty");
            }
            read.accept(parser);
        } catch (JacksonException e) {
            throw notJson(file, e.getLocation() == null ? 1 : e.getLocation().getLineNr(), e);
        }
    }

    private static JsonNode parse(Path file, int number, String line) {
        try {
            return MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw notJson(file, number, e);
        }
    }

    private static void expect(Path file, JsonParser parser, JsonToken token, String expected) {
        if (parser.currentToken() != token) {
            throw new BadInput("%s, line %d, has %s, expected %s"
                    .formatted(file, parser.currentTokenLocation().getLineNr(), parser.currentToken(), expected));
        }
    }

    private static BadInput notJson(Path file, int line, JacksonException e) {
        String reason = String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " ");
        return new BadInput("%s, line %d, is not valid JSON: %s".formatted(file, line, reason), e);
    }

    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInput(file + " cannot be read: " + (Files.exists(file) ? "it is a folder" : "there is none"));
        }
    }
}
