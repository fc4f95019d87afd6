package org.jocular.train;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Test data that stands beside the checkout. */
public final class Shared {
    private Shared() {}

    /** The file or folder, or the test is aborted with a reason that names it. */
    public static Path path(String name) {
        Path path = Path.of("..", "..", "shared").resolve(name);
        if (!Files.exists(path)) {
            Assumptions.abort("no shared/" + name + " beside the checkout");
        }
        return path;
    }
}
