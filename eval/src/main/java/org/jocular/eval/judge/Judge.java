package org.jocular.eval.judge;

import java.util.List;
import java.util.SequencedMap;
import org.jocular.eval.task.JudgedTask.Question;

/** Marks free answers beside a reference. */
public interface Judge extends AutoCloseable {
    /** As people may read it under every figure: {@code gpt-4-0314 (api.openai.com)}, {@code local word overlap, no language model}. */
    String label();

    /** All that its marks depend on, the same for the same judge and in a fixed order; goes into manifests. */
    SequencedMap<String, Object> settings();

    /**
     * Reviews an answer.
     *
     * @param task     name of the benchmark
     * @param sampleId of the answered question
     * @return its words, the two marks in the first line
     * @throws NoReview    if there is none and why, whatever was tried; the reason names no sample, so that equal ones can be counted
     * @throws OutOfBudget if this could not be asked any more; what needs no asking may still be had
     */
    String review(String task, String sampleId, Question question) throws NoReview, OutOfBudget, InterruptedException;

    /** How many may be asked at the same time, from as many threads. */
    default int atOnce() {
        return 1;
    }

    /** What a reader of its marks must know from how reviewing went so far, one sentence each. */
    default List<String> notes() {
        return List.of();
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
