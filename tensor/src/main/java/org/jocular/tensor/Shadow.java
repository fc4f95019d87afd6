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
 */
final class Shadow implements AutoCloseable {
    /** Allocations begin at multiples of this, so that a line belongs to one value. */
    private static final int LINE = Workspace.ALIGNMENT;

    private final Workspace workspace;
    private final Arena arena = Arena.ofShared();
    private final List<Chunk> chunks = new ArrayList<>();

    /** @param tracked for each line of the values whether they have a gradient */
    private record Chunk(MemorySegment values, MemorySegment gradients, boolean[] tracked) {
        int line(long address) {
            return (int) ((address - values.address()) / LINE);
        }
    }

    Shadow(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Gives a new value a gradient of zeros. */
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
        chunk.gradients.asSlice(offset, bytes).fill((byte) 0);
        int from = chunk.line(value.address());
        Arrays.fill(chunk.tracked, from, from + (int) ((bytes + LINE - 1) / LINE), true);
    }

    /** The gradient of a value or of a part of one, in place; null if it has none. */
    @Nullable
    Tensor gradient(Tensor value) {
        Chunk chunk = chunk(value);
        if (chunk == null || !chunk.tracked[chunk.line(value.address())]) {
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
            boolean[] tracked = chunks.get(i).tracked;
            int from = i == mark.chunk() ? lines(mark.offset()) : 0;
            int to = i == top.chunk() ? lines(top.offset()) : tracked.length;
            Arrays.fill(tracked, from, Math.min(to, tracked.length), false);
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
            chunks.add(new Chunk(values, arena.allocate(bytes, LINE), new boolean[lines(bytes)]));
        }
        return chunks.get(i);
    }

    @Override
    public void close() {
        arena.close();
    }
}
