package org.jocular.eval.judge;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jocular.eval.judge.Judge.NoReview;
import org.jocular.eval.judge.Judge.OutOfBudget;
import org.jocular.eval.task.JudgedTask.Question;

/**
 * Has many answers reviewed, as many at once as the judge allows. Questions are taken when there is room for them, so never more than that many are
 * in memory. When the budget is spent, those under way finish, and of the rest those whose reviews the judge still has are reviewed too.
 *
 * @param <K> by what the caller knows an answer again
 */
public final class Reviewer<K> {
    private static final int MOST_REASONS = 5;

    /** An answer to be reviewed; the last three as in {@link Judge#review}. */
    public record Item<K>(K key, String task, String sampleId, Question question) {}

    /**
     * What became of all answers; the three counts add up to their number.
     *
     * @param reviewed   given to the sink
     * @param failed     without a review, although asked for
     * @param overBudget not asked, or not again, because of the budget
     * @param reasons    why there was no review and how often, the first few different ones
     */
    public record Summary(int reviewed, int failed, int overBudget, SequencedMap<String, Integer> reasons) {
        /** What a reader of figures from these reviews must know, one sentence each; empty if all were reviewed. */
        public List<String> notes() {
            List<String> notes = new ArrayList<>();
            int missing = failed + overBudget;
            if (missing > 0) {
                notes.add("%d of %d answers have no review".formatted(missing, reviewed + missing));
            }
            int told = 0;
            for (var reason : reasons.entrySet()) {
                notes.add("%d without a review: %s".formatted(reason.getValue(), reason.getKey()));
                told += reason.getValue();
            }
            if (told < missing) {
                notes.add("%d without a review for other reasons".formatted(missing - told));
            }
            return notes;
        }
    }

    private record Reviewed<K>(K key, String review) {}

    private final Judge judge;
    private final BiConsumer<? super K, String> sink;
    private final SequencedMap<String, Integer> reasons = new LinkedHashMap<>();
    private int reviewed;
    private int failed;
    private int overBudget;

    private Reviewer(Judge judge, BiConsumer<? super K, String> sink) {
        this.judge = judge;
        this.sink = sink;
    }

    /**
     * Reviews.
     *
     * @param items read one by one in this thread; {@code stream::iterator} makes one of a stream
     * @param sink  gets each review as it comes, in this thread
     * @throws InterruptedException at once, and those under way are given up
     * @throws RuntimeException what the items, the sink or the judge threw, after those under way have finished; the sink is not called again
     */
    public static <K> Summary review(Judge judge, Iterable<Item<K>> items, BiConsumer<? super K, String> sink)
            throws InterruptedException {
        Reviewer<K> reviewer = new Reviewer<>(judge, sink);
        reviewer.run(items.iterator());
        return new Summary(reviewer.reviewed, reviewer.failed, reviewer.overBudget, reviewer.reasons);
    }

    private void run(Iterator<Item<K>> items) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletionService<Reviewed<K>> finished = new ExecutorCompletionService<>(threads);
            try {
                int underWay = 0;
                while (true) {
                    // What is there goes first: the next item may be long in coming.
                    for (Future<Reviewed<K>> one = finished.poll(); one != null; one = finished.poll()) {
                        take(one);
                        underWay--;
                    }
                    if (underWay < judge.atOnce() && items.hasNext()) {
                        Item<K> item = items.next();
                        finished.submit(
                                () -> new Reviewed<>(item.key, judge.review(item.task, item.sampleId, item.question)));
                        underWay++;
                    } else if (underWay > 0) {
                        take(finished.take());
                        underWay--;
                    } else {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                threads.shutdownNow();
                throw e;
            }
        }
    }

    private void take(Future<Reviewed<K>> finished) throws InterruptedException {
        try {
            Reviewed<K> answer = finished.get();
            sink.accept(answer.key, answer.review);
            reviewed++;
        } catch (ExecutionException e) {
            switch (Objects.requireNonNull(e.getCause())) {
                case NoReview none -> {
                    failed++;
                    count(none);
                }
                case OutOfBudget none -> {
                    overBudget++;
                    count(none);
                }
                case RuntimeException unexpected -> throw unexpected;
                case Error unexpected -> throw unexpected;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private void count(Exception why) {
        String reason = String.valueOf(why.getMessage());
        if (reasons.containsKey(reason) || reasons.size() < MOST_REASONS) {
            reasons.merge(reason, 1, Integer::sum);
        }
    }
}
