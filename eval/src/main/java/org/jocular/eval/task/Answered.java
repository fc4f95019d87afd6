package org.jocular.eval.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sample and what a model answered.
 *
 * @param answer         the generated text, or the likeliest candidate, the first of equal ones
 * @param logLikelihoods of the candidates, summed over their tokens; empty where the answer was generated
 * @param review         a judge's words; null where none was asked, or none came
 */
public record Answered(
        Sample sample,
        String answer,
        List<Double> logLikelihoods,
        @Nullable String review) {
    public Answered {
        logLikelihoods = List.copyOf(logLikelihoods);
    }
}
