package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory of a forward pass: a stack that grows in chunks, is given back in blocks, and is used again by the next pass, so that nothing is
 * allocated in a steady state.
 */
final class Workspace implements AutoCloseable {
    /** The first chunk, so that a tiny model starts at once; each further one is twice as large. */
    private static final long SMALLEST = 1L << 20;

    /** The largest, beyond single tensors: what does not fit at the end of a chunk is wasted. */
    private static final long LARGEST = 64L << 20;

    /** Bytes at whose multiples allocations begin. */
    static final int ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> chunks = new ArrayList<>();
    private Mark top = new Mark(0, 0);

    /** A height of the stack: a chunk, and how much of it is in use. */
    record Mark(int chunk, long offset) {}

    Mark mark() {
        return top;
    }

    /** Gives back everything above the mark. */
    void release(Mark mark) {
        top = mark;
    }

    /** Uninitialised memory on top of the stack. */
    MemorySegment allocate(long bytes) {
        int chunk = top.chunk;
        long offset = top.offset;
        while (true) {
            if (chunk == chunks.size()) {
                long usual = Math.min(LARGEST, SMALLEST << Math.min(chunk, 30));
                chunks.add(arena.allocate(Math.max(bytes, usual), ALIGNMENT));
            }
            MemorySegment memory = chunks.get(chunk);
            if (offset + bytes <= memory.byteSize()) {
                top = new Mark(chunk, offset + padded(bytes));
                return memory.asSlice(offset, bytes);
            }
            chunk++;
            offset = 0;
        }
    }

    /** The mark below {@code memory} if that was the last allocation before {@code mark}, else null. */
    @Nullable
    Mark below(MemorySegment memory, Mark mark) {
        if (mark.chunk >= chunks.size()) {
            return null;
        }
        long offset = memory.address() - chunks.get(mark.chunk).address();
        boolean last = offset >= 0 && offset + padded(memory.byteSize()) == mark.offset;
        return last ? new Mark(mark.chunk, offset) : null;
    }

    /** The chunk in which an address lies, −1 if in none. */
    int chunkOf(long address) {
        for (int i = chunks.size() - 1; i >= 0; i--) {
            long offset = address - chunks.get(i).address();
            if (offset >= 0 && offset < chunks.get(i).byteSize()) {
                return i;
            }
        }
        return -1;
    }

    MemorySegment chunk(int index) {
        return chunks.get(index);
    }

    /** Bytes of all chunks. */
    long bytes() {
        return chunks.stream().mapToLong(MemorySegment::byteSize).sum();
    }

    private static long padded(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    @Override
    public void close() {
        arena.close();
    }
}
