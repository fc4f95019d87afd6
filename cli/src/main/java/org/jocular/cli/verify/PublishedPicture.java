package org.jocular.cli.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A picture that a publisher asked about. None comes with this project; users fetch them themselves.
 *
 * @param files names that it is known under
 * @param what it shows
 * @param address where its publisher has it
 * @param width in pixels; 0 where it is not known
 * @param height in pixels; 0 where it is not known
 */
public record PublishedPicture(List<String> files, String what, String address, int width, int height) {
    public PublishedPicture {
        files = List.copyOf(files);
    }

    /** The file in a folder, or null. */
    public @Nullable Path in(Path folder) {
        return files.stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    /** Its names, what it shows and where it is. */
    public String sentence() {
        return "%s: %s; %s".formatted(String.join(" or ", files), what, address);
    }
}
