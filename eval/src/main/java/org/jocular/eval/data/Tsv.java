package org.jocular.eval.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tables as pandas writes them and VLMEvalKit publishes them: columns with tabs between, their names in the first line, quotes around what
 * has a tab, a quote or a line end in it, and those quotes doubled. All cells are texts; an empty one is none, as pandas reads it.
 */
public final class Tsv {
    private final Path file;
    private final BufferedReader reader;
    private final StringBuilder cell = new StringBuilder();
    private int line = 1;

    private Tsv(Path file, BufferedReader reader) {
        this.file = file;
        this.reader = reader;
    }

    /** Every row of the table below its head. */
    public static void rows(Path file, Consumer<Row> each) {
        DataFile.requireFile(file);
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            new Tsv(file, reader).read(each);
        } catch (CharacterCodingException e) {
            throw new BadInput(file + " is not UTF-8", e);
        } catch (IOException e) {
            throw DataFile.unreadable(file, e);
        }
    }

    private void read(Consumer<Row> each) throws IOException {
        List<String> names = cells();
        if (names == null) {
            throw new BadInput(file + " is empty");
        }
        int begin = line;
        for (List<String> cells = cells(); cells != null; cells = cells()) {
            String place = "line " + begin;
            begin = line;
            if (cells.equals(List.of(""))) {
                continue;
            }
            if (cells.size() != names.size()) {
                throw Row.bad(
                        file,
                        place,
                        "has %d columns, expected %d as the first line has".formatted(cells.size(), names.size()));
            }
            ObjectNode row = JsonNodeFactory.instance.objectNode();
            for (int i = 0; i < cells.size(); i++) {
                if (!cells.get(i).isEmpty()) {
                    row.put(names.get(i), cells.get(i));
                }
            }
            each.accept(new Row(file, place, row));
        }
    }

    /** The cells up to the next line end that is not in quotes, or null at the end of the file. */
    private @Nullable List<String> cells() throws IOException {
        int c = read();
        if (c < 0) {
            return null;
        }
        List<String> cells = new ArrayList<>();
        while (true) {
            cell.setLength(0);
            if (c == '"') {
                c = quoted();
            }
            while (c >= 0 && c != '\t' && c != '\n') {
                cell.append((char) c);
                c = read();
            }
            boolean last = c != '\t';
            if (last && !cell.isEmpty() && cell.charAt(cell.length() - 1) == '\r') {
                cell.setLength(cell.length() - 1);
            }
            cells.add(cell.toString());
            if (last) {
                return cells;
            }
            c = read();
        }
    }

    /** Reads on behind a quote, and gives what stands behind the one that closes it. */
    private int quoted() throws IOException {
        int begin = line;
        while (true) {
            int c = read();
            if (c < 0) {
                throw Row.bad(file, "line " + begin, "has a quote that is never closed");
            }
            if (c == '"') {
                c = read();
                if (c != '"') {
                    return c;
                }
            }
            cell.append((char) c);
        }
    }

    private int read() throws IOException {
        int c = reader.read();
        if (c == '\n') {
            line++;
        }
        return c;
    }
}
