package org.jocular.eval.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsvTest {
    @TempDir
    Path dir;

    private List<Row> rows(String content) throws Exception {
        Path file = Files.writeString(dir.resolve("t.tsv"), content, StandardCharsets.ISO_8859_1);
        List<Row> rows = new ArrayList<>();
        Tsv.rows(file, rows::add);
        return rows;
    }

    @Test
    void readsWhatPandasWrites() throws Exception {
        List<Row> rows = rows("index\tquestion\timage\thint\r\n"
                + "1\t\"one\ttab, \"\"quotes\"\"\nand a line end\"\tAQID\t\r\n\r\n"
                + "2\t5\" wide\t\t\"\"\n3\tlast\t\tx");
        assertThat(rows).hasSize(3);
        Row first = rows.getFirst();
        assertThat(first.names()).containsExactly("index", "question", "image");
        assertThat(first.text("question")).isEqualTo("one\ttab, \"quotes\"\nand a line end");
        assertThat(first.bytes("image")).containsExactly(1, 2, 3);
        assertThat(first.has("hint")).isFalse();
        assertThat(rows.get(1).text("question")).isEqualTo("5\" wide");
        assertThat(rows.get(1).has("hint")).isFalse();
        assertThat(rows.get(2).text("hint")).isEqualTo("x");
        assertThat(rows.get(2).bad("is odd")).hasMessage(dir.resolve("t.tsv") + ", line 6, is odd");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|DIR is empty",
                "a b~1~|DIR, line 2, has 1 columns, expected 2 as the first line has",
                "a b~1 '\"2'~|DIR, line 2, has a quote that is never closed",
                "é|DIR is not UTF-8",
            })
    void refusesBrokenTablesInOneSentence(String content, String message) {
        assertThatThrownBy(
                        () -> rows(content.replace("'", "").replace(' ', '\t').replace('~', '\n')))
                .isInstanceOf(BadInput.class)
                .hasMessage(message.replace("DIR", dir.resolve("t.tsv").toString()));
    }

    @Test
    void refusesWhatIsNotBase64() throws Exception {
        Row row = rows("image\nno picture\n").getFirst();
        assertThatThrownBy(() -> row.bytes("image"))
                .isInstanceOf(BadInput.class)
                .hasMessage(dir.resolve("t.tsv") + ", line 2, has image = \"no picture\", expected bytes in Base64");
    }
}
