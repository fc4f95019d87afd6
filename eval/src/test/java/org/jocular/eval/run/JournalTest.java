package org.jocular.eval.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JournalTest {
    @TempDir
    private Path temp;

    private static JsonNode line(int n, String text) {
        return JsonMapper.shared().createObjectNode().put("n", n).put("answer", text);
    }

    private Path file() {
        return temp.resolve("answers.jsonl");
    }

    @Test
    void keepsTheFirstLineOfEachNumber() throws IOException {
        try (Journal journal = new Journal(file())) {
            journal.append(line(3, "c"));
            journal.append(line(1, "a"));
            journal.append(line(3, "other"));
            assertThat(journal.size()).isEqualTo(2);
            assertThat(journal.has(3)).isTrue();
            assertThat(journal.has(2)).isFalse();
        }
        assertThat(Files.readString(file())).isEqualTo("{\"n\":3,\"answer\":\"c\"}\n{\"n\":1,\"answer\":\"a\"}\n");
    }

    @Test
    void cutsOffWhatAKillLeftHalf() throws IOException {
        for (String half : List.of("{\"n\":2,\"ans", "{", "{\"n\":2,\"answer\":\"" + "x".repeat(200_000))) {
            Files.writeString(file(), "{\"n\":1,\"answer\":\"a\"}\n" + half);
            try (Journal journal = new Journal(file())) {
                assertThat(journal.size()).isEqualTo(1);
                journal.append(line(2, "b"));
            }
            assertThat(Files.readString(file())).isEqualTo("{\"n\":1,\"answer\":\"a\"}\n{\"n\":2,\"answer\":\"b\"}\n");
        }
    }

    @Test
    void aLineThatWasNeverWholeIsNoLine() throws IOException {
        Files.writeString(file(), "{\"n\":1,\"answer\":\"a\"}");
        try (Journal journal = new Journal(file())) {
            assertThat(journal.size()).isZero();
        }
        assertThat(file()).isEmptyFile();
    }

    @Test
    void sortsByNumber() throws IOException {
        List<String> sorted = new ArrayList<>();
        try (Journal journal = new Journal(file())) {
            for (int i = 0; i < 500; i++) {
                int n = i * 7 % 500; // every number once, none at its place
                journal.append(line(n, "é".repeat(n * 13 % 5000)));
            }
        }
        for (int n = 0; n < 500; n++) {
            sorted.add(line(n, "é".repeat(n * 13 % 5000)).toString());
        }
        Journal.sort(file());
        assertThat(Files.readAllLines(file())).isEqualTo(sorted);
        assertThat(temp).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void hasOneWriter() {
        try (Journal journal = new Journal(file())) {
            assertThat(journal.size()).isZero();
            assertThatThrownBy(() -> new Journal(file()))
                    .isInstanceOf(BadInput.class)
                    .hasMessage(file() + " is being written by another process");
        }
    }
}
