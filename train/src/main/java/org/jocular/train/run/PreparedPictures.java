package org.jocular.train.run;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jocular.vit.Picture;

/** Keeps prepared pictures, as long as there is room: small ones are shown many times and read once. */
final class PreparedPictures {
    private static final long ROOM = 1L << 30;

    private final Map<Path, Picture> kept = new HashMap<>();
    private long bytes;

    Picture get(Path path, Function<Path, Picture> prepare) {
        Picture known = kept.get(path);
        if (known != null) {
            return known;
        }
        Picture picture = prepare.apply(path);
        long size = 4L * picture.width() * picture.height();
        if (bytes + size <= ROOM) {
            kept.put(path, picture);
            bytes += size;
        }
        return picture;
    }
}
