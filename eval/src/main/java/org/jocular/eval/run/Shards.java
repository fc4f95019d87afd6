package org.jocular.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;

/** Puts the shards of a run together. */
public final class Shards {
    private Shards() {}

    /**
     * Makes one run of several parts of it, with the bytes that it would have without shards. Nothing happens to the parts.
     *
     * @throws BadInput if they are not parts of the same run, or some are missing
     */
    public static RunFolder merge(List<Path> parts, Path out) {
        Manifest manifest = manifest(parts);
        try {
            Files.createDirectories(out);
            Manifest there = Manifest.readOrNull(out);
            if (there != null && there.difference(manifest) != null) {
                throw new BadInput("%s holds another run, with %s; choose another --out"
                        .formatted(out, there.difference(manifest)));
            }
            Files.copy(
                    parts.getFirst().resolve(RunFolder.QUESTIONS),
                    out.resolve(RunFolder.QUESTIONS),
                    StandardCopyOption.REPLACE_EXISTING);
            for (Path part : parts) {
                copyEmbedded(part.resolve(RunFolder.EMBEDDED), out.resolve(RunFolder.EMBEDDED));
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(out, e.getMessage()), e);
        }
        Path answers = out.resolve(RunFolder.ANSWERS);
        int total = manifest.samples();
        try (Journal journal = new Journal(answers)) {
            for (Path part : parts) {
                Journal.read(part.resolve(RunFolder.ANSWERS), row -> journal.append(row.node()));
            }
            if (journal.size() < total) {
                throw new BadInput("the parts hold %d of %d answers; finish them, or name the parts that are missing"
                        .formatted(journal.size(), total));
            }
        }
        Journal.sort(answers);
        manifest.write(out);
        return RunFolder.open(out);
    }

    private static Manifest manifest(List<Path> parts) {
        Manifest first = null;
        for (Path part : parts) {
            Manifest manifest = Manifest.readOrNull(part);
            if (manifest == null) {
                throw new BadInput(
                        "%s holds no %s, expected the --out of 'jocular eval --shard'".formatted(part, Manifest.FILE));
            }
            if (first != null) {
                String difference = manifest.difference(first);
                if (difference != null) {
                    throw new BadInput("%s and %s are no parts of the same run: the latter has %s"
                            .formatted(parts.getFirst(), part, difference));
                }
            }
            first = first == null ? manifest : first.on(manifest.machines());
        }
        if (first == null) {
            throw new BadInput("no parts are named, expected the folders of all shards");
        }
        return first;
    }

    private static void copyEmbedded(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        Files.createDirectories(to);
        try (Stream<Path> pictures = Files.list(from)) {
            for (Path picture : pictures.toList()) {
                Path copy = to.resolve(picture.getFileName());
                if (!Files.exists(copy)) {
                    Files.copy(picture, copy);
                }
            }
        }
    }
}
