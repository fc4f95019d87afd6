package org.jocular.eval.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jocular.tensor.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of benchmarks: JSON, JSON lines and plain text. JSON is read one record at a time, since the annotations of VQAv2 or GQA
 * would need a gigabyte as a tree.
 */
public final class DataFile {
    // Python's json module writes NaN and Infinity as bare words.
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    // Enough for vsr/data/splits/zeroshot/test.jsonl, a cloned repository below the root.
    private static final int MAX_DEPTH = 5;

    private DataFile() {}

    /** The first of {@code names} that {@code dir} or a folder below it holds: publishers' archives unpack to folders of many names. */
    public static Path find(Path dir, String... names) {
        for (String name : names) {
            List<Path> found = below(dir, name::equals);
            if (!found.isEmpty()) {
                return found.getFirst();
            }
        }
        throw new BadInput("%s holds no %s".formatted(dir, String.join(" and no ", names)));
    }

    /** Files and folders of such a name in {@code dir} and not far below it, the least deep first, then by path. */
    public static List<Path> below(Path dir, Predicate<String> name) {
        return walk(dir, (path, attributes) -> name.test(path.getFileName().toString()));
    }

    /** All folders not far below {@code dir}, the least deep first, then by path. */
    public static List<Path> folders(Path dir) {
        return walk(dir, (path, attributes) -> attributes.isDirectory());
    }

    private static List<Path> walk(Path dir, BiPredicate<Path, BasicFileAttributes> wanted) {
        if (!Files.isDirectory(dir)) {
            throw new BadInput("%s is no folder".formatted(dir));
        }
        List<Path> found = new ArrayList<>();
        FileVisitor<Path> visitor = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return visitFile(folder, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!file.equals(dir) && wanted.test(file, attributes)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            // What cannot be looked into, such as a link that leads back up, holds nothing.
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        };
        try {
            Files.walkFileTree(dir, Set.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, visitor);
        } catch (IOException e) {
            throw new BadInput("%s cannot be searched: %s".formatted(dir, e.getMessage()), e);
        }
        found.sort(Comparator.comparingInt(Path::getNameCount).thenComparing(Comparator.naturalOrder()));
        return found;
    }

    /** Is given a line without its end, and its number, from 1 on. */
    @FunctionalInterface
    public interface LineReader {
        void line(int number, String line);
    }

    /** Every line of a text file, one after the other. */
    public static void lines(Path file, LineReader each) {
        int number = 0;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                each.line(++number, line);
            }
        } catch (CharacterCodingException e) {
            throw new BadInput("%s, line %d or soon after, is not UTF-8".formatted(file, number + 1), e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** The lines of a text file, without their ends. */
    public static List<String> lines(Path file) {
        List<String> lines = new ArrayList<>();
        lines(file, (number, line) -> lines.add(line));
        return lines;
    }

    /** Every line of a file of JSON lines; empty lines are passed over. */
    public static void jsonLines(Path file, Consumer<Row> each) {
        lines(file, (number, line) -> {
            if (!line.isBlank()) {
                each.accept(row(file, number, line));
            }
        });
    }

    /** One line of a file of JSON lines. */
    public static Row row(Path file, int number, String line) {
        return new Row(file, "line " + number, parse(file, number, line));
    }

    /** Every element of the list that is the whole file. */
    public static void jsonList(Path file, Consumer<Row> each) {
        stream(file, parser -> elements(file, parser, "", each));
    }

    /** Every element of the list under {@code field} of the object that the file holds; other fields are not looked at. */
    public static void jsonList(Path file, String field, Consumer<Row> each) {
        boolean[] found = {false};
        stream(file, parser -> {
            expect(file, parser, JsonToken.START_OBJECT, "a JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean wanted = parser.currentName().equals(field);
                parser.nextToken();
                if (wanted) {
                    found[0] = true;
                    elements(file, parser, field, each);
                } else {
                    parser.skipChildren();
                }
            }
        });
        if (!found[0]) {
            throw new BadInput("%s lacks %s".formatted(file, field));
        }
    }

    /** Every field of the object that is the whole file: an identifier and an object. */
    public static void jsonObject(Path file, BiConsumer<String, Row> each) {
        stream(file, parser -> {
            expect(file, parser, JsonToken.START_OBJECT, "a JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                String place = "%s in line %d".formatted(Row.quote(name), line(parser));
                JsonNode value = parser.readValueAsTree();
                each.accept(name, new Row(file, place, value));
            }
        });
    }

    /**
     * The first JSON value of the file, which is the whole of a JSON file and the first line of a file of JSON lines: tells them apart
     * where publishers' file names do not.
     */
    public static JsonNode first(Path file) {
        List<JsonNode> first = new ArrayList<>();
        stream(file, parser -> first.add(parser.readValueAsTree()));
        return first.getFirst();
    }

    /** Whether the file's first character is a bracket, so that it is one JSON list. */
    public static boolean isList(Path file) {
        boolean[] list = {false};
        stream(file, parser -> list[0] = parser.currentToken() == JsonToken.START_ARRAY);
        return list[0];
    }

    private static void elements(Path file, JsonParser parser, String field, Consumer<Row> each) {
        expect(file, parser, JsonToken.START_ARRAY, field.isEmpty() ? "a JSON list" : "a list as " + field);
        int i = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String place = "%s[%d] in line %d".formatted(field, i++, line(parser));
            JsonNode value = parser.readValueAsTree();
            each.accept(new Row(file, place, value));
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
            throw Row.bad(
                    file, "line " + line(parser), "has %s, expected %s".formatted(parser.currentToken(), expected));
        }
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static BadInput notJson(Path file, int line, JacksonException e) {
        String reason = String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " ");
        return new BadInput("%s, line %d, is not valid JSON: %s".formatted(file, line, reason), e);
    }

    static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInput(file + " cannot be read: " + (Files.exists(file) ? "it is a folder" : "there is none"));
        }
    }

    static BadInput unreadable(Path file, IOException e) {
        String reason = Files.isDirectory(file)
                ? "it is a folder"
                : Files.exists(file) ? String.valueOf(e.getMessage()) : "there is none";
        return new BadInput("%s cannot be read: %s".formatted(file, reason), e);
    }
}
