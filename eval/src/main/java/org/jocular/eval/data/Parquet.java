package org.jocular.eval.data;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqStruct;
import dev.hardwood.row.StructAccessor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Parquet files, as Hugging Face's data sets are published: every row as the JSON object that it would be, pictures as {@code bytes} and
 * {@code path}.
 */
public final class Parquet {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Set<CompressionCodec> CODECS =
            EnumSet.of(CompressionCodec.UNCOMPRESSED, CompressionCodec.SNAPPY, CompressionCodec.GZIP);

    private Parquet() {}

    /** Every row of the files, one after the other; one group of rows, of which a file with pictures has a hundred, is held at a time. */
    public static void rows(List<Path> files, Consumer<Row> each) {
        files.forEach(file -> rows(file, each));
    }

    private static void rows(Path file, Consumer<Row> each) {
        DataFile.requireFile(file);
        try (ParquetFileReader parquet = ParquetFileReader.open(InputFile.of(file))) {
            long row = 0;
            for (RowGroup group : parquet.getFileMetaData().rowGroups()) {
                requireCodec(file, group);
                // A reader of the whole file would read 16,384 rows at once, pictures and all.
                try (RowReader rows =
                        parquet.buildRowReader().skip(row).head(group.numRows()).build()) {
                    for (ObjectNode node = next(file, rows); node != null; node = next(file, rows)) {
                        each.accept(new Row(file, "row " + ++row, node));
                    }
                }
            }
        } catch (BadInput e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw broken(file, e);
        }
    }

    private static void requireCodec(Path file, RowGroup group) {
        for (ColumnChunk column : group.columns()) {
            CompressionCodec codec = column.metaData().codec();
            if (!CODECS.contains(codec)) {
                throw new BadInput("%s is packed with %s, expected one of %s, which Java can unpack"
                        .formatted(file, codec, CODECS));
            }
        }
    }

    private static @Nullable ObjectNode next(Path file, RowReader rows) {
        try {
            if (!rows.hasNext()) {
                return null;
            }
            rows.next();
            return object(rows);
        } catch (RuntimeException e) {
            throw broken(file, e);
        }
    }

    private static ObjectNode object(StructAccessor struct) {
        ObjectNode object = JSON.objectNode();
        for (int i = 0; i < struct.getFieldCount(); i++) {
            object.set(struct.getFieldName(i), node(struct.isNull(i) ? null : struct.getValue(i)));
        }
        return object;
    }

    private static ArrayNode list(PqList list) {
        ArrayNode array = JSON.arrayNode();
        for (int i = 0; i < list.size(); i++) {
            array.add(node(list.get(i)));
        }
        return array;
    }

    private static JsonNode node(@Nullable Object value) {
        return switch (value) {
            case null -> JSON.nullNode();
            case String text -> JSON.stringNode(text);
            case byte[] bytes -> JSON.binaryNode(bytes);
            case Boolean flag -> JSON.booleanNode(flag);
            case Float number -> JSON.numberNode(number.doubleValue());
            case Double number -> JSON.numberNode(number);
            case Number whole -> JSON.numberNode(whole.longValue());
            case PqStruct struct -> object(struct);
            case PqList list -> list(list);
            default -> JSON.stringNode(value.toString());
        };
    }

    private static BadInput broken(Path file, Exception e) {
        String reason = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        return new BadInput("%s cannot be read as Parquet: %s".formatted(file, reason), e);
    }
}
