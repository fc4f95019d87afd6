package org.jocular.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that compute one loop at a time, the caller among them.
 *
 * <p>A forward pass is some hundred short loops one after the other, so whoever waits spins for a moment before it makes room for
 * others: waking a parked thread costs as long as a small product takes.
 */
final class ThreadPool implements AutoCloseable {
    private static final int SPINS = 2_000;
    private static final int YIELDS = 20;

    /** One loop: workers claim indices until there are none left. */
    private record Loop(
            int n,
            Body body,
            AtomicInteger next,
            AtomicInteger running,
            AtomicReference<@Nullable Throwable> failure) {}

    /** What is computed for one index. */
    @FunctionalInterface
    interface Body {
        /**
         * @param thread 0 to threads − 1, for scratch memory of its own
         * @param index 0 to n − 1
         */
        void run(int thread, int index);
    }

    private final Thread[] workers;
    private volatile @Nullable Loop current;
    private volatile boolean closed;

    /** @param threads how many compute, the calling thread included */
    ThreadPool(int threads) {
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int thread = i + 1;
            workers[i] = Thread.ofPlatform().daemon().name("jocular-" + thread).start(() -> work(thread));
        }
    }

    int threads() {
        return workers.length + 1;
    }

    /**
     * Runs {@code body} for each index below {@code n}, each exactly once, in any order, and returns when all are done. What a body throws
     * is thrown here.
     */
    synchronized void forEach(int n, Body body) {
        if (closed) {
            throw new IllegalStateException("the threads have ended");
        }
        if (n <= 1 || workers.length == 0) {
            for (int i = 0; i < n; i++) {
                body.run(0, i);
            }
            return;
        }
        Loop loop = new Loop(n, body, new AtomicInteger(), new AtomicInteger(workers.length), new AtomicReference<>());
        current = loop;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        claim(loop, 0);
        for (int wait = 0; loop.running.get() > 0; wait++) {
            pause(wait);
        }
        current = null;
        Throwable failure = loop.failure.get();
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    private void work(int thread) {
        Loop done = null;
        while (!closed) {
            Loop loop = current;
            for (int wait = 0; (loop == null || loop == done) && wait < SPINS + YIELDS; wait++) {
                pause(wait);
                loop = current;
            }
            if (loop == null || loop == done) {
                LockSupport.park(this);
                continue;
            }
            claim(loop, thread);
            done = loop;
            loop.running.decrementAndGet();
        }
    }

    /** Spins at first, and lets other threads run where the cores are shared with others. */
    private static void pause(int wait) {
        if (wait < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private static void claim(Loop loop, int thread) {
        try {
            for (int i = loop.next.getAndIncrement(); i < loop.n; i = loop.next.getAndIncrement()) {
                loop.body.run(thread, i);
            }
        } catch (RuntimeException | Error e) {
            loop.failure.compareAndSet(null, e);
            loop.next.set(loop.n);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}
