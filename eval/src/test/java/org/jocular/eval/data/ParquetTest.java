package org.jocular.eval.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetTest {
    private static final Path RESOURCES = Path.of("src", "test", "resources", "org", "jocular", "eval", "data");

    private static List<Row> rows(Path file) {
        List<Row> rows = new ArrayList<>();
        Parquet.rows(List.of(file), rows::add);
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.parquet", "gzip.parquet"})
    void readsRowsOfAllGroupsAsJsonObjects(String name) {
        List<Row> rows = rows(RESOURCES.resolve(name));
        assertThat(rows).hasSize(5).extracting(row -> row.id("id")).containsExactly("0", "1", "2", "3", "4");
        Row one = rows.get(1);
        assertThat(one.names()).containsExactly("id", "text", "image", "choices", "answers", "small", "share", "flag");
        assertThat(one.text("text")).isEqualTo("again and again ".repeat(20));
        assertThat(rows.getFirst().text("text")).isEqualTo("é\n\"x\"");
        assertThat(one.texts("choices")).containsExactly("a");
        assertThat(rows.get(2).objects("answers"))
                .extracting(answer -> answer.text("answer") + answer.id("answer_id"))
                .containsExactly("yes0", "yes1");
        assertThat(one.whole("small", 0, 9)).isOne();
        assertThat(rows.get(2).has("small")).isFalse();
        assertThat(one.number("share")).isEqualTo(0.25);
        assertThat(rows.get(4).flag("flag", false)).isTrue();
        assertThat(one.object("image").bytes("bytes")).startsWith(0x89, 'P', 'N', 'G');
        assertThat(rows.get(2).has("image")).isFalse();
        assertThat(one.bad("is odd")).hasMessage(RESOURCES.resolve(name) + ", row 2, is odd");
        assertThatThrownBy(() -> one.object("image").text("bytes"))
                .hasMessageEndingWith(", row 2, image, has bytes = bytes, expected text");
    }

    @Test
    void saysHowAFileIsPackedThatJavaCannotUnpack() {
        Path file = RESOURCES.resolve("zstd.parquet");
        assertThatThrownBy(() -> rows(file))
                .isInstanceOf(BadInput.class)
                .hasMessage(file
                        + " is packed with ZSTD, expected one of [UNCOMPRESSED, SNAPPY, GZIP], which Java can unpack");
    }

    /** Wherever a file is cut off, as by a download that broke. */
    @Test
    void refusesBrokenFilesInOneSentence(@TempDir Path dir) throws Exception {
        byte[] bytes = Files.readAllBytes(RESOURCES.resolve("rows.parquet"));
        Path file = dir.resolve("broken.parquet");
        assertThatThrownBy(() -> rows(file))
                .isInstanceOf(BadInput.class)
                .hasMessage(file + " cannot be read: there is none");
        for (int size = 0; size < bytes.length; size += 97) {
            Files.write(file, Arrays.copyOf(bytes, size));
            assertThatThrownBy(() -> rows(file))
                    .isInstanceOf(BadInput.class)
                    .hasMessageStartingWith(file + " cannot be read as Parquet: ");
        }
    }
}
