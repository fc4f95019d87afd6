package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;

/**
 * A file that means harm or is broken.
 *
 * @param reason words that its sentence must contain
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares these.
record Hostile(String name, byte[] bytes, String reason) {
    private static final long NOT_NOTICEABLE = 32L << 20;

    /** An archive of this pickle and of one storage, {@code 0}, of 16 bytes. */
    static Hostile pickle(String name, byte[] pickle, String reason) {
        return new Hostile(name, Zip.torch(pickle, new byte[16]).bytes(), reason);
    }

    static Hostile pickle(String name, Pickle pickle, String reason) {
        return pickle(name, pickle.stop(), reason);
    }

    static Hostile zip(String name, Zip.Written zip, String reason) {
        return new Hostile(name, zip.bytes(), reason);
    }

    /** Opening {@code folder/weights.pt} says so in one sentence, takes no noticeable memory and writes nothing. */
    void assertRefused(Path folder) throws IOException {
        Path file = Crafted.write(folder.resolve("weights.pt"), bytes);
        Sentences.assertOneLine(() -> Checkpoint.open(file).close(), file, reason);
        assertThat(allocatedByOpening(file)).isLessThan(NOT_NOTICEABLE + 8L * bytes.length);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.toList()).isEqualTo(List.of(file));
        }
        assertThat(Arrays.equals(Files.readAllBytes(file), bytes)).isTrue();
    }

    /** Bytes of the heap; what loading classes takes does not count. */
    static long allocatedByOpening(Path path) {
        ThreadMXBean threads = (ThreadMXBean) Objects.requireNonNull(ManagementFactory.getThreadMXBean());
        tryToOpen(path);
        long before = threads.getCurrentThreadAllocatedBytes();
        tryToOpen(path);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void tryToOpen(Path path) {
        try {
            Checkpoint.open(path).close();
        } catch (BadInput refused) {
            // What it says is another matter.
        }
    }

    /** How the case is called in reports. */
    @Override
    public String toString() {
        return name;
    }
}
