package org.jocular.eval.judge;

import org.jocular.eval.judge.Judge.OutOfBudget;
import org.jspecify.annotations.Nullable;

/**
 * What may be spent in one run, by all threads together.
 *
 * <p>Requests are counted before they are sent, so there are never more. What a reply costs is known only when it is there: of tokens, those that
 * were under way when the cap was reached come on top.
 */
final class Budget {
    private final @Nullable Long requestCap;
    private final @Nullable Long tokenCap;
    private long requests;
    private long tokens;

    /** Null is without a cap. */
    Budget(@Nullable Long requestCap, @Nullable Long tokenCap) {
        this.requestCap = requestCap;
        this.tokenCap = tokenCap;
    }

    /** Allows one more request, which counts from now on. */
    synchronized void take() throws OutOfBudget {
        require();
        requests++;
    }

    /** Looks whether another request would be allowed now. */
    synchronized void require() throws OutOfBudget {
        if (requestCap != null && requests >= requestCap) {
            throw new OutOfBudget("the budget of %d requests is spent".formatted(requestCap));
        }
        if (tokenCap != null && tokens >= tokenCap) {
            throw new OutOfBudget("the budget of %d tokens is spent".formatted(tokenCap));
        }
    }

    synchronized void spend(long usedTokens) {
        tokens += usedTokens;
    }
}
