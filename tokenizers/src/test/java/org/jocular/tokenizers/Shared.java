package org.jocular.tokenizers;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Test data beside the checkout: real models and vectors, and reference outputs. */
final class Shared {
    private Shared() {}

    /** {@code ../shared/NAME} seen from the repository root; aborts the test with the reason where it is not there. */
    static Path path(String name) {
        Path path = Path.of("..", "..", "shared").resolve(name);
        if (!Files.exists(path)) {
            Assumptions.abort(path + " is not there");
        }
        return path;
    }

    /** A test resource of this module. */
    static Path resource(String name) {
        return Path.of("src", "test", "resources").resolve(name);
    }
}
