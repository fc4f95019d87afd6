package org.jocular.eval.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xerial.snappy.Snappy;

/** Blocks put together by hand after format_description.txt. */
class SnappyTest {
    private static String unpacked(String hex, int room) throws IOException {
        ByteBuffer out = ByteBuffer.allocateDirect(room + 3).position(3);
        int length = Snappy.uncompress(ByteBuffer.wrap(HexFormat.of().parseHex(hex)), out);
        byte[] bytes = new byte[length];
        out.get(bytes);
        assertThat(out.remaining()).isZero();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "00, ''",
        "03 08 616263, abc", // a literal
        "03 f0 02 616263, abc", // its length in a byte of its own
        "07 08 616263 01 03, abcabca", // one byte of distance
        "06 08 616263 0a 0300, abcabc", // two
        "06 08 616263 0b 03000000, abcabc", // four
        "06 00 61 12 0100, aaaaaa", // a copy of what it writes itself
    })
    void unpacksEveryElement(String hex, String text) throws IOException {
        assertThat(unpacked(hex.replace(" ", ""), text.length())).isEqualTo(text);
    }

    @Test
    void unpacksALongLiteral() throws IOException {
        String text = "x".repeat(300);
        String hex = "ac02" + "f42b01" + "78".repeat(300);
        assertThat(unpacked(hex, 300)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 9", // nothing at all
        "03 08 6162, 9", // cut off in a literal
        "07 08 616263 01, 9", // cut off in a copy
        "07 08 616263 01 04, 9", // from before the beginning
        "06 08 616263 0a 0000, 9", // from where it writes
        "04 08 616263, 9", // less than promised
        "02 08 616263, 2", // more than there is room for
        "09 08 616263, 2", // more promised than there is room for
        "06 08 616263 0b 030000ff, 9", // a negative distance
    })
    void refusesBrokenBlocks(String hex, int room) {
        assertThatThrownBy(() -> unpacked(hex.replace(" ", ""), room)).isInstanceOf(IOException.class);
    }
}
