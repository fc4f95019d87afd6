package org.jocular.cli.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jspecify.annotations.Nullable;

/** The folder in which a user has put published pictures, under their publishers' names. */
public record PictureFolder(Catalogue catalogue, Path folder) {
    /** @throws BadInput if it is no folder */
    public PictureFolder {
        if (!Files.isDirectory(folder.toAbsolutePath())) {
            throw new BadInput("--images is %s, expected a directory".formatted(folder));
        }
    }

    /** Which pictures a check lacks, or null if it can be run. */
    public @Nullable String missing(Check check) {
        List<String> missing = new ArrayList<>();
        for (String key : check.pictures()) {
            if (catalogue.picture(key).in(folder) == null) {
                missing.add(catalogue.picture(key).sentence());
            }
        }
        Path shown = folder.toAbsolutePath().normalize();
        return missing.isEmpty() ? null : "not in %s: %s".formatted(shown, String.join("; ", missing));
    }

    /**
     * The pictures of all checks that lack none, by their keys.
     *
     * @throws BadInput if one cannot be read, or is another one than was recorded
     */
    public Map<String, Picture> read(List<Check> checks) {
        // As their publishers read them: none turns a picture as its EXIF says.
        PictureReader reader = new PictureReader(PictureReader.PILLOW_MAX_PIXELS, false);
        Map<String, Picture> pictures = new LinkedHashMap<>();
        for (Check check : checks) {
            for (String key : check.pictures()) {
                Path file = catalogue.picture(key).in(folder);
                if (missing(check) == null && file != null && !pictures.containsKey(key)) {
                    pictures.put(key, checked(catalogue.picture(key), file, reader.readFile(file)));
                }
            }
        }
        return pictures;
    }

    private static Picture checked(PublishedPicture published, Path file, Picture picture) {
        boolean sizeKnown = published.width() > 0;
        if (sizeKnown && (picture.width() != published.width() || picture.height() != published.height())) {
            throw new BadInput("%s has %d x %d pixels, but the recorded picture (%s) has %d x %d"
                    .formatted(
                            file,
                            picture.width(),
                            picture.height(),
                            published.what(),
                            published.width(),
                            published.height()));
        }
        return picture;
    }
}
