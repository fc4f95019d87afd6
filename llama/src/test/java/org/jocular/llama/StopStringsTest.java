package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopStringsTest {
    /** Pieces and stop strings are separated by {@code /}; of each piece it is shown what it releases, and at the end what flush releases. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "Hello/ world      | ###      | Hello/ world/          | false",
                "Hi#/##Human       | ###      | Hi//                   | true",
                "a#/b#/#c          | ###      | a/#b/##c/              | false",
                "a##               | ###      | a/##                   | false",
                "###Human          | ###      | /                      | true",
                "#/#/#             | ###      | ///                    | true",
                "x####y            | ###      | x/                     | true",
                "aab/aac           | aaac     | aab/aac/               | false",
                "aaa/ac            | aaac     | /a/                    | true",
                "abab/abc          | ababc    | /ab/                   | true",
                "one USER/: two    | USER:/## | one //                 | true",
                "one ## USER:      | USER:/## | one /                  | true",
                "one USER: ##      | USER:/## | one /                  | true",
                "no stop           |          | no stop/               | false"
            })
    void whatIsReleased(String pieces, String stops, String released, boolean stopped) {
        StopStrings strings = new StopStrings(stops == null || stops.isEmpty() ? List.of() : List.of(stops.split("/")));
        List<String> found = new ArrayList<>();
        for (String piece : pieces.split("/", -1)) {
            found.add(strings.feed(piece));
        }
        assertThat(strings.stopped()).isEqualTo(stopped);
        found.add(strings.flush());
        assertThat(String.join("/", found)).isEqualTo(released);
    }

    /** However the text is cut into pieces, the reader gets the same. */
    @Test
    void theCutOfThePiecesDoesNotMatter() {
        String text = "a#b##c###d";
        for (int cuts = 0; cuts < 1 << (text.length() - 1); cuts++) {
            StopStrings strings = new StopStrings(List.of("###", "zz"));
            StringBuilder released = new StringBuilder();
            int from = 0;
            for (int to = 1; to <= text.length(); to++) {
                if (to == text.length() || (cuts >> (to - 1) & 1) == 1) {
                    released.append(strings.feed(text.substring(from, to)));
                    from = to;
                }
            }
            assertThat(released.append(strings.flush()).toString()).isEqualTo("a#b##c");
        }
    }

    @Test
    void nothingComesAfterTheStop() {
        StopStrings strings = new StopStrings(List.of("."));
        assertThat(strings.feed("end. more")).isEqualTo("end");
        assertThat(strings.feed("more")).isEmpty();
        assertThat(strings.flush()).isEmpty();
    }
}
