package org.jocular.eval.task;

/** A benchmark whose answers are free, so that a judge marks them beside a reference. */
public interface JudgedTask extends Task {
    /** What the judge is asked about an answer. */
    Question question(Answered answered);

    /**
     * What a judge is asked.
     *
     * @param system    what it is told to be
     * @param message   everything that it reads, as the benchmark's authors put it together
     * @param asked     the question that was answered; this and the two below are parts of the message, for a judge that is no model
     * @param reference the answer that it marks first
     * @param answer    the answer that it marks second
     */
    record Question(String system, String message, String asked, String reference, String answer) {}
}
