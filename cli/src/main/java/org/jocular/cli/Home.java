package org.jocular.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/** The folder that this program runs from, with the small models that come with it. */
final class Home {
    private Home() {}

    /** A folder below {@code models}: where the script says, otherwise above the classes, as in a build without the script. */
    static Path model(String name) {
        Path model = modelOrNull(name);
        if (model == null) {
            throw new BadInput(
                    "models/%s is missing: it comes with the source, beside the script jocular".formatted(name));
        }
        return model;
    }

    /** The same; null where it is not there. */
    static @Nullable Path modelOrNull(String name) {
        String home = System.getProperty("jocular.home");
        for (Path folder = home == null ? classes() : Path.of(home); folder != null; folder = folder.getParent()) {
            Path model = folder.resolve("models").resolve(name);
            if (Files.isDirectory(model)) {
                return model;
            }
        }
        return null;
    }

    /** A path as somebody in the current directory would write it. */
    static Path shown(Path path) {
        Path here = Path.of("").toAbsolutePath();
        Path there = path.toAbsolutePath().normalize();
        return there.startsWith(here) ? here.relativize(there) : there;
    }

    private static @Nullable Path classes() {
        CodeSource source = Home.class.getProtectionDomain().getCodeSource();
        try {
            return source == null ? null : Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
