package org.jocular.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jocular.tensor.BadInput;

/** A file in the making, beside its target under a hidden name: it takes its name when it is whole, or vanishes. */
final class PartialFile implements AutoCloseable {
    private static final long WINDOW = 64L << 20;

    private final Path target;
    private final Path partial;
    private final FileChannel channel;

    /** @throws BadInput if the folder cannot be written to */
    PartialFile(Path target) {
        this.target = target;
        this.partial = target.resolveSibling(".%s.%s.partial".formatted(target.getFileName(), UUID.randomUUID()));
        try {
            this.channel = FileChannel.open(partial, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw Bad.io(target, "written", e);
        }
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Any kind and size of memory: a buffer counts in {@code int}, so this goes window by window. */
    void write(MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += WINDOW) {
            MemorySegment window = bytes.asSlice(at, Math.min(WINDOW, bytes.byteSize() - at));
            if (window.isNative()) {
                write(window.asByteBuffer());
            } else {
                // A float[] has no view as bytes.
                try (Arena arena = Arena.ofConfined()) {
                    write(arena.allocate(window.byteSize()).copyFrom(window).asByteBuffer());
                }
            }
        }
    }

    /** Puts all bytes on the disk; {@link #publish} is quick after this. */
    void finish() throws IOException {
        channel.force(true);
        channel.close();
    }

    /** Gives the finished file its name, in one step. */
    void publish() throws IOException {
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    Path target() {
        return target;
    }

    /** Deletes what was not published. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw Bad.io(partial, "deleted", e);
        }
    }
}
