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

/** The recipes that come with the source, in {@code recipes} beside the script {@code jocular}. */
public final class Recipes {
    private static final String FOLDER = "recipes";
    private static final String JSON = ".json";

    private Recipes() {}

    /** A recipe by its name, or by the path of its file. */
    public static Recipe find(String nameOrPath) {
        if (nameOrPath.endsWith(JSON)) {
            return Recipe.read(Path.of(nameOrPath));
        }
        List<String> names = names();
        if (!names.contains(nameOrPath)) {
            throw new BadInput("there is no recipe %s, expected the path of a %s file or one of %s"
                    .formatted(nameOrPath, JSON, String.join(", ", names)));
        }
        return Recipe.read(folder().resolve(nameOrPath + JSON));
    }

    /** All names, sorted. */
    public static List<String> names() {
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
    static Path folder() {
        String home = System.getProperty("jocular.home");
        for (Path above = home == null ? classes() : Path.of(home); above != null; above = above.getParent()) {
            Path folder = above.resolve(FOLDER);
            if (Files.isDirectory(folder)) {
                return folder;
            }
        }
        throw new BadInput("the folder recipes is missing: it comes with the source, beside the script jocular");
    }

    private static @Nullable Path classes() {
        CodeSource source = Recipes.class.getProtectionDomain().getCodeSource();
        try {
            return source == null ? null : Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
