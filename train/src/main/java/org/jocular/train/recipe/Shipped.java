package org.jocular.train.recipe;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * JSON files that come with the source, in a folder beside the script {@code jocular}.
 *
 * @param folderName {@code recipes}
 * @param what one of them is: {@code recipe}
 */
record Shipped(String folderName, String what) {
    private static final String JSON = ".json";

    /** The file of a name, or the path itself where it ends with {@code .json}. */
    Path find(String nameOrPath) {
        if (nameOrPath.endsWith(JSON)) {
            return Path.of(nameOrPath);
        }
        List<String> names = names();
        if (!names.contains(nameOrPath)) {
            throw new BadInput("there is no %s %s, expected the path of a %s file or one of %s"
                    .formatted(what, nameOrPath, JSON, String.join(", ", names)));
        }
        return folder().resolve(nameOrPath + JSON);
    }

    /** All names, sorted. */
    List<String> names() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(JSON))
                    .map(name -> name.substring(0, name.length() - JSON.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BadInput("%s cannot be listed: %s".formatted(folder(), e.getMessage()), e);
        }
    }

    /** Where the script says, otherwise above the classes, as in a build without the script. */
    Path folder() {
        String home = System.getProperty("jocular.home");
        for (Path above = home == null ? classes() : Path.of(home); above != null; above = above.getParent()) {
            Path folder = above.resolve(folderName);
            if (Files.isDirectory(folder)) {
                return folder;
            }
        }
        throw new BadInput(
                "the folder %s is missing: it comes with the source, beside the script jocular".formatted(folderName));
    }

    private static @Nullable Path classes() {
        CodeSource source = Shipped.class.getProtectionDomain().getCodeSource();
        try {
            return source == null ? null : Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
