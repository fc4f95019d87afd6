package org.jocular.eval.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jocular.eval.data.DataFile;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;
import org.jspecify.annotations.Nullable;

/**
 * Where one benchmark's files lie: in a folder of the benchmark's name below the data's root or, where there is none, in the root itself;
 * its pictures in any folder below either. Pictures that a table holds are written out, once each.
 */
public final class Data {
    /** The page that says which files to put where. */
    public static final String PAGE = "docs/data.md";

    private static final String EMBEDDED = "embedded/";
    private static final Pattern JPEG = Pattern.compile("\\.jpe?g$", Pattern.CASE_INSENSITIVE);

    private final Path root;
    private final Path embedded;
    private final String task;
    private final Path folder;
    private final SequencedSet<Path> used = new LinkedHashSet<>();
    private @Nullable List<Path> pictureFolders;
    private Path lastFolder;
    private int found;
    private @Nullable String missing;

    /**
     * @param root     what the user calls the data
     * @param embedded folder for pictures that tables hold; made when needed
     * @param task     the benchmark's name
     */
    public Data(Path root, Path embedded, String task) {
        if (!Files.isDirectory(root)) {
            throw new BadInput("%s is no folder, expected the benchmarks' data, see %s".formatted(root, PAGE));
        }
        this.root = root;
        this.embedded = embedded;
        this.task = task;
        Path own = root.resolve(task);
        this.folder = Files.isDirectory(own) ? own : root;
        this.lastFolder = folder;
    }

    /** The first of these annotation files that is there; a folder in front of a name must be the file's own. */
    public Path file(String... names) {
        Path file = fileOrNull(names);
        if (file == null) {
            throw new BadInput("%s holds no %s, which %s needs; %s says where to get it"
                    .formatted(folder, String.join(" and no ", names), task, PAGE));
        }
        return file;
    }

    /** The first of these files that is there, or null. */
    public @Nullable Path fileOrNull(String... names) {
        for (String name : names) {
            String last = name.substring(name.lastIndexOf('/') + 1);
            for (Path file : DataFile.below(folder, last::equals)) {
                if (Files.isRegularFile(file) && file.toAbsolutePath().endsWith(name)) {
                    used.add(file);
                    return file;
                }
            }
        }
        return null;
    }

    /** All files of such names, the least deep first, then by path. */
    public List<Path> files(Predicate<String> name) {
        List<Path> files = DataFile.below(folder, name).stream()
                .filter(Files::isRegularFile)
                .toList();
        used.addAll(files);
        return files;
    }

    /**
     * The tables of a data set as Hugging Face's hub has them, {@code test-00000-of-00003.parquet}, in order; none where there are none.
     *
     * @param split  with which their names begin
     * @param folder in which they lie, below the benchmark's; null where that does not matter
     */
    public List<Path> tables(String split, @Nullable String folder) {
        Pattern name = Pattern.compile(Pattern.quote(split) + "-\\d+-of-\\d+.*\\.parquet");
        List<Path> tables = DataFile.below(this.folder, name.asMatchPredicate()).stream()
                .filter(table -> folder == null
                        || table.getName(table.getNameCount() - 2).toString().equals(folder))
                .toList();
        used.addAll(tables);
        return tables;
    }

    /** The folder in which the benchmark's files lie, there or below. */
    public Path folder() {
        return folder;
    }

    /** To be told of an annotation file that was found without help. */
    public void use(Path file) {
        used.add(file);
    }

    /** Annotation files that were asked for and found, in that order. */
    public List<Path> used() {
        return List.copyOf(used);
    }

    /** A file's name for messages and manifests: relative to the root, with slashes. */
    public String name(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    /**
     * Looks for a picture by the names that it may have, folders in front allowed; what it is called in {@link Sample#picture}. Where none of
     * them is there, a PNG will do in place of a JPEG: data that keep every pixel may use annotations that say {@code .jpg}. One that is not
     * there keeps its first name: asking about it will fail by itself, and the others go on.
     */
    public String picture(String... names) {
        Path file = pictureOrNull(List.of(names));
        if (file == null) {
            file = pictureOrNull(Stream.of(names)
                    .filter(name -> JPEG.matcher(name).find())
                    .map(name -> JPEG.matcher(name).replaceFirst(".png"))
                    .toList());
        }
        if (file != null) {
            found++;
            return name(file);
        }
        if (missing == null) {
            missing = names[0];
        }
        return names[0];
    }

    private @Nullable Path pictureOrNull(List<String> names) {
        for (String name : names) {
            if (Files.isRegularFile(lastFolder.resolve(name))) {
                return lastFolder.resolve(name);
            }
            for (Path candidate : pictureFolders()) {
                if (Files.isRegularFile(candidate.resolve(name))) {
                    lastFolder = candidate;
                    return candidate.resolve(name);
                }
            }
        }
        return null;
    }

    /** Writes a picture that a table holds into a file named by its content, unless it is there. */
    public String embedded(byte[] picture) {
        found++;
        String name = Hashes.of(picture);
        Path file = embedded.resolve(name);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(embedded);
                Path half = embedded.resolve(name + ".part");
                Files.write(half, picture);
                Files.move(half, file);
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
        return EMBEDDED + name;
    }

    /** Where a picture lies that a sample names. */
    public static Path locate(Path root, Path embedded, String picture) {
        return picture.startsWith(EMBEDDED)
                ? embedded.resolve(picture.substring(EMBEDDED.length()))
                : root.resolve(picture);
    }

    /** To be called after reading: says so where not one picture was there, which no benchmark is without. */
    public void requirePictures() {
        if (found == 0 && missing != null) {
            throw new BadInput("%s holds none of the pictures of %s, such as %s; %s says where to get them"
                    .formatted(root, task, missing, PAGE));
        }
    }

    private List<Path> pictureFolders() {
        if (pictureFolders == null) {
            List<Path> folders = new ArrayList<>(List.of(folder));
            folders.addAll(DataFile.folders(folder));
            folders.add(root);
            folders.addAll(DataFile.folders(root));
            pictureFolders = List.copyOf(new LinkedHashSet<>(folders));
        }
        return pictureFolders;
    }
}
