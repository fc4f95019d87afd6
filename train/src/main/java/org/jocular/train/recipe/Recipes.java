package org.jocular.train.recipe;

import java.nio.file.Path;
import java.util.List;

/** The recipes that come with the source, in {@code recipes} beside the script {@code jocular}. */
public final class Recipes {
    private static final Shipped SHIPPED = new Shipped("recipes", "recipe");

    private Recipes() {}

    /** A recipe by its name, or by the path of its file. */
    public static Recipe find(String nameOrPath) {
        return Recipe.read(SHIPPED.find(nameOrPath));
    }

    /** All names, sorted. */
    public static List<String> names() {
        return SHIPPED.names();
    }

    static Path folder() {
        return SHIPPED.folder();
    }
}
