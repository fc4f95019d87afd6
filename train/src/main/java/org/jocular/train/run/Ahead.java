package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jocular.train.Example;
import org.jspecify.annotations.Nullable;

/** Prepares the next step's examples on another thread while this one's are learned; which they are does not depend on when. */
final class Ahead implements AutoCloseable {
    private final Material material;
    private final int end;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("prepare-", 0).factory());
    private @Nullable Future<Batch> next;

    /** A step's examples, with the memory of their pictures. */
    record Batch(int step, List<Example> examples, Arena arena) implements AutoCloseable {
        @Override
        public void close() {
            arena.close();
        }
    }

    /**
     * @param first step
     * @param end the step after the last
     */
    Ahead(Material material, int first, int end) {
        this.material = material;
        this.end = end;
        next = first < end ? thread.submit(() -> prepare(first)) : null;
    }

    @SuppressWarnings("MustBeClosedChecker") // The batch owns the arena and closes it.
    private Batch prepare(int step) {
        Arena arena = Arena.ofShared();
        try {
            return new Batch(step, material.batch(step, arena), arena);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** The examples of the next step; the step after it is begun. */
    Batch take() {
        if (next == null) {
            throw new IllegalStateException("there are %d steps".formatted(end));
        }
        Batch batch = result(next);
        int following = batch.step + 1;
        next = following < end ? thread.submit(() -> prepare(following)) : null;
        return batch;
    }

    private static Batch result(Future<Batch> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while training", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException known) {
                throw known;
            }
            if (cause instanceof Error known) {
                throw known;
            }
            throw new IllegalStateException(e);
        }
    }

    /** Waits for what was begun, since it uses the model. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("preparing a step does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (next != null && next.state() == Future.State.SUCCESS) {
            next.resultNow().close();
        }
    }
}
