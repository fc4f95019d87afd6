package org.jocular.eval.run;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.JsonNode;

/**
 * A file of JSON lines that grows as results come, in whatever order. Whoever writes it may be killed at any moment: what is lost is the line
 * that was being written. Each line has a number {@code n}; the first one with a number counts.
 */
final class Journal implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final BitSet numbers = new BitSet();

    /** Opens a journal to go on with, or begins one; half a line at its end is cut off. */
    Journal(Path file) {
        this.file = file;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!lock(channel)) {
                channel.close();
                throw new BadInput("%s is being written by another process".formatted(file));
            }
            channel.truncate(wholeLines());
            channel.position(channel.size());
        } catch (IOException e) {
            throw new BadInput("%s cannot be opened: %s".formatted(file, e.getMessage()), e);
        }
        read(file, row -> numbers.set(number(row)));
    }

    /** Until the channel is closed, or the process killed. */
    private static boolean lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // in this very process
        }
    }

    /** Up to the last line end. */
    private long wholeLines() throws IOException {
        ByteBuffer block = ByteBuffer.allocate(1 << 16);
        for (long end = channel.size(); end > 0; ) {
            long from = Math.max(0, end - block.capacity());
            block.clear().limit((int) (end - from));
            while (block.hasRemaining() && channel.read(block, from + block.position()) > 0) {
                // reads until full
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return from + i + 1;
                }
            }
            end = from;
        }
        return 0;
    }

    boolean has(int number) {
        return numbers.get(number);
    }

    /** How many numbers have a line. */
    int size() {
        return numbers.cardinality();
    }

    /** Writes a line, in one piece and at once; nothing happens where its number has one already. */
    void append(JsonNode line) {
        int number = line.get("n").intValue();
        if (numbers.get(number)) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
        numbers.set(number);
    }

    /** Puts the lines of a file that nobody writes in the order of their numbers, one for each; it is replaced as a whole. */
    static void sort(Path file) {
        long[] starts = starts(file);
        try (RandomAccessFile lines = new RandomAccessFile(file.toFile(), "r")) {
            Atomically.write(file, out -> {
                for (long start : starts) {
                    if (start >= 0) {
                        out.write(lineAt(lines, start));
                    }
                }
            });
        } catch (IOException e) {
            throw new BadInput("%s cannot be sorted: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Where the first line of each number begins, −1 where it has none. */
    private static long[] starts(Path file) {
        List<Long> starts = new ArrayList<>();
        long[] at = {0};
        DataFile.lines(file, (line, text) -> {
            int number = number(DataFile.row(file, line, text));
            while (starts.size() <= number) {
                starts.add(-1L);
            }
            if (starts.get(number) < 0) {
                starts.set(number, at[0]);
            }
            at[0] += text.getBytes(StandardCharsets.UTF_8).length + 1;
        });
        return starts.stream().mapToLong(start -> start).toArray();
    }

    private static byte[] lineAt(RandomAccessFile lines, long start) throws IOException {
        lines.seek(start);
        byte[] line = new byte[0];
        byte[] block = new byte[4096];
        for (int n = lines.read(block); n > 0; n = lines.read(block)) {
            int end = 0;
            while (end < n && block[end] != '\n') {
                end++;
            }
            int whole = Math.min(n, end + 1);
            line = Arrays.copyOf(line, line.length + whole);
            System.arraycopy(block, 0, line, line.length - whole, whole);
            if (end < n) {
                break;
            }
        }
        return line;
    }

    /** All lines of a journal that nobody writes; nothing where there is no file. */
    static void read(Path file, Consumer<Row> each) {
        if (Files.exists(file)) {
            DataFile.jsonLines(file, each);
        }
    }

    private static int number(Row row) {
        return row.whole("n", 0, Integer.MAX_VALUE - 1);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new BadInput("%s cannot be closed: %s".formatted(file, e.getMessage()), e);
        }
    }
}
