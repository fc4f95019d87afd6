package org.jocular.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * Where a model lies: a path, or a hub id such as {@code llava-hf/llava-1.5-7b-hf} that is looked up in the local Hugging Face cache.
 * Nothing is ever downloaded.
 *
 * @see <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">the layout of the cache</a>
 */
public final class ModelPaths {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}");

    private final List<Path> caches;

    ModelPaths(Map<String, String> environment, Path home) {
        Set<Path> found = new LinkedHashSet<>();
        add(found, environment.get("HF_HUB_CACHE"), "");
        add(found, environment.get("HF_HOME"), "hub");
        add(found, environment.get("XDG_CACHE_HOME"), "huggingface/hub");
        found.add(home.resolve(".cache/huggingface/hub"));
        this.caches = List.copyOf(found);
    }

    private static void add(Set<Path> caches, @Nullable String variable, String below) {
        if (variable != null && !variable.isBlank()) {
            caches.add(Path.of(variable).resolve(below));
        }
    }

    /**
     * The file or directory that {@code model} names: what exists under that path, otherwise the snapshot of that hub id.
     *
     * @throws BadInput saying where it looked
     */
    public static Path resolve(String model) {
        return new ModelPaths(System.getenv(), Path.of(System.getProperty("user.home", "."))).find(model);
    }

    Path find(String model) {
        Path path = asPath(model);
        if (path != null && Files.exists(path)) {
            return path;
        }
        String[] parts = model.split("/", -1);
        boolean hubId = parts.length == 2
                && PART.matcher(parts[0]).matches()
                && PART.matcher(parts[1]).matches();
        if (!hubId) {
            throw Bad.sentence(
                    Bad.quote(model) + " is neither an existing file or directory nor a hub id such as org/name");
        }
        for (Path cache : caches) {
            Path repository = cache.resolve("models--" + parts[0] + "--" + parts[1]);
            if (Files.isDirectory(repository)) {
                return snapshot(repository);
            }
        }
        throw Bad.sentence(
                "%s is neither an existing file or directory nor in the Hugging Face cache (looked in %s); nothing is downloaded"
                        .formatted(
                                Bad.quote(model),
                                String.join(
                                        ", ",
                                        caches.stream().map(Path::toString).toList())));
    }

    private static @Nullable Path asPath(String model) {
        try {
            return model.isBlank() ? null : Path.of(model);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /** The snapshot that {@code refs/main} names, or the only one there is. */
    private static Path snapshot(Path repository) {
        Path main = repository.resolve("refs/main");
        Path snapshots = repository.resolve("snapshots");
        try {
            if (Files.isRegularFile(main)) {
                String revision = Files.readString(main).strip();
                if (!PART.matcher(revision).matches()) {
                    throw Bad.file(main, "holds %s, expected a revision".formatted(Bad.quote(revision)));
                }
                Path snapshot = snapshots.resolve(revision);
                if (!Files.isDirectory(snapshot)) {
                    throw Bad.file(main, "names the snapshot %s, which is missing".formatted(Bad.quote(revision)));
                }
                return snapshot;
            }
            List<Path> all = Files.isDirectory(snapshots) ? children(snapshots) : List.of();
            if (all.size() != 1) {
                throw Bad.file(repository, "has no refs/main and %d snapshots, expected one".formatted(all.size()));
            }
            return all.getFirst();
        } catch (IOException e) {
            throw Bad.io(main, "read", e);
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).toList();
        }
    }
}
