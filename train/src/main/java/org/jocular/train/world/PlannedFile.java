package org.jocular.train.world;

import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file that is to be written.
 *
 * @param path  below the world's folder, with slashes
 * @param what  its entries are
 */
record PlannedFile(String path, String what, Content content) {
    /** What many pictures of a folder are counted as. */
    static final String PICTURES = "pictures";

    /** Writes all of it. */
    @FunctionalInterface
    interface Content {
        /** @return the number of entries */
        int to(OutputStream out) throws IOException;
    }

    static PlannedFile picture(String path, Photograph photograph) {
        return new PlannedFile(path, PICTURES, out -> {
            png(photograph.picture(), out);
            return 1;
        });
    }

    private static void png(BufferedImage image, OutputStream out) throws IOException {
        // Given the bare stream, ImageIO goes by a temporary file.
        try (MemoryCacheImageOutputStream memory = new MemoryCacheImageOutputStream(out)) {
            if (!ImageIO.write(image, "png", memory)) {
                throw new IOException("this JDK cannot write PNG");
            }
        }
    }

    /** JSON of a list of entries, of an object of them, or of one that holds them as annotations. */
    static PlannedFile json(String path, String what, Supplier<Object> value) {
        return new PlannedFile(path, what, out -> {
            Object whole = value.get();
            out.write(JsonMapper.shared().writeValueAsBytes(whole));
            out.write('\n');
            return entries(whole);
        });
    }

    private static int entries(Object whole) {
        if (whole instanceof Map<?, ?> map) {
            return map.get("annotations") instanceof Collection<?> annotations ? annotations.size() : map.size();
        }
        return whole instanceof Collection<?> list ? list.size() : 1;
    }

    /** JSON, one object a line. */
    static PlannedFile lines(String path, String what, Supplier<List<Map<String, Object>>> rows) {
        return new PlannedFile(path, what, out -> {
            List<Map<String, Object>> all = rows.get();
            for (Map<String, Object> row : all) {
                out.write(JsonMapper.shared().writeValueAsBytes(row));
                out.write('\n');
            }
            return all.size();
        });
    }

    /** An object of JSON, its fields in this order. */
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    /** Writes it beside its name, then gives it that name; returns the number of entries. */
    int write(Path directory) {
        Path file = directory.resolve(path);
        Path half = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(half.getParent());
            int entries;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(half), 1 << 16)) {
                entries = content.to(out);
            }
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return entries;
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
    }
}
