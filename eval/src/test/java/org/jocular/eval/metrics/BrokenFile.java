package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * A broken file and the one sentence that refuses it.
 *
 * @param files   contents by name
 * @param used    the file that is read; the folder itself where empty
 * @param message the whole sentence, DIR standing for the folder; null where a library says what is wrong with the JSON in line 2
 */
record BrokenFile(
        String name,
        Map<String, String> files,
        String used,
        Use use,
        @Nullable String message) {
    /** What is done with the file, or with the folder that it is in. */
    interface Use {
        Object of(Path file, Path dir);
    }

    static BrokenFile bad(String name, String used, String content, Use use, @Nullable String message) {
        return new BrokenFile(name, Map.of(used, content), used, use, message);
    }

    static BrokenFile bad(String name, String used, Map<String, String> files, Use use, @Nullable String message) {
        return new BrokenFile(name, files, used, use, message);
    }

    void isRefused(Path dir) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            // Latin-1 so that a case can hold a byte that is not UTF-8; the others are ASCII.
            Files.writeString(dir.resolve(file.getKey()), file.getValue(), StandardCharsets.ISO_8859_1);
        }
        Path path = used.isEmpty() ? dir : dir.resolve(used);
        var thrown = assertThatThrownBy(() -> use.of(path, dir)).isInstanceOf(BadInput.class);
        if (message == null) {
            thrown.hasMessageStartingWith(path + ", line 2, is not valid JSON: ")
                    .hasMessageNotContaining("\n");
        } else {
            thrown.hasMessage(message.replace("DIR", dir.toString()));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
