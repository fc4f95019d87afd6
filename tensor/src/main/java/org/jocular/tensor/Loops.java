package org.jocular.tensor;

import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;

import jdk.incubator.vector.VectorMask;

/** The three ways of dividing an elementwise loop or a sum over rows among threads; one task, on the caller's thread, where it is short. */
record Loops(ThreadPool pool) {
    /** Elements for which waking another thread pays. */
    static final int TASK = 1 << 15;

    /** What is computed for one row. */
    @FunctionalInterface
    interface Row {
        void run(int row);
    }

    void forRows(int rows, int width, Row body) {
        int perTask = Math.max(1, TASK / Math.max(1, width));
        int tasks = (rows + perTask - 1) / perTask;
        pool.forEach(tasks, (thread, task) -> {
            int last = Math.min(rows, (task + 1) * perTask);
            for (int row = task * perTask; row < last; row++) {
                body.run(row);
            }
        });
    }

    /** What is computed for a stretch of elements. */
    @FunctionalInterface
    interface Chunk {
        /** @param at bytes before it */
        void run(long at, int n);
    }

    void forChunks(Tensor x, Chunk body) {
        long n = x.elements();
        int chunks = (int) ((n + TASK - 1) / TASK);
        pool.forEach(chunks, (thread, chunk) -> {
            long from = (long) chunk * TASK;
            body.run(4 * from, (int) Math.min(TASK, n - from));
        });
    }

    /** What is computed for a vector of columns. */
    @FunctionalInterface
    interface Columns {
        void run(int at, VectorMask<Float> lanes);
    }

    void forColumns(Tensor x, Columns body) {
        int width = x.width();
        int vectors = (width + L - 1) / L;
        int perTask = (int) Math.max(1, TASK / Math.max(1, x.rows() * L));
        int tasks = (vectors + perTask - 1) / perTask;
        pool.forEach(tasks, (thread, task) -> {
            int last = Math.min(vectors, (task + 1) * perTask);
            for (int i = task * perTask; i < last; i++) {
                body.run(i * L, first(width - i * L));
            }
        });
    }
}
