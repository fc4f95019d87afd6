package org.jocular.eval.run;

import org.jocular.eval.task.Answered;
import org.jspecify.annotations.Nullable;

/**
 * A question of a run and what came of it.
 *
 * @param answered null where nothing came of it
 * @param failure  why; null otherwise
 */
public record Outcome(
        Entry entry,
        Reply reply,
        @Nullable Answered answered,
        @Nullable String failure) {}
