package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void everyIndexExactlyOnce(int threads) {
        try (ThreadPool pool = new ThreadPool(threads)) {
            assertThat(pool.threads()).isEqualTo(threads);
            for (int n : new int[] {0, 1, 2, 3, 7, 64, 1001}) {
                for (int repeat = 0; repeat < 50; repeat++) {
                    AtomicIntegerArray runs = new AtomicIntegerArray(n);
                    pool.forEach(n, (thread, i) -> runs.incrementAndGet(i));
                    for (int i = 0; i < n; i++) {
                        assertThat(runs.get(i)).as("index %d of %d", i, n).isEqualTo(1);
                    }
                }
            }
        }
    }

    /** Scratch memory that is indexed by thread is never used by two at a time. */
    @Test
    void aThreadsNumberIsItsOwn() {
        try (ThreadPool pool = new ThreadPool(3)) {
            AtomicIntegerArray inside = new AtomicIntegerArray(3);
            AtomicBoolean shared = new AtomicBoolean();
            for (int repeat = 0; repeat < 50; repeat++) {
                pool.forEach(40, (thread, i) -> {
                    if (inside.incrementAndGet(thread) != 1) {
                        shared.set(true);
                    }
                    Thread.onSpinWait();
                    inside.decrementAndGet(thread);
                });
            }
            assertThat(shared).isFalse();
        }
    }

    /** What the bodies wrote is seen by the caller without further ado. */
    @Test
    void resultsAreVisibleAfterwards() {
        try (ThreadPool pool = new ThreadPool(3)) {
            float[] values = new float[5000];
            for (int repeat = 1; repeat < 50; repeat++) {
                float value = repeat;
                pool.forEach(50, (thread, i) -> Arrays.fill(values, 100 * i, 100 * i + 100, value));
                assertThat(values).containsOnly(value);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatABodyThrowsComesThrough(int threads) {
        try (ThreadPool pool = new ThreadPool(threads)) {
            for (int bad : new int[] {0, 1, 50, 99}) {
                assertThatThrownBy(() -> pool.forEach(100, (thread, i) -> {
                            if (i == bad) {
                                throw new IllegalStateException("index " + i);
                            }
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("index " + bad);
                assertThatThrownBy(() -> pool.forEach(100, (thread, i) -> {
                            throw new AssertionError("always");
                        }))
                        .isInstanceOf(AssertionError.class);
                AtomicInteger runs = new AtomicInteger();
                pool.forEach(100, (thread, i) -> runs.incrementAndGet());
                assertThat(runs).as("the pool works on").hasValue(100);
            }
        }
    }

    /** Loops of several callers come one after the other. */
    @Test
    void severalCallers() throws InterruptedException {
        try (ThreadPool pool = new ThreadPool(2)) {
            AtomicInteger runs = new AtomicInteger();
            Thread[] callers = new Thread[4];
            for (int c = 0; c < callers.length; c++) {
                callers[c] = Thread.ofPlatform().start(() -> {
                    for (int repeat = 0; repeat < 100; repeat++) {
                        pool.forEach(10, (thread, i) -> runs.incrementAndGet());
                    }
                });
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(runs).hasValue(4 * 100 * 10);
        }
    }
}
