package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** What this machine can do at best, measured: the two numbers that every figure of a benchmark is a share of. */
public final class Ceilings {
    private static final int ROUNDS = 7;
    private static final long CHUNK = 1 << 18;
    private static final long BUFFER = 1L << 30;

    private Ceilings() {}

    /** Fused multiply-adds on registers alone, two operations each. */
    public static double flopsPerSecond(int threads) {
        int steps = 4_000_000;
        float[] sink = new float[threads];
        try (ThreadPool pool = new ThreadPool(threads)) {
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                pool.forEach(threads, (thread, i) -> sink[i] += multiplyAdd(steps, 1 + i));
                best = Math.max(best, 2.0 * 12 * Simd.L * steps * threads * 1e9 / (System.nanoTime() - start));
            }
            // Reading the results keeps the loop from being optimised away.
            return sink[0] == 42 ? 0 : best;
        }
    }

    /** Twelve independent chains hide the latency of the multiply-add on every core in use. */
    private static float multiplyAdd(int steps, float seed) {
        FloatVector x = FloatVector.broadcast(Simd.F, 0.999f);
        FloatVector y = FloatVector.broadcast(Simd.F, seed);
        FloatVector a = y;
        FloatVector b = y;
        FloatVector c = y;
        FloatVector d = y;
        FloatVector e = y;
        FloatVector f = y;
        FloatVector g = y;
        FloatVector h = y;
        FloatVector i = y;
        FloatVector j = y;
        FloatVector k = y;
        FloatVector l = y;
        for (int step = 0; step < steps; step++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        return Simd.sum(a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l));
    }

    /** Bytes a second that all threads together read from memory, from a buffer of 1 GiB in which nothing stays cached. */
    public static double bytesPerSecond(int threads) {
        try (Arena arena = Arena.ofShared()) {
            return bytesPerSecond(arena.allocate(BUFFER, 64), threads);
        }
    }

    /** The same for some memory that is there already, such as a model's. */
    public static double bytesPerSecond(MemorySegment memory, int threads) {
        int chunks = Math.toIntExact(memory.byteSize() / CHUNK);
        float[] sink = new float[chunks];
        try (ThreadPool pool = new ThreadPool(threads)) {
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                pool.forEach(chunks, (thread, i) -> sink[i] = sum(memory.address() + i * CHUNK));
                best = Math.max(best, (double) chunks * CHUNK * 1e9 / (System.nanoTime() - start));
            }
            return sink[0] == 42 ? 0 : best;
        }
    }

    private static float sum(long address) {
        FloatVector a = FloatVector.zero(Simd.F);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (long i = 0; i < CHUNK; i += 4 * Simd.B) {
            a = a.add(Simd.load(address + i));
            b = b.add(Simd.load(address + i + Simd.B));
            c = c.add(Simd.load(address + i + 2 * Simd.B));
            d = d.add(Simd.load(address + i + 3 * Simd.B));
        }
        return Simd.sum(a.add(b).add(c.add(d)));
    }
}
