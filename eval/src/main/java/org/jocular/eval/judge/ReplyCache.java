package org.jocular.eval.judge;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jocular.eval.judge.Completion.Unusable;
import org.jocular.eval.judge.Judge.NoReview;
import org.jocular.eval.judge.Judge.OutOfBudget;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replies on disk, one file for each request under the request's hash, so that nothing that was answered is asked a second time: not by another
 * thread, not after a restart. Several processes may share the folder; only if two ask the same at the same time are both answered.
 */
public final class ReplyCache {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path folder;
    private final InstantSource clock;
    private final Set<String> asking = new HashSet<>();
    private volatile @Nullable String trouble;

    /** @throws BadInput if the folder is not there and cannot be made */
    public ReplyCache(Path folder) {
        this(folder, InstantSource.system());
    }

    ReplyCache(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInput(
                    "the folder %s for a judge's replies cannot be made: %s".formatted(folder, e.getMessage()), e);
        }
    }

    /** Gets a reply from elsewhere. */
    @FunctionalInterface
    interface Source {
        Completion ask() throws NoReview, OutOfBudget, InterruptedException;
    }

    /**
     * The reply to a request, asked for only if it is not here.
     *
     * @param request all that the reply depends on, and nothing secret
     */
    Completion get(ObjectNode request, Source source) throws NoReview, OutOfBudget, InterruptedException {
        String hash = Hashes.of(JSON.writeValueAsBytes(request));
        synchronized (asking) {
            while (!asking.add(hash)) {
                asking.wait();
            }
        }
        try {
            Completion kept = read(hash, request);
            if (kept != null) {
                return kept;
            }
            Completion reply = source.ask();
            keep(hash, request, reply.raw());
            return reply;
        } finally {
            synchronized (asking) {
                asking.remove(hash);
                asking.notifyAll();
            }
        }
    }

    /** Why replies could not be kept, if some could not: they were used, but will be asked for again. */
    @Nullable
    String trouble() {
        return trouble;
    }

    private File file(String name) {
        return folder.resolve(name).toFile();
    }

    /** Null where there is no whole file: one that is broken, or belongs to another request, was not written to its end by this class. */
    private @Nullable Completion read(String hash, ObjectNode request) {
        // Unlike a channel's, its stream is sure to work in an interrupted thread, where no reply must seem to be
        // missing.
        try (FileInputStream in = new FileInputStream(file(hash + ".json"))) {
            JsonNode entry = JSON.readTree(in.readAllBytes());
            return request.equals(entry.path("request"))
                    ? Completion.read(entry.path("reply").asString(""))
                    : null;
        } catch (IOException | JacksonException | Unusable e) {
            return null;
        }
    }

    private void keep(String hash, ObjectNode request, String raw) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.set("request", request);
        entry.put("reply", raw);
        entry.put("came", clock.instant().toString());
        File part = file("%s.%s.part".formatted(hash, UUID.randomUUID()));
        try {
            // In an interrupted thread, too, as above: this reply has been paid for.
            try (FileOutputStream out = new FileOutputStream(part)) {
                out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(entry));
                out.getFD().sync();
            }
            Files.move(part.toPath(), file(hash + ".json").toPath(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            trouble = "some of the judge's replies could not be kept in %s and would be asked for again: %s"
                    .formatted(folder, e.getMessage());
        }
    }
}
