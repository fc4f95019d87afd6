package org.jocular.llama;

import java.util.Objects;
import org.jocular.llama.Search.Rows;
import org.jocular.llama.Search.Scores;
import org.jspecify.annotations.Nullable;

/** A request that is being answered: its prompt, its cache, and the search that it runs. */
final class Flight {
    final int number;
    final Prompt prompt;
    final KvCache cache;
    /** Rows of the prompt that are in the cache already. */
    final int cached;

    final Search search;
    private final long start = System.nanoTime();
    private long read;
    private @Nullable Rows rows;

    Flight(int number, Prompt prompt, KvCache cache, int cached, Search search) {
        this.number = number;
        this.prompt = prompt;
        this.cache = cache;
        this.cached = cached;
        this.search = search;
    }

    /** Takes the scores of the prompt's last row, or of the rows that it asked for. */
    void take(Scores scores) {
        if (read == 0) {
            read = System.nanoTime();
        }
        rows = search.next(scores);
    }

    /** Whether the search has ended. */
    boolean landed() {
        return read != 0 && rows == null;
    }

    /** What it wants computed next. */
    Rows rowsWanted() {
        return Objects.requireNonNull(rows, "the search has ended");
    }

    double[] sums() {
        return ((Ranking) search).sums();
    }

    Answer answer() {
        double prefillSeconds = (read - start) / 1e9;
        double decodeSeconds = (System.nanoTime() - read) / 1e9;
        return switch (search) {
            case SingleSearch single -> single.answer(prefillSeconds, decodeSeconds);
            case BeamSearch beams -> beams.answer(prefillSeconds, decodeSeconds);
            case Ranking ranking -> throw new IllegalStateException("candidates have sums, not an answer: " + ranking);
        };
    }
}
