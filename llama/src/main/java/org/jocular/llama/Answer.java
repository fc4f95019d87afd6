package org.jocular.llama;

import java.util.List;

/**
 * What a model answered.
 *
 * @param ids what was generated, with the end token if there was one
 * @param text without special tokens and without the stop string
 * @param sequences of a beam search, the best first: as many as were asked for; empty without a beam search
 * @param prefillSeconds for the prompt, up to the first token's scores
 * @param decodeSeconds for all further tokens; in a batch, until this answer was complete
 */
public record Answer(
        int[] ids, String text, Ending ending, List<Sequence> sequences, double prefillSeconds, double decodeSeconds) {
    public Answer {
        sequences = List.copyOf(sequences);
    }

    /** Why an answer ended. */
    public enum Ending {
        /** The model chose an end token. */
        END_TOKEN,
        /** A stop string came up. */
        STOP_STRING,
        /** As many tokens as were allowed. */
        LENGTH
    }

    /**
     * One of the best that a beam search found.
     *
     * @param score its log-probability, divided by a power of its length
     */
    public record Sequence(int[] ids, String text, double score) {}

    /** Sees an answer while it grows; that of a beam search at its end. */
    @FunctionalInterface
    public interface Listener {
        /** @param text a further piece of the answer, whole characters only */
        void text(String text);
    }
}
