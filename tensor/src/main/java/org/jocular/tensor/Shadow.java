package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of a pass's values. Each chunk of the workspace has a shadow of the same size in which the gradient of a value lies where the
 * value lies in the chunk, so the gradient of any view is found by arithmetic, without a table of tensors.
 *
 * <p>A gradient becomes zeros right before it is first added to, not when its value is computed: zeros that wait for the way back have long
 * left the caches by then.
 */
final class Shadow implements AutoCloseable {
    /** Allocations begin at multiples of this, so that a line belongs to one value. */
    private static final int LINE = Workspace.ALIGNMENT;

    private final Workspace workspace;
    private final Arena arena = Arena.ofShared();
    private final List<Chunk> chunks = new ArrayList<>();

    /** The value of a line has no gradient; one that nobody added to yet, of whatever lay there before; one. */
    private static final byte NONE = 0;

    private static final byte UNTOUCHED = 1;
    private static final byte TOUCHED = 2;

    /** @param state of each line */
    private record Chunk(MemorySegment values, MemorySegment gradients, byte[] state) {
        int line(long address) {
            return (int) ((address - values.address()) / LINE);
        }
    }

    Shadow(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Gives a new value a gradient, to be {@link #touch touched} before it is used. */
    void track(Tensor value) {
        long bytes = value.data().byteSize();
        if (bytes == 0) {
            return;
        }
        Chunk chunk = chunk(value);
        if (chunk == null) {
            throw new IllegalArgumentException("%s is no value of a pass".formatted(value));
        }
        long offset = value.address() - chunk.values.address();
        Arrays.fill(chunk.state, lines(offset), lines(offset + bytes), UNTOUCHED);
    }

    /** Makes zeros of what nobody added to yet; of any gradient, or part of one, that lies elsewhere nothing. */
    void touch(Tensor gradient) {
        long bytes = gradient.data().byteSize();
        for (Chunk chunk : chunks) {
            long offset = gradient.address() - chunk.gradients.address();
            if (bytes > 0 && offset >= 0 && offset < chunk.gradients.byteSize()) {
                touch(chunk, (int) (offset / LINE), lines(offset + bytes));
            }
        }
    }

    /**
     * Whether anything was added to a gradient yet. If not, whoever asks is the first, and must write all of it: no zeros are made that would
     * only be written over.
     */
    boolean begin(Tensor gradient) {
        long bytes = gradient.data().byteSize();
        for (Chunk chunk : chunks) {
            long offset = gradient.address() - chunk.gradients.address();
            if (bytes > 0 && offset >= 0 && offset < chunk.gradients.byteSize()) {
                return begin(chunk, offset, offset + bytes);
            }
        }
        return true;
    }

    private static boolean begin(Chunk chunk, long offset, long end) {
        int from = (int) (offset / LINE);
        int to = lines(end);
        for (int i = from; i < to; i++) {
            if (chunk.state[i] != UNTOUCHED) {
                touch(chunk, from, to);
                return true;
            }
        }
        // The first and the last line may hold parts of other rows, too.
        if (offset % LINE > 0) {
            touch(chunk, from, from + 1);
        }
        if (end % LINE > 0) {
            touch(chunk, to - 1, to);
        }
        Arrays.fill(chunk.state, from, to, TOUCHED);
        return false;
    }

    private static void touch(Chunk chunk, int from, int to) {
        int i = from;
        while (i < to) {
            int first = i;
            while (i < to && chunk.state[i] == UNTOUCHED) {
                i++;
            }
            if (i > first) {
                long end = Math.min((long) i * LINE, chunk.gradients.byteSize());
                chunk.gradients
                        .asSlice((long) first * LINE, end - (long) first * LINE)
                        .fill((byte) 0);
                Arrays.fill(chunk.state, first, i, TOUCHED);
            }
            while (i < to && chunk.state[i] != UNTOUCHED) {
                i++;
            }
        }
    }

    /** The gradient of a value or of a part of one, in place; null if it has none. */
    @Nullable
    Tensor gradient(Tensor value) {
        Chunk chunk = chunk(value);
        if (chunk == null || chunk.state[chunk.line(value.address())] == NONE) {
            return null;
        }
        long offset = value.address() - chunk.values.address();
        MemorySegment gradient = chunk.gradients.asSlice(offset, value.data().byteSize());
        return new Tensor(value.dtype(), gradient, value.shape());
    }

    /** Gives back everything above the mark, and forgets that it had gradients. */
    void release(Workspace.Mark mark) {
        Workspace.Mark top = workspace.mark();
        for (int i = mark.chunk(); i <= top.chunk() && i < chunks.size(); i++) {
            byte[] state = chunks.get(i).state;
            int from = i == mark.chunk() ? lines(mark.offset()) : 0;
            int to = i == top.chunk() ? lines(top.offset()) : state.length;
            Arrays.fill(state, from, Math.min(to, state.length), NONE);
        }
        workspace.release(mark);
    }

    private static int lines(long bytes) {
        return (int) ((bytes + LINE - 1) / LINE);
    }

    private @Nullable Chunk chunk(Tensor value) {
        int i = workspace.chunkOf(value.address());
        // A tensor without elements has no gradient that anybody could miss.
        if (i < 0 || value.data().byteSize() == 0) {
            return null;
        }
        while (chunks.size() <= i) {
            MemorySegment values = workspace.chunk(chunks.size());
            long bytes = values.byteSize();
            chunks.add(new Chunk(values, arena.allocate(bytes, LINE), new byte[lines(bytes)]));
        }
        return chunks.get(i);
    }

    @Override
    public void close() {
        arena.close();
    }
}
