package org.jocular.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jocular.eval.judge.Judge.OutOfBudget;
import org.junit.jupiter.api.Test;

class BudgetTest {
    @Test
    void manyThreadsTogetherTakeNoMoreThanThereIs() throws Exception {
        Budget budget = new Budget(200_000L, null);
        int taken = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                counts.add(threads.submit(() -> takeAll(budget)));
            }
            for (Future<Integer> count : counts) {
                taken += count.get();
            }
        }
        assertThat(taken).isEqualTo(200_000);
    }

    private static int takeAll(Budget budget) {
        for (int taken = 0; ; taken++) {
            try {
                budget.take();
            } catch (OutOfBudget e) {
                return taken;
            }
        }
    }
}
