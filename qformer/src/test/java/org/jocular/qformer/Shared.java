package org.jocular.qformer;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real data that stands beside the checkout; a test that needs it and does not find it is listed as aborted. */
final class Shared {

    private Shared() {}

    static Path path(String relative) {
        Path path = Path.of("..", "..", "shared").resolve(relative);
        if (!Files.exists(path)) {
            Assumptions.abort("not run: " + path + " is not there");
        }
        return path;
    }
}
