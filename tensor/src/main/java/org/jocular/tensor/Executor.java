package org.jocular.tensor;

/** Something that can run forward passes: threads and scratch memory, or a device. Closing it releases them. */
public interface Executor extends AutoCloseable {
    /** What results and messages call it: {@code reference}, {@code simd}… */
    String name();

    /** How many threads compute. */
    int threads();

    /**
     * Opens a forward pass. What it computes lives until the pass is closed; passes of one executor may nest but not overlap on several
     * threads.
     */
    Ops begin();

    @Override
    void close();
}
