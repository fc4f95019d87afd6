package org.jocular.eval.judge;

import java.util.Map;
import org.jocular.eval.task.JudgedTask.Question;

/** Marks free answers beside a reference. */
public interface Judge extends AutoCloseable {
    /** As people may read it under every figure: {@code gpt-4-0314}, {@code local word overlap (no language model)}. */
    String label();

    /** All that its marks depend on, the same for the same judge; goes into manifests. */
    Map<String, Object> settings();

    /**
     * Reviews an answer.
     *
     * @param task     name of the benchmark
     * @param sampleId of the answered question
     * @return its words, the two marks in the first line
     * @throws NoReview if there is none and why, whatever was tried
     * @throws OutOfBudget if it may not be asked any more
     */
    String review(String task, String sampleId, Question question) throws NoReview, OutOfBudget;

    /** How many may be asked at the same time, from as many threads. */
    default int atOnce() {
        return 1;
    }

    @Override
    default void close() {}

    /** A question that got no review; others may. */
    final class NoReview extends Exception {
        public NoReview(String message) {
            super(message);
        }
    }

    /** Nothing more may be asked. */
    final class OutOfBudget extends Exception {
        public OutOfBudget(String message) {
            super(message);
        }
    }
}
