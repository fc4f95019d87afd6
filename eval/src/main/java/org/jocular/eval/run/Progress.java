package org.jocular.eval.run;

/** Watches a run. */
public interface Progress {
    /**
     * The run begins or goes on.
     *
     * @param total how many questions it has
     * @param done  how many of them have an answer already
     */
    void begin(int total, int done);

    /** A question has its answer, which is on disk. */
    void answered(Entry entry, Reply reply);
}
