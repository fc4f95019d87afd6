package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jocular.eval.task.Data;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;
import org.jocular.eval.task.Wording;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/data.md tells of every benchmark which wordings there are, and which files it asks for. */
class DataPageTest {
    private static final Pattern ASKED_FOR = Pattern.compile(" holds no (.+), which .+ needs; " + Data.PAGE + " says ");

    @TempDir
    private Path empty;

    static Stream<String> tasks() {
        return Tasks.ALL.stream().map(Task::name);
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aBenchmarkHasASection(String name) throws IOException {
        Task task = Tasks.named(name);
        String section = Stream.of(
                        Files.readString(Path.of("..").resolve(Data.PAGE)).split("\n## "))
                .filter(text ->
                        List.of(text.lines().findFirst().orElse("").split(", ")).contains("`" + name + "`"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no section"));
        for (Wording wording : task.wordings()) {
            assertThat(section).contains("| `%s` | %s".formatted(wording.name(), wording.source()));
        }
        Data data = new Data(empty, empty, name);
        for (Wording wording : task.wordings()) {
            BadInput missing = catchThrowableOfType(BadInput.class, () -> task.read(data, wording, sample -> {}));
            Matcher files = ASKED_FOR.matcher(String.valueOf(missing.getMessage()));
            if (files.find()) {
                for (String file : files.group(1).split(" and no ")) {
                    assertThat(Files.readString(Path.of("..").resolve(Data.PAGE)))
                            .contains(file);
                }
            } else {
                assertThat(name).isEqualTo("mme"); // names a folder
            }
        }
    }
}
